package org.dpfed.cli.accounting;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.dpfed.cli.UsageException;
import picocli.CommandLine.ParseResult;

/**
 * The given options, as text that is validated when it is read.
 *
 * @param texts by option; empty for a switch
 * @param labels what messages call an option where that is not its name on the command line
 */
record OptionValues(Map<Flag, String> texts, Map<Flag, String> labels) {
  OptionValues {
    Map<Flag, String> ordered = new EnumMap<>(Flag.class);
    ordered.putAll(texts);
    texts = Collections.unmodifiableMap(ordered);
    labels = Map.copyOf(labels);
  }

  /**
   * What stands on the command line.
   *
   * @throws UsageException when an option stands there twice
   */
  static OptionValues of(ParseResult parsed) {
    Map<Flag, String> texts = new EnumMap<>(Flag.class);
    for (Flag flag : Flag.values()) {
      if (!parsed.hasMatchedOption(flag.option())) {
        continue;
      }
      if (parsed.matchedOption(flag.option()).originalStringValues().size() > 1) {
        throw new UsageException(flag.option() + " is given more than once; leave out the others");
      }
      boolean isSwitch = flag.kind() == Kind.SWITCH;
      texts.put(flag, isSwitch ? "" : parsed.matchedOptionValue(flag.option(), ""));
    }
    return new OptionValues(texts, Map.of());
  }

  boolean has(Flag flag) {
    return texts.containsKey(flag);
  }

  /** What a message calls the option, such as {@code --rounds}. */
  String label(Flag flag) {
    return labels.getOrDefault(flag, flag.option());
  }

  String text(Flag flag, String otherwise) {
    return texts.getOrDefault(flag, otherwise);
  }

  private String required(Flag flag) {
    String text = texts.get(flag);
    if (text == null) {
      throw new UsageException(label(flag) + " is missing");
    }
    return text;
  }

  double number(Flag flag) {
    return flag.kind().read(label(flag), required(flag));
  }

  double number(Flag flag, double otherwise) {
    return has(flag) ? number(flag) : otherwise;
  }

  /** A whole number, also where the option's kind would allow another. */
  long whole(Flag flag) {
    return (long)
        (flag.kind().isWhole() ? flag.kind() : Kind.COUNT).read(label(flag), required(flag));
  }

  /** A whole number that is an {@code int}, also where the option's kind would allow a larger. */
  int index(Flag flag) {
    return (int) Kind.INDEX.read(label(flag), required(flag));
  }

  /** The entries of a list. */
  List<Double> numbers(Flag flag) {
    return Arrays.stream(required(flag).split(",", -1))
        .map(entry -> flag.kind().read("each entry of " + label(flag), entry.strip()))
        .toList();
  }

  /** The delta of the guarantee; where the population is known, below 1 over it. */
  double delta() {
    double delta = number(Flag.DELTA);
    if (has(Flag.POPULATION)) {
      double bound = 1.0 / whole(Flag.POPULATION);
      if (!(delta < bound)) {
        throw new UsageException(
            "%s must be below 1 / %s = %s, was %s; a larger one would allow a client's data to be"
                    .formatted(label(Flag.DELTA), label(Flag.POPULATION), bound, delta)
                + " published");
      }
    }
    return delta;
  }

  /** These options and one more, or with another value. */
  OptionValues with(Flag flag, String text) {
    Map<Flag, String> changed = new EnumMap<>(Flag.class);
    changed.putAll(texts);
    changed.put(flag, text);
    return new OptionValues(changed, labels);
  }

  /** As {@link #with(Flag, String)}. */
  OptionValues with(Flag flag, double value) {
    return with(flag, Double.toString(value));
  }

  /** These options without one. */
  OptionValues without(Flag flag) {
    Map<Flag, String> changed = new EnumMap<>(Flag.class);
    changed.putAll(texts);
    changed.remove(flag);
    return new OptionValues(changed, labels);
  }
}
