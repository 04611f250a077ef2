package org.dpfed.cli.accounting;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.cli.UsageException;

/**
 * A question with the field names of the golden cases.
 *
 * <p>As in that file, {@code noise_multiplier} is relative to the sensitivity under the relation,
 * except for the PLD accountant, where it is relative to the clip norm; {@code
 * noise_multiplier_relative_to_clip_norm} always means the latter.
 */
final class GoldenCase {
  private static final Map<String, Question> QUERIES =
      Map.of(
          "epsilon_given_delta", Question.EPSILON,
          "delta_given_epsilon", Question.DELTA,
          "noise_multiplier_given_epsilon_delta", Question.NOISE_MULTIPLIER,
          "rounds_given_epsilon_delta", Question.ROUNDS,
          "value_noise_multiplier", Question.VALUE_NOISE_MULTIPLIER);

  /** What may be said once for all segments, or in each. */
  private static final Set<CaseField> EITHER = Set.of(CaseField.MECHANISM, CaseField.SAMPLING);

  /** What is said once for all segments. */
  private static final Set<CaseField> COMMON =
      Set.of(
          CaseField.ID,
          CaseField.QUERY,
          CaseField.ACCOUNTANT,
          CaseField.RELATION,
          CaseField.ORDERS,
          CaseField.DELTA,
          CaseField.EPSILON,
          CaseField.TARGET_EPSILON);

  private GoldenCase() {}

  /**
   * The answer to what is asked; epsilon unless the case says otherwise.
   *
   * @throws UsageException when a name is unknown, fields contradict each other, one has no effect
   *     on the answer or one is missing
   */
  static double answer(ObjectNode fields) {
    return read(fields).getAsDouble();
  }

  /**
   * Reads a case and computes nothing yet.
   *
   * @return computes the answer
   * @throws UsageException as {@link #answer} does
   */
  static DoubleSupplier read(ObjectNode fields) {
    CaseField.check(fields);
    Question question = GoldenNames.one(CaseField.QUERY, fields, "epsilon_given_delta", QUERIES);
    if (CaseField.SEGMENTS.isIn(fields)) {
      return segments(fields, question);
    }
    GoldenOptions options = GoldenOptions.of(fields);
    OptionValues values = options.values();
    question.check(values);
    double unit = question == Question.NOISE_MULTIPLIER ? options.noiseUnit() : 1;
    return () -> question.answer(values) / unit;
  }

  /** A run in several parts. */
  private static DoubleSupplier segments(ObjectNode fields, Question question) {
    if (question != Question.EPSILON && question != Question.DELTA) {
      throw new UsageException(
          CaseField.SEGMENTS.label() + " are answered with an epsilon or a delta only");
    }
    List<OptionValues> parts = new ArrayList<>();
    for (JsonNode segment : CaseField.SEGMENTS.of(fields)) {
      parts.add(GoldenOptions.of(merged(fields, segment)).values());
      question.check(parts.get(parts.size() - 1));
    }
    if (parts.isEmpty()) {
      throw new UsageException(CaseField.SEGMENTS.label() + " must be a list of at least one");
    }
    return () -> composed(parts, question);
  }

  private static double composed(List<OptionValues> parts, Question question) {
    PrivacyAccountant spent = RunDescription.of(parts.get(0)).accountant();
    double delta = 0;
    for (OptionValues part : parts) {
      spent = spent.compose(RunDescription.of(part).event());
      delta = question == Question.EPSILON ? part.delta() : delta;
    }
    return Question.number(
        question == Question.EPSILON
            ? spent.epsilon(delta)
            : spent.delta(parts.get(0).number(Flag.EPSILON)));
  }

  /** A segment with what it has in common with the others. */
  private static ObjectNode merged(ObjectNode fields, JsonNode segment) {
    if (!segment.isObject()) {
      throw new UsageException("each of the segments must be an object");
    }
    CaseField.check(segment);
    ObjectNode merged = segment.deepCopy();
    for (CaseField field : CaseField.values()) {
      boolean common = COMMON.contains(field);
      if ((common || field == CaseField.SEGMENTS) && field.isIn(segment)) {
        throw new UsageException(field.label() + " is for the whole case, not for a segment");
      } else if (field.isIn(fields) && field != CaseField.SEGMENTS) {
        if (!common && !EITHER.contains(field)) {
          throw new UsageException(
              "%s has no effect with %s; give it in each segment"
                  .formatted(field.label(), CaseField.SEGMENTS.label()));
        } else if (!field.isIn(segment)) {
          merged.set(field.label(), field.of(fields));
        }
      }
    }
    return merged;
  }
}
