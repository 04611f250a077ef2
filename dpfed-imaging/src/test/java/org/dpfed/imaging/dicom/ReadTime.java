package org.dpfed.imaging.dicom;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.dpfed.imaging.Image;

/**
 * Measures how long a series of 1,000 slices of 512 × 512 pixels of 16 bits takes: headers and
 * order, then pixels. Prints each of five passes, with the processor's time beside.
 */
final class ReadTime {
  private static final int SLICES = 1000;
  private static final int SIZE = 512;

  private ReadTime() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createTempDirectory("dicom");
    try {
      List<Path> paths = write(directory);
      for (int pass = 1; pass <= 5; pass++) {
        measure(pass, paths);
      }
    } finally {
      try (var files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static List<Path> write(Path directory) throws IOException {
    byte[] pixels = new byte[2 * SIZE * SIZE];
    new Random(1).nextBytes(pixels);
    List<Path> paths = new ArrayList<>();
    for (int i = 0; i < SLICES; i++) {
      byte[] slice =
          DicomBytes.grey(SIZE, SIZE, 16)
              .text(Tag.ORIENTATION, "DS", "1\\0\\0\\0\\1\\0")
              .text(Tag.SPACING, "DS", "1\\1")
              .text(Tag.POSITION, "DS", "0\\0\\" + i)
              .text(Tag.SLOPE, "DS", "1")
              .text(Tag.INTERCEPT, "DS", "-1024")
              .bytes(Tag.PIXELS.number(), "OW", pixels)
              .file();
      paths.add(Files.write(directory.resolve(i + ".dcm"), slice));
    }
    return paths;
  }

  private static void measure(int pass, List<Path> paths) throws IOException {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long cpuStart = threads.getCurrentThreadCpuTime();
    long start = System.nanoTime();
    List<DicomFile> files = new ArrayList<>();
    for (Path path : paths) {
      files.add(DicomFile.open(path));
    }
    DicomSeries series = DicomSeries.of(files);
    long ordered = System.nanoTime();
    double sum = 0;
    for (DicomSeries.Slice slice : series.slices()) {
      Image image = slice.file().frame(slice.frame());
      sum += image.at(0, SIZE / 2, SIZE / 2);
    }
    long read = System.nanoTime();
    System.out.printf(
        Locale.ROOT,
        "pass %d: headers and order %.2f s, pixels %.2f s, processor %.2f s (%.0f)%n",
        pass,
        (ordered - start) / 1e9,
        (read - ordered) / 1e9,
        (threads.getCurrentThreadCpuTime() - cpuStart) / 1e9,
        sum);
  }
}
