package org.dpfed.accounting.strategy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

/**
 * A text file that holds one optimised strategy: lines that say what it was optimised for, its
 * numbers, and a checksum of the lines above.
 *
 * @param path of the file
 * @param header the lines that say what it was optimised for
 */
record StrategyFile(Path path, List<String> header) {
  private static final String CHECKSUM = "checksum = ";

  /** The numbers of a strategy under one name, one line of the file. */
  record Numbers(String name, List<Double> values) {
    private String line() {
      return values.stream().map(value -> " " + value).collect(Collectors.joining("", start(), ""));
    }

    private String start() {
      return name + " =";
    }
  }

  StrategyFile {
    header = List.copyOf(header);
  }

  boolean exists() {
    return Files.exists(path);
  }

  /**
   * Writes the strategy, durably and all at once: another reader sees the whole file or none.
   *
   * @throws UncheckedIOException when it cannot be written
   */
  void write(List<Numbers> strategy) {
    List<String> lines = new ArrayList<>(header);
    strategy.forEach(numbers -> lines.add(numbers.line()));
    lines.add(CHECKSUM + checksum(lines));
    byte[] text = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    Path folder = path.toAbsolutePath().getParent();
    try {
      Files.createDirectories(folder);
      Path written = Files.createTempFile(folder, path.getFileName() + ".", ".new");
      try {
        Files.write(written, text, StandardOpenOption.SYNC, StandardOpenOption.TRUNCATE_EXISTING);
        Files.move(written, path, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(written);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": the strategy cannot be written", e);
    }
  }

  /**
   * The numbers of the strategy under these names, in this order.
   *
   * @throws IllegalStateException when the file is damaged or holds another strategy
   * @throws UncheckedIOException when it cannot be read
   */
  List<List<Double>> read(String... names) {
    List<String> lines = lines();
    int size = header.size() + names.length + 1;
    if (lines.size() != size) {
      throw refused("has %d lines instead of %d".formatted(lines.size(), size));
    }
    List<String> summed = lines.subList(0, size - 1);
    if (!lines.get(size - 1).equals(CHECKSUM + checksum(summed))) {
      throw refused("does not match its checksum");
    }
    for (int i = 0; i < header.size(); i++) {
      if (!lines.get(i).equals(header.get(i))) {
        throw refused(
            "line %d is '%s' instead of '%s'".formatted(i + 1, lines.get(i), header.get(i)));
      }
    }
    List<List<Double>> numbers = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      numbers.add(numbers(names[i], lines.get(header.size() + i)));
    }
    return numbers;
  }

  private List<String> lines() {
    try {
      // Latin-1 reads any bytes; the checksum then tells.
      return Files.readAllLines(path, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": the strategy cannot be read", e);
    }
  }

  private List<Double> numbers(String name, String line) {
    String start = name + " = ";
    if (!line.startsWith(start)) {
      throw refused("has no line '" + name + "'");
    }
    try {
      return Arrays.stream(line.substring(start.length()).split(" ", -1))
          .map(Double::valueOf)
          .toList();
    } catch (NumberFormatException e) {
      throw refused("'" + name + "' must be numbers");
    }
  }

  /** What to throw when the content is not what it must be. */
  IllegalStateException refused(String reason) {
    return new IllegalStateException(
        path
            + ": damaged, or not the strategy of this run: "
            + reason
            + "; delete the file to optimise anew");
  }

  private static String checksum(List<String> lines) {
    CRC32 checksum = new CRC32();
    checksum.update(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) checksum.getValue());
  }
}
