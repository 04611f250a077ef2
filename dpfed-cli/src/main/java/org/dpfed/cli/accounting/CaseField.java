package org.dpfed.cli.accounting;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.dpfed.cli.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a golden case that are read, and the option that each corresponds to, if any. Other
 * fields are comments and are ignored, except those that look like a misspelt field: a misspelt
 * number of rounds, say, would make a run look cheaper.
 */
enum CaseField {
  ID("id"),
  QUERY("query"),
  MECHANISM("mechanism", Flag.MECHANISM),
  SAMPLING("sampling", Flag.SAMPLING),
  ACCOUNTANT("accountant", Flag.ACCOUNTANT),
  RELATION("neighbouring_relation", Flag.RELATION),
  ORDERS("orders", Flag.ORDERS),
  DELTA("delta", Flag.DELTA),
  EPSILON("epsilon", Flag.EPSILON),
  TARGET_EPSILON("target_epsilon", Flag.EPSILON),
  ROUNDS("rounds", Flag.ROUNDS),
  SEGMENTS("segments"),
  NOISE("noise_multiplier", Flag.NOISE_MULTIPLIER),
  NOISE_TO_CLIP_NORM("noise_multiplier_relative_to_clip_norm"),
  SAMPLING_PROBABILITY("sampling_prob", Flag.SAMPLING_PROBABILITY),
  POPULATION("n", Flag.POPULATION),
  COHORT("batch", Flag.COHORT),
  MAX_COHORT("max_batch", Flag.MAX_COHORT),
  TREE_ROUNDS("steps_list", Flag.TREE_ROUNDS),
  RESTART("restart"),
  MAX_PARTICIPATIONS("max_participations", Flag.MAX_PARTICIPATIONS),
  MIN_SEPARATION("min_separation_index_difference", Flag.MIN_SEPARATION),
  ROUNDS_BETWEEN("rounds_strictly_between"),
  COEFFICIENTS("coefs", Flag.COEFFICIENTS),
  BUFFER_DECAY("buf_decay", Flag.BUFFER_DECAY),
  OUTPUT_SCALE("output_scale", Flag.OUTPUT_SCALE),
  BANDS("bands", Flag.BANDS),
  BUFFERS("buffers", Flag.BUFFERS),
  OBJECTIVE("objective", Flag.OBJECTIVE),
  WORKLOAD("workload", Flag.WORKLOAD),
  MOMENTUM("momentum", Flag.MOMENTUM),
  COLUMN_NORM("column_norm"),
  SQUARED_SENSITIVITY("sensitivity_squared"),
  ROUNDED_SQUARED_SENSITIVITY("sensitivity_squared_rounded"),
  GRANULARITY("gamma", Flag.GRANULARITY),
  ROUNDING_BIAS("beta", Flag.ROUNDING_BIAS),
  DIMENSION("dim", Flag.DIMENSION),
  CLIP_NORM("l2_clip", Flag.CLIP_NORM),
  LOCAL_STDDEV("local_stddev", Flag.LOCAL_STDDEV),
  NOISY_CLIENTS("num_clients", Flag.NOISY_CLIENTS),
  COUNT_STDDEV("clipped_count_stddev", Flag.COUNT_STDDEV),
  LOCAL_EPSILON("local_epsilon", Flag.LOCAL_EPSILON),
  LOCAL_DELTA("local_delta", Flag.LOCAL_DELTA);

  private final String label;
  private final @Nullable Flag flag;

  CaseField(String label) {
    this(label, null);
  }

  CaseField(String label, @Nullable Flag flag) {
    this.label = label;
    this.flag = flag;
  }

  /** Its name in the file. */
  String label() {
    return label;
  }

  /** The option that it corresponds to. */
  Optional<Flag> flag() {
    return Optional.ofNullable(flag);
  }

  boolean isIn(JsonNode fields) {
    return fields.hasNonNull(label);
  }

  JsonNode of(JsonNode fields) {
    return fields.path(label);
  }

  /** A text, or {@code otherwise} where there is none. */
  String text(JsonNode fields, String otherwise) {
    if (!isIn(fields)) {
      return otherwise;
    }
    JsonNode value = of(fields);
    if (!value.isTextual()) {
      throw new UsageException(label + " must be text, was " + value);
    }
    return value.asText();
  }

  /** A positive number, which must be there. */
  double positive(JsonNode fields) {
    if (!isIn(fields)) {
      throw new UsageException(label + " is missing");
    }
    return Kind.POSITIVE.read(label, number(label, of(fields)));
  }

  /** A number, or a list of numbers, as the text of an option. */
  String numbers(JsonNode fields) {
    JsonNode value = of(fields);
    if (!value.isArray()) {
      return number(label, value);
    }
    List<String> entries = new ArrayList<>();
    value.forEach(entry -> entries.add(number("each entry of " + label, entry)));
    return String.join(",", entries);
  }

  private static String number(String label, JsonNode value) {
    if (!value.isNumber()) {
      throw new UsageException(label + " must be a number, was " + value);
    }
    return value.asText();
  }

  /**
   * Refuses the names that are not read and were probably meant to be.
   *
   * @throws UsageException naming the field and what it was probably meant for
   */
  static void check(JsonNode fields) {
    for (Iterator<String> names = fields.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (all().noneMatch(field -> field.label.equals(name))) {
        all()
            .filter(field -> field.isMeantBy(name))
            .findFirst()
            .ifPresent(
                meant -> {
                  throw new UsageException(
                      "unknown field '%s'; did you mean '%s'?".formatted(name, meant.label));
                });
      }
    }
  }

  private static Stream<CaseField> all() {
    return Arrays.stream(values());
  }

  /** What messages call the options in this file. */
  static Map<Flag, String> labels(JsonNode fields) {
    Map<Flag, String> labels = new EnumMap<>(Flag.class);
    all()
        .filter(field -> field.flag != null)
        .filter(field -> field != TARGET_EPSILON || field.isIn(fields))
        .forEach(field -> labels.put(field.flag().orElseThrow(), field.label));
    return labels;
  }

  /** Whether the name is that of the option, or one slip from this one. */
  private boolean isMeantBy(String name) {
    String plain = name.replaceFirst("^num_", "");
    String option = flag == null ? label : flag.option().substring(2).replace('-', '_');
    return plain.replace('-', '_').equals(option)
        || plain.equals(label)
        || isOneSlipFrom(label, name);
  }

  /** Whether one letter more, less or other makes one of the other; short names are no guide. */
  private static boolean isOneSlipFrom(String known, String name) {
    if (known.length() < 4 || Math.abs(known.length() - name.length()) > 1) {
      return false;
    }
    int same = 0;
    int shorter = Math.min(known.length(), name.length());
    while (same < shorter && known.charAt(same) == name.charAt(same)) {
      same++;
    }
    int skipKnown = known.length() >= name.length() ? 1 : 0;
    int skipName = name.length() >= known.length() ? 1 : 0;
    return known
        .substring(Math.min(same + skipKnown, known.length()))
        .equals(name.substring(Math.min(same + skipName, name.length())));
  }
}
