package org.dpfed.cli.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/privacy-model.md}: what its comparisons of noise print. */
final class PrivacyModelPageTest {
  private static final Path PAGE = Path.of("..", "docs", "privacy-model.md");

  private static final Pattern COMPARISON =
      Pattern.compile("```console\n\\$ \\./dpfed (strategy [^\n]*)\n(.*?)```", Pattern.DOTALL);

  @Test
  void page_everyComparisonOfNoise_printsWhatIsWritten() throws IOException {
    List<MatchResult> blocks = COMPARISON.matcher(Files.readString(PAGE)).results().toList();
    assertThat(blocks).hasSize(2);
    for (MatchResult block : blocks) {
      CommandRun run = CommandRun.of(block.group(1).split(" ", -1));
      assertThat(run.status()).as(run.err()).isZero();
      assertThat(run.out()).isEqualTo(block.group(2));
    }
  }
}
