package org.dpfed.accounting;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** One case of {@code golden.json}: a setting, what is asked, and the bounds of a right answer. */
record GoldenCase(JsonNode fields) {
  /** Every case, in the order of the file. */
  static Stream<GoldenCase> all() {
    try (InputStream stream = GoldenCase.class.getResourceAsStream("golden.json")) {
      JsonNode root = new ObjectMapper().readTree(Objects.requireNonNull(stream, "golden.json"));
      return StreamSupport.stream(root.get("cases").spliterator(), false).map(GoldenCase::new);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<GoldenCase> ofGroup(String group) {
    return all().filter(golden -> golden.text("group").equals(group));
  }

  boolean has(String name) {
    return fields.has(name);
  }

  String text(String name) {
    return fields.path(name).asText();
  }

  double number(String name) {
    JsonNode value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException(name + " missing in " + text("id"));
    }
    return value.isTextual() ? Double.parseDouble(value.asText()) : value.asDouble();
  }

  int integer(String name) {
    return (int) number(name);
  }

  List<Double> numbers(String name) {
    List<Double> numbers = new ArrayList<>();
    fields.get(name).forEach(entry -> numbers.add(entry.asDouble()));
    return numbers;
  }

  NeighbouringRelation relation() {
    String relation = text("neighbouring_relation");
    return switch (relation) {
      case "replace_one" -> NeighbouringRelation.REPLACE_ONE;
      case "replace_special (zero-out)" -> NeighbouringRelation.ZERO_OUT;
      case "add_or_remove_one", "sensitivity_1" -> NeighbouringRelation.ADD_OR_REMOVE_ONE;
      default -> throw new IllegalArgumentException(relation);
    };
  }

  double acceptMin() {
    return number("accept_min");
  }

  double acceptMax() {
    return number("accept_max");
  }

  /** The run at the noise multiplier of the case. */
  DpEvent event() {
    return has("noise_multiplier") ? event(number("noise_multiplier")) : event(Double.NaN);
  }

  /** The run at another noise multiplier. */
  DpEvent event(double z) {
    return switch (text("mechanism")) {
      case "gaussian" -> gaussian(z);
      case "tree_aggregation_gaussian" -> tree(z);
      case "matrix_factorization_banded" ->
          new DpEvent.Gaussian(z / Math.sqrt(number("sensitivity_squared_rounded")));
      case "matrix_factorization_amplified_banded" ->
          new AmplifiedBandedMechanism(
              z / number("column_norm"),
              number("sampling_prob"),
              integer("rounds"),
              integer("bands"));
      case "distributed_ddgauss" ->
          repeated(
              new DiscreteGaussianSum(
                  roundedSum(), number("local_stddev"), integer("num_clients")));
      case "distributed_skellam" ->
          repeated(new SkellamSum(roundedSum(), number("local_stddev"), integer("num_clients")));
      case "pure_ldp" -> repeated(new DpEvent.ApproximateDp(number("local_epsilon"), 0));
      default -> {
        if (has("coefs") || has("buf_decay")) {
          yield new MatrixMechanism(z, strategy(), participation());
        }
        throw new IllegalArgumentException(text("mechanism"));
      }
    };
  }

  private DpEvent gaussian(double z) {
    if (has("segments")) {
      List<DpEvent> parts = new ArrayList<>();
      for (JsonNode segment : fields.get("segments")) {
        parts.add(
            new DpEvent.SelfComposed(
                new DpEvent.PoissonSampled(
                    segment.get("sampling_prob").asDouble(),
                    new DpEvent.Gaussian(segment.get("noise_multiplier").asDouble())),
                segment.get("rounds").asLong()));
      }
      return new DpEvent.Composed(parts);
    }
    return switch (text("sampling")) {
      case "poisson" ->
          repeated(new DpEvent.PoissonSampled(number("sampling_prob"), new DpEvent.Gaussian(z)));
      case "without_replacement" ->
          // These cases give the multiplier relative to the replace-one sensitivity.
          repeated(
              new DpEvent.SampledWithoutReplacement(
                  integer("n"), integer("batch"), new DpEvent.Gaussian(2 * z)));
      case "none" -> repeated(new DpEvent.Gaussian(z));
      default -> throw new IllegalArgumentException(text("sampling"));
    };
  }

  private DpEvent tree(double z) {
    if (fields.get("restart").asBoolean()) {
      return new RestartedTreeAggregation(
          z, numbers("steps_list").stream().map(Double::intValue).toList());
    }
    return new TreeAggregation(z, participation());
  }

  Participation participation() {
    return new Participation(
        integer("rounds"),
        integer("max_participations"),
        integer("min_separation_index_difference"));
  }

  ToeplitzStrategy strategy() {
    return has("coefs")
        ? new ToeplitzStrategy(numbers("coefs"))
        : ToeplitzStrategy.bufferedLinear(
            numbers("buf_decay"), numbers("output_scale"), integer("n"));
  }

  private RoundedSum roundedSum() {
    return new RoundedSum(number("l2_clip"), number("gamma"), number("beta"), integer("dim"));
  }

  private DpEvent repeated(DpEvent event) {
    return new DpEvent.SelfComposed(event, integer("rounds"));
  }

  @Override
  public String toString() {
    return text("id");
  }
}
