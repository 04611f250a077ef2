package org.dpfed.cli.output;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A line of parts, of which the least important ones are left out where it does not fit. */
public final class FittedLine {
  private final List<Part> parts = new ArrayList<>();

  private record Part(int rank, String text) {}

  /**
   * Adds a part behind the others.
   *
   * @param rank 0 for what is always shown, and the greater the less important
   * @param text with what separates it from its neighbours; without line breaks
   * @return this
   */
  public FittedLine with(int rank, String text) {
    parts.add(new Part(rank, text));
    return this;
  }

  /** As {@link #with(int, String)}, with a comma before the text, if there is one. */
  public FittedLine with(int rank, Optional<String> text) {
    text.ifPresent(present -> with(rank, ", " + present));
    return this;
  }

  /**
   * The parts for which there is room, in order: one that has no room takes none from the less
   * important ones. What is always shown is cut where even that does not fit.
   *
   * @param columns at least 1
   */
  public String within(int columns) {
    List<Part> shown = new ArrayList<>();
    int room = columns;
    for (Part part : parts.stream().sorted(Comparator.comparingInt(Part::rank)).toList()) {
      if (part.rank == 0 || part.text.length() <= room) {
        shown.add(part);
        room -= part.text.length();
      }
    }
    String line =
        parts.stream().filter(shown::contains).map(Part::text).collect(Collectors.joining());
    return line.substring(0, Math.min(columns, line.length()));
  }
}
