package org.dpfed.cli.training;

import static org.dpfed.cli.training.Kind.anyInteger;
import static org.dpfed.cli.training.Kind.atLeastOne;
import static org.dpfed.cli.training.Kind.atLeastZero;
import static org.dpfed.cli.training.Kind.fraction;
import static org.dpfed.cli.training.Kind.integer;
import static org.dpfed.cli.training.Kind.numbers;
import static org.dpfed.cli.training.Kind.oneOf;
import static org.dpfed.cli.training.Kind.positive;
import static org.dpfed.cli.training.Kind.quantile;
import static org.dpfed.cli.training.Kind.shares;

import java.util.List;
import java.util.stream.Stream;

/** Settings that decide what a run costs: its plan, with the four choices that it is made of. */
final class PrivacySettings {
  private static final String[] ADAPTIVE = {"adaptive", "adaptive-per-layer"};
  private static final String[] PER_LAYER = {"per-layer", "adaptive-per-layer"};

  private static final List<Setting> PLAN =
      List.of(
          Setting.of(
                  "privacy.expectedCohortSize",
                  "--cohort",
                  positive(),
                  "",
                  "Clients in a round: on average with Poisson sampling, a whole number where cohorts have a fixed size.")
              .needed(),
          Setting.of("privacy.rounds", "--rounds", integer(1), "", "Number of rounds.").needed(),
          Setting.of(
                  "privacy.clipNorm",
                  "--clip-norm",
                  positive(),
                  "",
                  "L2 bound of one client's update; with adaptive clipping that of the first round, 0.1 unless given.")
              .neededUnless("privacy.noiseMultiplier", "0")
              .neededWith("privacy.clipping", "fixed", "per-layer"),
          Setting.of(
                  "privacy.epsilon",
                  "--epsilon",
                  positive(),
                  "",
                  "Privacy budget of the run. Determines the noise; with a noise multiplier, a run that costs more is refused.")
              .notWith("privacy.noiseMultiplier", "0"),
          Setting.of(
              "privacy.maxEpsilon",
              "--max-epsilon",
              positive(),
              "",
              "Privacy budget of all runs on the ledger together. A round that would exceed it is not run."),
          Setting.of(
                  "privacy.noiseMultiplier",
                  "--noise-multiplier",
                  atLeastZero(),
                  "",
                  "Standard deviation of the noise divided by the clip norm; 0 is the baseline without privacy.")
              .neededUnless("privacy.epsilon"),
          Setting.of(
                  "privacy.delta",
                  "--delta",
                  fraction(true),
                  "",
                  "Delta of the guarantee, below 1 / population.")
              .needed(),
          Setting.of(
                  "privacy.relation",
                  "--relation",
                  oneOf("add-or-remove-one", "replace-one", "zero-out"),
                  "add-or-remove-one",
                  "Neighbouring relation of the guarantee.")
              .notWith("privacy.noiseMultiplier", "0"),
          Setting.of(
              "privacy.sampling",
              "--sampling",
              oneOf(
                  "poisson",
                  "capped-poisson",
                  "without-replacement",
                  "participation-limited",
                  "cyclic-poisson"),
              "poisson",
              "Which clients take part in a round."),
          Setting.of(
              "privacy.clipping",
              "--clipping",
              oneOf("fixed", "adaptive", "per-layer", "adaptive-per-layer"),
              "fixed",
              "How updates are clipped."),
          Setting.of(
                  "privacy.noise",
                  "--noise",
                  oneOf("independent", "tree", "banded", "blt"),
                  "independent",
                  "How the noise of a round depends on that of earlier rounds.")
              .notWith("privacy.noiseMultiplier", "0"),
          Setting.of(
                  "privacy.trust",
                  "--trust",
                  oneOf("central", "local"),
                  "central",
                  "Who adds the noise: the server, once, to the sum, or each client to its own update.")
              .notWith("privacy.noiseMultiplier", "0"),
          Setting.of(
              "privacy.seed",
              "--noise-seed",
              anyInteger(),
              "",
              "Seed of sampling and noise: reproducible, and therefore without privacy."));

  private static final List<Setting> SAMPLING =
      List.of(
          Setting.of(
                  "sampling.maxCohort",
                  "--max-cohort",
                  integer(1),
                  "",
                  "Largest number of clients in one round; a larger sample is cut at random.")
              .onlyWith("privacy.sampling", "capped-poisson")
              .needed(),
          Setting.of(
                  "sampling.maxParticipations",
                  "--max-participations",
                  integer(1),
                  "",
                  "Largest number of rounds that one client may take part in; a run that needs more is refused.")
              .onlyWith("privacy.sampling", "participation-limited")
              .needed(),
          Setting.of(
                  "sampling.minSeparation",
                  "--min-separation",
                  integer(1),
                  "1",
                  "Smallest difference that the indices of two rounds with one client must have. The clients take turns, population / cohort rounds apart or more, and the accountant counts that.")
              .onlyWith("privacy.sampling", "participation-limited"),
          Setting.of(
                  "sampling.groups",
                  "--groups",
                  integer(1),
                  "",
                  "Fixed groups of clients that are sampled in turn, one in each round.")
              .onlyWith("privacy.sampling", "cyclic-poisson")
              .needed());

  private static final List<Setting> CLIPPING =
      List.of(
          Setting.of(
                  "clipping.targetQuantile",
                  "--target-quantile",
                  quantile(),
                  "0.5",
                  "Quantile of the norms of updates that the clip norm follows.")
              .onlyWith("privacy.clipping", ADAPTIVE),
          Setting.of(
                  "clipping.learningRate",
                  "--clip-learning-rate",
                  positive(),
                  "0.2",
                  "How fast the clip norm follows it.")
              .onlyWith("privacy.clipping", ADAPTIVE),
          Setting.of(
                  "clipping.countStddev",
                  "--count-stddev",
                  positive(),
                  "",
                  "Standard deviation of the noise on the count of updates within the clip norm. Default: a twentieth of the expected cohort.")
              .onlyWith("privacy.clipping", ADAPTIVE)
              .notWith("privacy.noiseMultiplier", "0"),
          Setting.of(
                  "clipping.shares",
                  "--layer-shares",
                  shares("equal", "sqrt-size"),
                  "equal",
                  "Shares of the clip norm for the layers: equal, in proportion to the square root of their sizes, or as given.")
              .onlyWith("privacy.clipping", PER_LAYER),
          Setting.of(
                  "clipping.layerNoise",
                  "--layer-noise",
                  oneOf("flat", "least-variance"),
                  "flat",
                  "Noise of the layers: the same everywhere, or divided for the least variance.")
              .onlyWith("privacy.clipping", PER_LAYER)
              .notWith("privacy.noiseMultiplier", "0"),
          Setting.of(
                  "clipping.zeroAbove",
                  "--zero-above",
                  positive(),
                  "",
                  "Public norm above which an update contributes nothing.")
              .notWith("clipping.zeroQuantile"),
          Setting.of(
              "clipping.zeroQuantile",
              "--zero-quantile",
              quantile(),
              "",
              "Quantile of the norms, estimated privately, of which a multiple is the norm above which an update contributes nothing."),
          Setting.of(
                  "clipping.zeroMultiple",
                  "--zero-multiple",
                  atLeastOne(),
                  "2",
                  "Multiple of that quantile.")
              .onlyWith("clipping.zeroQuantile"),
          Setting.of(
                  "clipping.zeroInitial",
                  "--zero-initial",
                  positive(),
                  "",
                  "Estimate of that quantile before the first round.")
              .onlyWith("clipping.zeroQuantile")
              .needed(),
          Setting.of(
                  "clipping.zeroLearningRate",
                  "--zero-learning-rate",
                  positive(),
                  "0.2",
                  "How fast the estimate follows that quantile.")
              .onlyWith("clipping.zeroQuantile"),
          Setting.of(
                  "clipping.zeroCountStddev",
                  "--zero-count-stddev",
                  positive(),
                  "",
                  "Standard deviation of the noise on the count behind the estimate. Default: a twentieth of the expected cohort.")
              .onlyWith("clipping.zeroQuantile")
              .notWith("privacy.noiseMultiplier", "0"));

  private static final List<Setting> NOISE =
      List.of(
          Setting.of(
                  "noise.restartRounds",
                  "--restart-rounds",
                  integer(1),
                  "",
                  "Rounds of one tree; then another begins. Default: one tree for all rounds.")
              .onlyWith("privacy.noise", "tree"),
          Setting.of(
                  "noise.bands",
                  "--bands",
                  integer(1),
                  "",
                  "Bands of the strategy, which is optimised for the run.")
              .onlyWith("privacy.noise", "banded")
              .notWith("noise.coefficients")
              .needed(),
          Setting.of(
                  "noise.coefficients",
                  "--coefficients",
                  numbers("[1, 0.5, 0.25]"),
                  "",
                  "Coefficients of a banded strategy, the first 1, none negative or greater than the one before; instead of bands.")
              .onlyWith("privacy.noise", "banded"),
          Setting.of(
                  "noise.buffers",
                  "--buffers",
                  integer(1),
                  "4",
                  "Buffers of the strategy, which is optimised for the run.")
              .onlyWith("privacy.noise", "blt")
              .notWith("noise.bufferDecay"),
          Setting.of(
                  "noise.objective",
                  "--objective",
                  oneOf("mean", "max"),
                  "mean",
                  "What an optimised strategy minimises: the mean error of the model over the rounds, or the largest.")
              .onlyWith("privacy.noise", "banded", "blt")
              .notWith("noise.coefficients")
              .notWith("noise.bufferDecay"),
          Setting.of(
                  "noise.bufferDecay",
                  "--buffer-decay",
                  numbers("[0.9, 0.5]"),
                  "",
                  "Decay of each buffer of a given strategy; instead of buffers.")
              .onlyWith("privacy.noise", "blt"),
          Setting.of(
                  "noise.outputScale",
                  "--output-scale",
                  numbers("[0.1, 0.4]"),
                  "",
                  "Output scale of each buffer of a given strategy.")
              .onlyWith("noise.bufferDecay")
              .needed());

  static final List<Setting> ALL =
      Stream.of(PLAN, SAMPLING, CLIPPING, NOISE).flatMap(List::stream).toList();

  private PrivacySettings() {}
}
