package org.dpfed.imaging.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dpfed.imaging.Image;
import org.junit.jupiter.api.Assumptions;

/** The reader of Debian's python3-pydicom, for comparison; tests skip without it. */
final class Pydicom {
  private static final String PYTHON = "/usr/bin/python3";

  private final Path directory;

  /**
   * @param directory for scripts and results
   */
  Pydicom(Path directory) {
    this.directory = directory;
  }

  /** Skips the test, and says so, where a program is missing. */
  static void assumeRuns(String... command) {
    boolean runs;
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      runs = process.waitFor() == 0;
    } catch (IOException | InterruptedException e) {
      runs = false;
    }
    String reason = "skipped: `" + String.join(" ", command) + "` does not run here";
    if (!runs) {
      System.out.println(reason);
    }
    Assumptions.assumeTrue(runs, reason);
  }

  static void assumeInstalled() {
    assumeRuns(PYTHON, "-c", "import pydicom, numpy");
  }

  /** Runs a script of the test's resources, and gives what it printed. */
  List<String> run(String script, List<String> input) throws IOException, InterruptedException {
    Path file = directory.resolve(script);
    try (InputStream text = Pydicom.class.getResourceAsStream(script)) {
      Files.write(file, text.readAllBytes());
    }
    Path in = Files.write(directory.resolve("input.txt"), input);
    Process process =
        new ProcessBuilder(PYTHON, file.toString(), directory.toString())
            .redirectInput(in.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(script).isZero();
    return printed.lines().toList();
  }

  /**
   * Reads all files by both readers. What is read must be equal in every pixel, or differ by {@code
   * tolerance}.
   *
   * @return how many were read, and how many refused for which reason
   */
  Map<String, Integer> compare(List<Path> files, float tolerance)
      throws IOException, InterruptedException {
    List<String> shapes = run("read.py", files.stream().map(Path::toString).toList());
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < files.size(); i++) {
      List<Image> images;
      try {
        images = DicomFile.open(files.get(i)).frames();
      } catch (DicomException e) {
        assertThat(e).hasMessageStartingWith(files.get(i) + ": ");
        String reason =
            String.valueOf(e.getMessage()).substring(files.get(i).toString().length() + 2);
        counts.merge(
            "refused: " + reason.replaceAll("at byte [0-9]+", "at byte N"), 1, Integer::sum);
        continue;
      }
      Image first = images.get(0);
      assertThat(shapes.get(i))
          .as("%s", files.get(i))
          .isEqualTo(
              "%d %d %d %d"
                  .formatted(images.size(), first.channels(), first.height(), first.width()));
      requireEqual(files.get(i), images, directory.resolve(i + ".raw"), tolerance);
      counts.merge("read", 1, Integer::sum);
    }
    return counts;
  }

  private static void requireEqual(Path file, List<Image> images, Path raw, float tolerance)
      throws IOException {
    ByteBuffer expected = ByteBuffer.wrap(Files.readAllBytes(raw)).order(ByteOrder.LITTLE_ENDIAN);
    for (int frame = 0; frame < images.size(); frame++) {
      float[] values = images.get(frame).values();
      for (int i = 0; i < values.length; i++) {
        float other = expected.getFloat();
        if (!(Math.abs(values[i] - other) <= tolerance)) {
          assertThat(values[i]).as("%s, frame %d, value %d", file, frame, i).isEqualTo(other);
        }
      }
    }
    assertThat(expected.hasRemaining()).isFalse();
  }

  /** All files below a directory, in order. */
  static List<Path> filesIn(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    try (var all = Files.walk(directory)) {
      all.filter(Files::isRegularFile).sorted().forEach(files::add);
    }
    return files;
  }

  /** Prints what {@link #compare} found. */
  static void print(String what, Map<String, Integer> counts) {
    System.out.println(what);
    counts.forEach((outcome, count) -> System.out.printf("  %4d %s%n", count, outcome));
  }
}
