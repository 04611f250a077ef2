package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/your-own-data.md}, step by step in an empty directory. */
final class YourOwnDataPageTest {
  @TempDir Path directory;

  @Test
  void page_stepByStep_doesWhatItSays() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "your-own-data.md"));
    assertThat(new PageSteps(directory).follow(page)).isGreaterThan(5);
  }
}
