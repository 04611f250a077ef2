package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.dpfed.cli.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunDirectoryTest {
  @TempDir Path directory;

  /**
   * A run of an earlier dpfed says nothing of settings that came later; as it trained by their
   * defaults, it goes on by them. Whatever it was given, it must be given again.
   */
  @Test
  void requireSame_settingIsAbsent_isTheDefault() throws IOException {
    Configuration configuration = Configuration.standard();
    configuration.named("a", "test").complete();
    RunDirectory run = RunDirectory.named(directory, "a");
    run.writeConfiguration(configuration);
    List<String> lines = Files.readAllLines(run.configuration());
    int defaults = 0;
    int others = 0;
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).startsWith("  ")) {
        continue;
      }
      String key = section(lines, i) + "." + lines.get(i).strip().split(":", 2)[0];
      Files.write(run.configuration(), without(lines, i));
      Setting setting = Settings.named(key);
      JsonNode fallback =
          setting.kind().shape().isYaml() && !setting.fallback().isEmpty()
              ? SettingsReader.value(setting.fallback(), key)
              : TextNode.valueOf(setting.fallback());
      if (setting.kind().read(fallback).equals(configuration.value(key))) {
        RunDirectory.requireSame(directory, "a", configuration);
        defaults++;
      } else {
        assertThatThrownBy(() -> RunDirectory.requireSame(directory, "a", configuration), key)
            .isInstanceOf(UsageException.class)
            .hasMessageContaining("holds a run with other settings");
        others++;
      }
    }
    assertThat(defaults).isGreaterThan(10);
    assertThat(others).isGreaterThan(5);
  }

  private static String section(List<String> lines, int line) {
    int header = line;
    while (lines.get(header).startsWith(" ")) {
      header--;
    }
    return lines.get(header).replace(":", "");
  }

  /** Also without its section, where nothing else is in it. */
  private static List<String> without(List<String> lines, int line) {
    List<String> left = new ArrayList<>(lines);
    left.remove(line);
    boolean isLast = line == left.size() || !left.get(line).startsWith(" ");
    if (isLast && !left.get(line - 1).startsWith(" ")) {
      left.remove(line - 1);
    }
    return left;
  }

  /**
   * What the system is asked to make durable, in order: content, its name, the directory's name.
   */
  @Test
  void write_everyFile_isForcedBeforeItHasItsName() throws IOException {
    RunDirectory run = RunDirectory.named(directory.resolve("my runs"), "a b");
    List<Path> forced;
    try (Recording recording = new Recording()) {
      recording.enable("jdk.FileForce").withoutThreshold();
      recording.start();
      run.writeReport(JsonNodeFactory.instance.objectNode());
      recording.stop();
      Path dump = directory.resolve("forced.jfr");
      recording.dump(dump);
      forced =
          RecordingFile.readAllEvents(dump).stream()
              .map(event -> Path.of(event.getString("path")))
              .filter(path -> path.startsWith(directory))
              .toList();
    }
    assertThat(forced)
        .containsExactlyElementsOf(
            Stream.of("report.json", "model-card.md", "report.html")
                .flatMap(
                    name ->
                        Stream.of(
                            run.path().resolve(name + ".part"),
                            run.path(),
                            directory.resolve("my runs")))
                .toList());
    assertThat(run.path()).isDirectoryContaining("glob:**/report.json");
    assertThat(run.path()).isDirectoryNotContaining("glob:**.part");
  }
}
