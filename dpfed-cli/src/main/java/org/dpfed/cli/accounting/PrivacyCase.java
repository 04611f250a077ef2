package org.dpfed.cli.accounting;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.dpfed.accounting.AdaptiveClippingSplit;
import org.dpfed.accounting.AnalyticGaussianAccountant;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.LocalNoise;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.NoiseCalibration;
import org.dpfed.accounting.OptimalCompositionAccountant;
import org.dpfed.accounting.PldAccountant;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.accounting.RdpAccountant;
import org.dpfed.accounting.ShuffleAmplification;
import org.dpfed.accounting.TightestAccountant;
import org.dpfed.cli.UsageException;

/**
 * One question about privacy, in the field names of the golden cases: a run, what is asked about it
 * ({@code query}), and the accountant that is to answer.
 *
 * <p>As in that file, {@code noise_multiplier} is relative to the sensitivity under the relation,
 * except that the PLD accountant under replace-one takes it relative to the clip norm; {@code
 * noise_multiplier_relative_to_clip_norm} goes before both.
 *
 * @param labels what messages call a field where that is not its name
 */
record PrivacyCase(JsonNode fields, Map<String, String> labels) {
  private static final String NOISE = "noise_multiplier";
  private static final String NOISE_TO_CLIP_NORM = "noise_multiplier_relative_to_clip_norm";

  PrivacyCase(JsonNode fields) {
    this(fields, Map.of());
  }

  /** What is asked: ε unless {@code query} says otherwise. */
  double answer() {
    return switch (text("query", "epsilon_given_delta")) {
      case "epsilon_given_delta" -> epsilon();
      case "delta_given_epsilon" -> accountant().compose(event()).delta(number("epsilon"));
      case "noise_multiplier_given_epsilon_delta" -> smallestNoiseMultiplier() / noiseUnit();
      case "value_noise_multiplier" -> valueNoiseMultiplier();
      case "rounds_given_epsilon_delta" -> mostRounds();
      default -> throw unknown("query");
    };
  }

  private double epsilon() {
    if (mechanism().equals("shuffled_pure_ldp")) {
      return new ShuffleAmplification(number("local_epsilon"), whole("n"))
          .epsilonAt(number("delta"));
    }
    return accountant().compose(event()).epsilon(number("delta"));
  }

  /** What adaptive clipping leaves of the noise multiplier for the clipped sum. */
  double valueNoiseMultiplier() {
    double noiseMultiplier = number(has(NOISE) ? NOISE : NOISE_TO_CLIP_NORM);
    return new AdaptiveClippingSplit(noiseMultiplier, number("clipped_count_stddev"))
        .valueNoiseMultiplier();
  }

  /** Noise that clients add to their own contributions. */
  LocalNoise localNoise() {
    return new LocalNoise(
        noiseToClipNorm(),
        has("num_clients") ? whole("num_clients") : 1,
        has("rounds") ? whole("rounds") : 1);
  }

  private NoiseCalibration calibration() {
    double target = number(has("target_epsilon") ? "target_epsilon" : "epsilon");
    return new NoiseCalibration(accountant(), target, number("delta"));
  }

  /** The smallest noise multiplier, relative to the clip norm, that meets the target. */
  double smallestNoiseMultiplier() {
    return calibration().smallestNoiseMultiplier(this::event);
  }

  /** The most rounds that meet the target. */
  long mostRounds() {
    return calibration().mostRounds(rounds -> withRounds(rounds).event());
  }

  /** The smallest expected cohort that meets the target. */
  long smallestExpectedCohort(double noiseToSignal) {
    return calibration()
        .smallestExpectedCohort(
            whole("n"), noiseToSignal, (q, z) -> with("sampling_prob", q).event(z));
  }

  /** This case with another value of one field. */
  private PrivacyCase with(String name, double value) {
    return new PrivacyCase(((ObjectNode) fields.deepCopy()).put(name, value), labels);
  }

  /** This case for another number of rounds. */
  PrivacyCase withRounds(long rounds) {
    return with("rounds", (double) rounds);
  }

  /** The run. */
  DpEvent event() {
    return event(RunEvents.bringsItsNoise(this) ? 0 : noiseToClipNorm());
  }

  /** The run at another noise multiplier, relative to the clip norm. */
  DpEvent event(double noiseMultiplier) {
    return RunEvents.of(this, noiseMultiplier);
  }

  private double noiseToClipNorm() {
    return has(NOISE_TO_CLIP_NORM) ? number(NOISE_TO_CLIP_NORM) : number(NOISE) * noiseUnit();
  }

  /** How many clip norms the file's unit of noise is. */
  private double noiseUnit() {
    return text("accountant", "").startsWith("pld") ? 1 : relation().sensitivity();
  }

  NeighbouringRelation relation() {
    String name = text("neighbouring_relation", "add_or_remove_one").replace('-', '_');
    if (name.startsWith("replace_special") || name.startsWith("zero")) {
      return NeighbouringRelation.ZERO_OUT;
    } else if (name.equals("replace_one")) {
      return NeighbouringRelation.REPLACE_ONE;
    } else if (name.equals("add_or_remove_one") || name.equals("sensitivity_1")) {
      return NeighbouringRelation.ADD_OR_REMOVE_ONE;
    }
    throw unknown("neighbouring_relation");
  }

  /** The accountant that is named, with nothing composed; the tightest where none of ours is. */
  PrivacyAccountant accountant() {
    String name = text("accountant", "tightest").toLowerCase(Locale.ROOT);
    if (name.startsWith("rdp")) {
      return new RdpAccountant(relation(), orders());
    } else if (name.startsWith("pld")) {
      return new PldAccountant(relation());
    } else if (name.startsWith("analytic")) {
      return new AnalyticGaussianAccountant(relation());
    } else if (name.startsWith("optimal")) {
      return new OptimalCompositionAccountant(relation());
    }
    return new TightestAccountant(relation());
  }

  private double[] orders() {
    String text = text("orders", "");
    if (text.isEmpty()) {
      return RdpAccountant.extendedOrders();
    }
    return text.equals("google_default")
        ? RdpAccountant.defaultOrders()
        : Arrays.stream(text.split(",", -1)).flatMapToDouble(PrivacyCase::orderRange).toArray();
  }

  private static DoubleStream orderRange(String text) {
    int dots = text.indexOf("..");
    try {
      return dots < 0
          ? DoubleStream.of(Double.parseDouble(text.strip()))
          : IntStream.rangeClosed(
                  Integer.parseInt(text.substring(0, dots).strip()),
                  Integer.parseInt(text.substring(dots + 2).strip()))
              .asDoubleStream();
    } catch (NumberFormatException e) {
      throw new UsageException("orders must look like 1.5,2..64,128, one was '" + text + "'", e);
    }
  }

  String mechanism() {
    return text("mechanism", "gaussian");
  }

  boolean has(String name) {
    return fields.hasNonNull(name);
  }

  String text(String name, String otherwise) {
    return has(name) ? fields.get(name).asText() : otherwise;
  }

  double number(String name) {
    JsonNode value = fields.path(name);
    if (value.isNumber()) {
      return value.asDouble();
    } else if (value.asText().equals("Infinity")) {
      return Double.POSITIVE_INFINITY;
    }
    throw new UsageException(
        label(name) + (has(name) ? " must be a number, was " + value : " is missing"));
  }

  int integer(String name) {
    return (int) whole(name, Integer.MAX_VALUE);
  }

  long whole(String name) {
    // Every whole number up to here is a double.
    return whole(name, 1L << 53);
  }

  private long whole(String name, long most) {
    double value = number(name);
    if (!(value >= 1 && value <= (double) most && value == Math.rint(value))) {
      throw new UsageException(
          label(name) + " must be a whole number from 1 to " + most + ", was " + shown(value));
    }
    return (long) value;
  }

  private static String shown(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  List<Double> numbers(String name) {
    List<Double> numbers = new ArrayList<>();
    for (JsonNode entry : fields.path(name)) {
      if (!entry.isNumber()) {
        throw new UsageException(label(name) + " must hold numbers only, one was " + entry);
      }
      numbers.add(entry.asDouble());
    }
    return numbers;
  }

  UsageException unknown(String name) {
    return new UsageException(label(name) + " is not known: '" + text(name, "") + "'");
  }

  private String label(String name) {
    return labels.getOrDefault(name, name);
  }
}
