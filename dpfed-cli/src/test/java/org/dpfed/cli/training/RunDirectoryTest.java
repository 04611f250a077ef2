package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunDirectoryTest {
  @TempDir Path directory;

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
