package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/configuration.md} says what the table of settings says. */
final class ConfigurationPageTest {
  @TempDir Path directory;

  private static final Path PAGE = Path.of("..", "docs", "configuration.md");
  private static final String WRITE = "dpfed.docs.write";
  private static final String FIRST_ROW = "| setting and flag | value | default | when |";

  @Test
  void page_isWhatTheTableOfSettingsSays() throws IOException {
    String committed = Files.readString(PAGE);
    String generated = committed.substring(0, committed.indexOf("\n## data\n")) + sections();
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(PAGE, generated);
      return;
    }
    assertThat(committed)
        .as(
            "docs/configuration.md differs from the settings; write it anew with: mvn -q test -pl dpfed-cli -am -Dtest=ConfigurationPageTest -Dsurefire.failIfNoSpecifiedTests=false -D%s=true",
            WRITE)
        .isEqualTo(generated);
  }

  @Test
  void page_example_isACompleteFile() throws IOException {
    Matcher example = Pattern.compile("(?s)```yaml\n(.*?)```").matcher(Files.readString(PAGE));
    assertThat(example.find()).isTrue();
    Path file = Files.writeString(directory.resolve("visits.yaml"), example.group(1));
    Configuration configuration = Configuration.of(file).complete();
    assertThat(configuration.texts("data.classes")).containsExactly("no", "yes");
    assertThat(configuration.text("data.file"))
        .isEqualTo(directory.resolve("visits.csv").toString());
  }

  private static String sections() {
    List<String> lines = new ArrayList<>();
    String section = "";
    for (Setting setting : Settings.ALL) {
      String own = setting.key().replaceFirst("\\..*", "");
      if (!own.equals(section)) {
        section = own;
        lines.addAll(List.of("", "## " + section, "", FIRST_ROW, "| --- | --- | --- | --- |"));
      }
      lines.add(row(setting));
    }
    return String.join("\n", lines) + "\n";
  }

  private static String row(Setting setting) {
    String fallback = setting.fallback().isEmpty() ? "" : "`" + setting.fallback() + "`";
    return "| `%s`<br>`%s` | %s<br>%s | %s | %s |"
        .formatted(
            setting.key(),
            setting.flag(),
            escaped(setting.description()),
            escaped(setting.kind().bound()),
            escaped(fallback),
            escaped(setting.dependence()));
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*");
  }
}
