package org.dpfed.cli.accounting;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.RdpAccountant;
import org.dpfed.cli.UsageException;

/**
 * The options that correspond to a golden case. Redundant fields must agree, and become one option.
 */
final class GoldenOptions {
  private final ObjectNode fields;
  private final Map<Flag, String> texts = new EnumMap<>(Flag.class);
  private final String mechanism;
  private final NeighbouringRelation relation;

  private GoldenOptions(ObjectNode fields) {
    this.fields = fields;
    this.mechanism =
        GoldenNames.one(CaseField.MECHANISM, fields, "gaussian", GoldenNames.MECHANISMS);
    this.relation =
        GoldenNames.one(CaseField.RELATION, fields, "add-or-remove-one", GoldenNames.RELATIONS);
    addNumbers();
    addNames();
    addOrders();
    dropRepetitions();
    addNoise();
  }

  /** What the fields of a case say. */
  static GoldenOptions of(ObjectNode fields) {
    return new GoldenOptions(fields);
  }

  /** The options, which messages call by the names of the fields. */
  OptionValues values() {
    return new OptionValues(texts, CaseField.labels(fields));
  }

  private boolean isNamed(String golden) {
    return CaseField.MECHANISM.text(fields, "").equals(golden);
  }

  private void addNumbers() {
    for (CaseField field : CaseField.values()) {
      if (field.isIn(fields) && field.flag().filter(flag -> flag.kind().isNumeric()).isPresent()) {
        String text = field.numbers(fields);
        String before = texts.put(field.flag().orElseThrow(), text);
        agree(before == null || before.equals(text), field, CaseField.EPSILON);
      }
    }
  }

  private void addNames() {
    if (CaseField.MECHANISM.isIn(fields) && !isNamed(GoldenNames.ADAPTIVE_SPLIT)) {
      texts.put(Flag.MECHANISM, mechanism);
    }
    boolean implied =
        !takes(Flag.RELATION)
            ? relation == NeighbouringRelation.REPLACE_ONE
            : isNamed(GoldenNames.ADAPTIVE_SPLIT)
                && relation == NeighbouringRelation.ADD_OR_REMOVE_ONE;
    if (CaseField.RELATION.isIn(fields) && !implied) {
      texts.put(Flag.RELATION, relation.label());
    }
    if (CaseField.SAMPLING.isIn(fields)) {
      texts.put(
          Flag.SAMPLING, GoldenNames.one(CaseField.SAMPLING, fields, "", GoldenNames.SAMPLINGS));
    }
    for (CaseField field : List.of(CaseField.OBJECTIVE, CaseField.WORKLOAD)) {
      if (field.isIn(fields)) {
        texts.put(field.flag().orElseThrow(), field.text(fields, ""));
      }
    }
    if (CaseField.ACCOUNTANT.isIn(fields)) {
      texts.put(
          Flag.ACCOUNTANT,
          GoldenNames.one(CaseField.ACCOUNTANT, fields, "", GoldenNames.ACCOUNTANTS));
    }
    texts.remove(Flag.ACCOUNTANT, mechanism.equals("shuffled") ? GoldenNames.SHUFFLING : "");
    texts.remove(
        Flag.SAMPLING, mechanism.equals("amplified-banded") ? GoldenNames.CYCLIC_POISSON : "");
  }

  private void addOrders() {
    String text = CaseField.ORDERS.text(fields, "");
    if (text.equals("google_default")) {
      text =
          Arrays.stream(RdpAccountant.defaultOrders())
              .mapToObj(Double::toString)
              .collect(Collectors.joining(","));
    }
    if (CaseField.ORDERS.isIn(fields)) {
      texts.put(Flag.ORDERS, text);
    }
  }

  /** Takes away what another field says as well, when the two agree. */
  private void dropRepetitions() {
    dropCertainSampling();
    if (CaseField.ROUNDS_BETWEEN.isIn(fields)) {
      addSeparation();
    }
    if (is(Flag.MAX_PARTICIPATIONS, 1)) {
      texts.remove(Flag.MIN_SEPARATION);
    }
    if (mechanism.equals("matrix") && texts.containsKey(Flag.POPULATION)) {
      // The size of the matrix.
      double size = values().number(Flag.POPULATION);
      agree(is(Flag.ROUNDS, size), CaseField.POPULATION, CaseField.ROUNDS);
      texts.remove(Flag.POPULATION);
    }
    if (mechanism.equals("tree")) {
      dropFromTree();
    } else if (isNamed(GoldenNames.BANDED_MATRIX)) {
      reduceToSensitivity();
    } else {
      refuse(CaseField.SQUARED_SENSITIVITY);
      refuse(CaseField.ROUNDED_SQUARED_SENSITIVITY);
    }
    if (mechanism.equals("amplified-banded")) {
      // A case has as many groups as bands.
      String bands = texts.remove(Flag.BANDS);
      if (bands != null) {
        texts.put(Flag.GROUPS, bands);
      }
    } else {
      refuse(CaseField.COLUMN_NORM);
    }
  }

  private void dropCertainSampling() {
    boolean unsampled = "none".equals(texts.get(Flag.SAMPLING));
    if (unsampled && !takes(Flag.SAMPLING)) {
      texts.remove(Flag.SAMPLING);
    }
    if (is(Flag.SAMPLING_PROBABILITY, 1) && (unsampled || !takes(Flag.SAMPLING_PROBABILITY))) {
      texts.remove(Flag.SAMPLING_PROBABILITY);
    }
  }

  private void addSeparation() {
    JsonNode between = CaseField.ROUNDS_BETWEEN.of(fields);
    if (!between.isIntegralNumber() || !between.canConvertToInt() || between.asInt() < 0) {
      throw new UsageException(
          CaseField.ROUNDS_BETWEEN.label() + " must be a whole number of at least 0");
    }
    double separation = between.asInt() + 1.0;
    agree(
        !texts.containsKey(Flag.MIN_SEPARATION) || is(Flag.MIN_SEPARATION, separation),
        CaseField.ROUNDS_BETWEEN,
        CaseField.MIN_SEPARATION);
    texts.put(Flag.MIN_SEPARATION, Double.toString(separation));
  }

  private void dropFromTree() {
    boolean restarted = texts.containsKey(Flag.TREE_ROUNDS);
    if (CaseField.RESTART.isIn(fields)) {
      JsonNode restart = CaseField.RESTART.of(fields);
      agree(
          restart.isBoolean() && restart.asBoolean() == restarted,
          CaseField.RESTART,
          CaseField.TREE_ROUNDS);
    }
    if (restarted && texts.containsKey(Flag.ROUNDS)) {
      List<Double> rounds = values().numbers(Flag.TREE_ROUNDS);
      double sum = rounds.stream().mapToDouble(Double::doubleValue).sum();
      agree(is(Flag.ROUNDS, sum), CaseField.TREE_ROUNDS, CaseField.ROUNDS);
      texts.remove(Flag.ROUNDS);
    }
    if (CaseField.SQUARED_SENSITIVITY.isIn(fields)) {
      Mechanism tree = Mechanism.of(values().with(Flag.NOISE_MULTIPLIER, 1));
      double squared =
          tree instanceof CorrelatedNoise.Tree single
              ? single.event().squaredSensitivity()
              : ((CorrelatedNoise.RestartedTree) tree).event().squaredSensitivity();
      agree(
          CaseField.SQUARED_SENSITIVITY.positive(fields) == squared,
          CaseField.SQUARED_SENSITIVITY,
          CaseField.MECHANISM);
    }
    refuse(CaseField.ROUNDED_SQUARED_SENSITIVITY);
  }

  /** One Gaussian for all rounds, as wide as the squared sensitivity says. */
  private void reduceToSensitivity() {
    if (relation == NeighbouringRelation.ADD_OR_REMOVE_ONE) {
      throw new UsageException(
          "%s must be zero-out or replace-one for %s"
              .formatted(CaseField.RELATION.label(), GoldenNames.BANDED_MATRIX));
    }
    for (Flag flag : Flag.set(Flag.BANDS, Flag.MAX_PARTICIPATIONS, Flag.MIN_SEPARATION)) {
      texts.remove(flag);
    }
    texts.put(Flag.ROUNDS, "1");
  }

  private void refuse(CaseField field) {
    if (field.isIn(fields)) {
      throw new UsageException(
          "%s has no effect with %s %s; leave it out"
              .formatted(field.label(), CaseField.MECHANISM.label(), mechanism));
    }
  }

  private boolean takes(Flag flag) {
    return Choices.MECHANISMS.namesTaking(flag).contains(mechanism);
  }

  private boolean is(Flag flag, double value) {
    return texts.containsKey(flag) && values().number(flag) == value;
  }

  private static void agree(boolean holds, CaseField one, CaseField other) {
    if (!holds) {
      throw new UsageException(
          "%s and %s contradict each other; leave out one of the two"
              .formatted(one.label(), other.label()));
    }
  }

  /** The noise in units of the clip norm, from either field. */
  private void addNoise() {
    boolean relative = texts.containsKey(Flag.NOISE_MULTIPLIER);
    double noise = 0;
    if (relative) {
      noise = values().number(Flag.NOISE_MULTIPLIER) * noiseUnit();
    }
    if (CaseField.NOISE_TO_CLIP_NORM.isIn(fields)) {
      double toClipNorm =
          Kind.NOT_NEGATIVE.read(
                  CaseField.NOISE_TO_CLIP_NORM.label(),
                  CaseField.NOISE_TO_CLIP_NORM.numbers(fields))
              / strategyNorm();
      // Both are rounded as they were written.
      agree(
          !relative || Math.abs(noise - toClipNorm) <= 1e-9 * toClipNorm,
          CaseField.NOISE,
          CaseField.NOISE_TO_CLIP_NORM);
      noise = toClipNorm;
      relative = true;
    }
    if (relative) {
      texts.put(Flag.NOISE_MULTIPLIER, Double.toString(noise));
    }
  }

  /** How many clip norms of an unweighted Gaussian the file's unit of noise is. */
  double noiseUnit() {
    boolean ofClipNorm = "pld".equals(texts.get(Flag.ACCOUNTANT));
    return (ofClipNorm ? 1 : relation.sensitivity()) / strategyNorm();
  }

  /** The norm of a matrix that is given by nothing else; 1 for other mechanisms. */
  private double strategyNorm() {
    if (!isNamed(GoldenNames.BANDED_MATRIX)) {
      return CaseField.COLUMN_NORM.isIn(fields) ? CaseField.COLUMN_NORM.positive(fields) : 1;
    }
    // With unit columns and no more bands than the separation, one for each participation.
    CaseField squared =
        Stream.of(CaseField.ROUNDED_SQUARED_SENSITIVITY, CaseField.SQUARED_SENSITIVITY)
            .filter(field -> field.isIn(fields))
            .findFirst()
            .orElse(CaseField.MAX_PARTICIPATIONS);
    return Math.sqrt(squared.positive(fields));
  }
}
