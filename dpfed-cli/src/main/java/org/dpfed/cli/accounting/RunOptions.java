package org.dpfed.cli.accounting;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.dpfed.cli.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that describe a run; each fills the field of a case that it is named after. */
final class RunOptions {
  private static final List<String> ACCOUNTANTS =
      List.of("tightest", "rdp", "pld", "analytic-gaussian", "optimal-composition");

  /** What a message calls the fields whose flags have other names. */
  private static final Map<String, String> FLAGS =
      Map.ofEntries(
          Map.entry("sampling_prob", "--sampling-probability"),
          Map.entry("n", "--population"),
          Map.entry("batch", "--cohort"),
          Map.entry("max_batch", "--max-cohort"),
          Map.entry("rounds", "--rounds"),
          Map.entry("delta", "--delta"),
          Map.entry("epsilon", "--epsilon"),
          Map.entry("mechanism", "--mechanism"),
          Map.entry("sampling", "--sampling"),
          Map.entry("neighbouring_relation", "--relation"),
          Map.entry("noise_multiplier", "--noise-multiplier"),
          Map.entry("noise_multiplier_relative_to_clip_norm", "--noise-multiplier"),
          Map.entry("max_participations", "--max-participations"),
          Map.entry("coefs", "--coefficients"),
          Map.entry("buf_decay", "--buffer-decay"),
          Map.entry("output_scale", "--output-scale"),
          Map.entry("bands", "--bands"),
          Map.entry("gamma", "--granularity"),
          Map.entry("local_stddev", "--local-stddev"),
          Map.entry("num_clients", "--noisy-clients"),
          Map.entry("l2_clip", "--clip-norm"),
          Map.entry("beta", "--rounding-bias"),
          Map.entry("dim", "--dimension"),
          Map.entry("clipped_count_stddev", "--clipped-count-stddev"),
          Map.entry("local_epsilon", "--local-epsilon"),
          Map.entry("local_delta", "--local-delta"));

  private final ObjectNode fields = JsonNodeFactory.instance.objectNode();

  @Option(
      names = "--mechanism",
      description =
          "gaussian (default), tree, matrix, amplified-banded, discrete-gaussian, skellam, local-dp,"
              + " local-gaussian or shuffled.")
  void mechanism(String name) {
    fields.put(
        "mechanism",
        switch (name) {
          case "tree" -> "tree_aggregation_gaussian";
          case "matrix" -> "matrix_factorization";
          case "amplified-banded" -> "matrix_factorization_amplified_banded";
          case "discrete-gaussian" -> "distributed_ddgauss";
          case "skellam" -> "distributed_skellam";
          case "local-dp" -> "approximate_ldp";
          case "local-gaussian" -> "local_gaussian";
          case "shuffled" -> "shuffled_pure_ldp";
          default -> name;
        });
  }

  @Option(
      names = "--sampling",
      description =
          "poisson, truncated-poisson, without-replacement or none. Default: poisson where a"
              + " sampling probability or a cohort is given, else none.")
  void sampling(String name) {
    fields.put("sampling", name.replace('-', '_'));
  }

  @Option(
      names = "--sampling-probability",
      description = "Probability with which a client takes part in a round.")
  void samplingProbability(double value) {
    fields.put("sampling_prob", value);
  }

  @Option(names = "--population", description = "Number of clients.")
  void population(long value) {
    fields.put("n", value);
  }

  @Option(
      names = "--cohort",
      description = "Clients in one round: expected under Poisson sampling, else exact.")
  void cohort(double value) {
    fields.put("batch", value);
  }

  @Option(names = "--max-cohort", description = "Most clients in one round (truncated-poisson).")
  void maxCohort(long value) {
    fields.put("max_batch", value);
  }

  @Option(names = "--rounds", description = "Number of rounds.")
  void rounds(long value) {
    fields.put("rounds", value);
  }

  @Option(names = "--delta", description = "The delta of the guarantee.")
  void delta(double value) {
    fields.put("delta", value);
  }

  @Option(names = "--relation", description = "add-or-remove-one, zero-out or replace-one.")
  void relation(String name) {
    fields.put("neighbouring_relation", name.replace('-', '_'));
  }

  @Option(
      names = "--accountant",
      description = "tightest (default), rdp, pld, analytic-gaussian or optimal-composition.")
  void accountant(String name) {
    fields.put("accountant", name);
  }

  @Option(names = "--orders", description = "Orders of the RDP accountant, such as 1.5,2..64,128.")
  void orders(String text) {
    fields.put("orders", text);
  }

  @Option(names = "--max-participations", description = "Most rounds that one client joins.")
  void maxParticipations(int value) {
    fields.put("max_participations", value);
  }

  @Option(
      names = "--min-separation",
      description = "Smallest difference of the indices of two rounds that one client joins.")
  void minSeparation(int value) {
    fields.put("min_separation_index_difference", value);
  }

  @Option(
      names = "--tree-rounds",
      split = ",",
      description = "Rounds of each tree, when trees are restarted.")
  void treeRounds(List<Double> values) {
    put("steps_list", values);
  }

  @Option(
      names = "--coefficients",
      split = ",",
      description = "First column of a Toeplitz matrix mechanism.")
  void coefficients(List<Double> values) {
    put("coefs", values);
  }

  @Option(names = "--buffer-decay", split = ",", description = "Decays of a BLT mechanism.")
  void bufferDecay(List<Double> values) {
    put("buf_decay", values);
  }

  @Option(names = "--output-scale", split = ",", description = "Scales of a BLT mechanism.")
  void outputScale(List<Double> values) {
    put("output_scale", values);
  }

  @Option(names = "--bands", description = "Bands of an amplified banded mechanism.")
  void bands(int value) {
    fields.put("bands", value);
  }

  @Option(names = "--granularity", description = "Grid of rounded contributions.")
  void granularity(double value) {
    fields.put("gamma", value);
  }

  @Option(names = "--local-stddev", description = "Standard deviation of one client's noise.")
  void localStddev(double value) {
    fields.put("local_stddev", value);
  }

  @Option(names = "--noisy-clients", description = "Clients that add noise to a sum.")
  void noisyClients(long value) {
    fields.put("num_clients", value);
  }

  @Option(names = "--clip-norm", description = "L2 bound of one contribution before rounding.")
  void clipNorm(double value) {
    fields.put("l2_clip", value);
  }

  @Option(names = "--rounding-bias", description = "Chance that a rounding is drawn again.")
  void roundingBias(double value) {
    fields.put("beta", value);
  }

  @Option(names = "--dimension", description = "Length of a contribution.")
  void dimension(long value) {
    fields.put("dim", value);
  }

  @Option(
      names = "--clipped-count-stddev",
      description =
          "Noise on the count of clipped clients of adaptive clipping: ask for the noise multiplier"
              + " that is left for the sum.")
  void clippedCountStddev(double value) {
    fields.put("clipped_count_stddev", value);
  }

  @Option(names = "--local-delta", description = "Delta of one local message. Default: 0.")
  void localDelta(double value) {
    fields.put("local_delta", value);
  }

  @Option(names = "--local-epsilon", description = "Epsilon of one local message.")
  void localEpsilon(double value) {
    fields.put("local_epsilon", value);
  }

  private void put(String name, List<Double> values) {
    ArrayNode array = fields.putArray(name);
    values.forEach(array::add);
  }

  /** The case that the flags describe. */
  PrivacyCase asCase(@Nullable Double noiseMultiplier, @Nullable Double epsilon) {
    ObjectNode all = fields.deepCopy();
    boolean fixed = all.path("sampling").asText().equals("without_replacement");
    String accountant = all.path("accountant").asText("tightest");
    if (!ACCOUNTANTS.contains(accountant)) {
      throw new UsageException(
          "--accountant must be one of "
              + String.join(", ", ACCOUNTANTS)
              + ", was '"
              + accountant
              + "'");
    }
    if (all.has("orders") && !accountant.equals("rdp")) {
      throw new UsageException("--orders needs --accountant rdp, was " + accountant);
    }
    if (all.has("batch") && !all.has("n")) {
      throw new UsageException("--cohort needs --population, which is missing");
    }
    if (all.has("batch") && !fixed) {
      // A banded mechanism samples from one of as many groups as there are bands.
      double group = all.get("n").asDouble() / all.path("bands").asDouble(1);
      all.put("sampling_prob", all.get("batch").asDouble() / group);
    }
    if (noiseMultiplier != null) {
      all.put("noise_multiplier_relative_to_clip_norm", noiseMultiplier);
    }
    if (epsilon != null) {
      all.put("epsilon", epsilon);
    }
    return new PrivacyCase(all, FLAGS);
  }
}
