package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One setting, with its key in the file, its flag on the command line, and the choices that it
 * depends on.
 *
 * @param key dotted path in the file, such as {@code privacy.clipNorm}
 * @param flag on the command line, such as {@code --clip-norm}
 * @param kind what values it takes
 * @param fallback the value where none is given, as YAML; empty for none
 * @param description for the help
 * @param takenWith the choices that must hold for it to have an effect
 * @param isNeeded whether it must be set when it is taken and {@code neededWith} hold
 * @param neededWith the further choices that must hold for it to be needed
 */
record Setting(
    String key,
    String flag,
    Kind kind,
    String fallback,
    String description,
    List<Choice> takenWith,
    boolean isNeeded,
    List<Choice> neededWith) {

  /** A setting that is always taken and never needed. */
  static Setting of(String key, String flag, Kind kind, String fallback, String description) {
    return new Setting(key, flag, kind, fallback, description, List.of(), false, List.of());
  }

  /** This, taken only when another setting has one of some values, or is set at all. */
  Setting onlyWith(String other, String... values) {
    return taken(Choice.of(other, values));
  }

  /** This, taken only when another setting has none of some values, or is not set at all. */
  Setting notWith(String other, String... values) {
    return taken(Choice.not(other, values));
  }

  /** This, needed whenever it is taken. */
  Setting needed() {
    return new Setting(key, flag, kind, fallback, description, takenWith, true, neededWith);
  }

  /** This, needed when another setting has one of some values, or is set at all. */
  Setting neededWith(String other, String... values) {
    return needed(Choice.of(other, values));
  }

  /** This, needed when another setting has none of some values, or is not set at all. */
  Setting neededUnless(String other, String... values) {
    return needed(Choice.not(other, values));
  }

  private Setting taken(Choice choice) {
    List<Choice> choices = with(takenWith, choice);
    return new Setting(key, flag, kind, fallback, description, choices, isNeeded, neededWith);
  }

  private Setting needed(Choice choice) {
    List<Choice> choices = with(neededWith, choice);
    return new Setting(key, flag, kind, fallback, description, takenWith, true, choices);
  }

  private static List<Choice> with(List<Choice> choices, Choice further) {
    return Stream.concat(choices.stream(), Stream.of(further)).toList();
  }

  /** The first choice that does not hold, for which this has no effect; empty when it is taken. */
  Optional<Choice> contradicted(Function<String, Optional<JsonNode>> values) {
    return takenWith.stream()
        .filter(choice -> !choice.holds(values.apply(choice.key())))
        .findFirst();
  }

  /** Whether a run cannot do without this. */
  boolean isNeeded(Function<String, Optional<JsonNode>> values) {
    return isNeeded
        && Stream.concat(takenWith.stream(), neededWith.stream())
            .allMatch(choice -> choice.holds(values.apply(choice.key())));
  }

  /** When this is taken and when it is needed, such as {@code only with data.set csv}; or empty. */
  String dependence() {
    String taken = takenWith.stream().map(Choice::taken).collect(Collectors.joining(", "));
    boolean isCovered = taken.isEmpty() || (isNeeded && neededWith.isEmpty());
    return Stream.of(isCovered ? "" : taken, isNeeded ? need() : "")
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining("; "));
  }

  /** When this is needed, such as {@code needed with data.set csv}. */
  String need() {
    return (neededWith.isEmpty() ? takenWith : neededWith)
        .stream()
            .map(choice -> " " + choice.needed())
            .collect(Collectors.joining(",", "needed", ""));
  }
}
