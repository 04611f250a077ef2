package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.dpfed.accounting.ToeplitzStrategy;
import org.dpfed.accounting.strategy.BufferedLinearStrategy;
import org.dpfed.accounting.strategy.Objective;
import org.dpfed.cli.UsageException;
import org.dpfed.mechanism.Clipping;
import org.dpfed.mechanism.LayerNoise;
import org.dpfed.mechanism.LayerShares;
import org.dpfed.mechanism.Noise;
import org.dpfed.mechanism.QuantileEstimation;
import org.dpfed.mechanism.Sampling;
import org.dpfed.mechanism.Trust;
import org.dpfed.mechanism.Zeroing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sampling, clipping, noise and trust as settings describe them. */
final class PrivacyChoicesTest {
  private static final QuantileEstimation MEDIAN = QuantileEstimation.median();
  private static final QuantileEstimation OTHER =
      new QuantileEstimation(0.8, 0.3, OptionalDouble.of(7));

  @TempDir Path directory;

  @Test
  void default_isPoissonFixedIndependentCentral() {
    PrivacyChoices choices = choices("clipNorm: 0.5", "");
    assertThat(choices.sampling()).isEqualTo(new Sampling.Poisson(20));
    assertThat(choices.clipping()).isEqualTo(new Clipping.Fixed(0.5));
    assertThat(choices.noise()).isEqualTo(new Noise.Independent());
    assertThat(choices.trust()).isEqualTo(new Trust.Central());
  }

  @Test
  void sampling_eachLabel_isThatSampling() {
    assertThat(sampling("capped-poisson", "{maxCohort: 60}"))
        .isEqualTo(new Sampling.CappedPoisson(20, 60));
    assertThat(choices("clipNorm: 1, sampling: without-replacement", "").sampling())
        .isEqualTo(new Sampling.WithoutReplacement(20));
    assertThat(sampling("participation-limited", "{maxParticipations: 4}"))
        .isEqualTo(new Sampling.ParticipationLimited(20, 4, 1));
    assertThat(sampling("participation-limited", "{maxParticipations: 4, minSeparation: 60}"))
        .isEqualTo(new Sampling.ParticipationLimited(20, 4, 60));
    assertThat(sampling("cyclic-poisson", "{groups: 5}"))
        .isEqualTo(new Sampling.CyclicPoisson(20, 5));
  }

  private Sampling sampling(String label, String section) {
    return choices("clipNorm: 1, sampling: " + label, "sampling: " + section).sampling();
  }

  @Test
  void clipping_eachLabel_isThatClipping() {
    assertThat(choices("clipping: adaptive", "").clipping())
        .isEqualTo(new Clipping.Adaptive(0.1, MEDIAN));
    assertThat(clipping("adaptive", "{targetQuantile: 0.8, learningRate: 0.3, countStddev: 7}"))
        .isEqualTo(new Clipping.Adaptive(2, OTHER));
    assertThat(choices("clipNorm: 2, clipping: per-layer", "").clipping())
        .isEqualTo(
            new Clipping.PerLayer(new Clipping.Fixed(2), new LayerShares.Equal(), LayerNoise.FLAT));
    assertThat(clipping("per-layer", "{shares: sqrt-size, layerNoise: least-variance}"))
        .isEqualTo(
            new Clipping.PerLayer(
                new Clipping.Fixed(2),
                new LayerShares.SquareRootOfSize(),
                LayerNoise.LEAST_VARIANCE));
    assertThat(clipping("adaptive-per-layer", "{shares: [1, 2.5]}"))
        .isEqualTo(
            new Clipping.PerLayer(
                new Clipping.Adaptive(2, MEDIAN),
                new LayerShares.Given(List.of(1.0, 2.5)),
                LayerNoise.FLAT));
  }

  @Test
  void clipping_zeroing_isByPublicNormOrByEstimate() {
    assertThat(clipping("fixed", "{zeroAbove: 10}"))
        .isEqualTo(new Clipping.Zeroed(new Clipping.Fixed(2), new Zeroing.AbovePublic(10)));
    assertThat(clipping("fixed", "{zeroQuantile: 0.5, zeroInitial: 3}"))
        .isEqualTo(
            new Clipping.Zeroed(new Clipping.Fixed(2), new Zeroing.AboveEstimate(3, 2, MEDIAN)));
    assertThat(
            clipping(
                "adaptive",
                "{zeroQuantile: 0.8, zeroMultiple: 4, zeroInitial: 3, zeroLearningRate: 0.3, zeroCountStddev: 7}"))
        .isEqualTo(
            new Clipping.Zeroed(
                new Clipping.Adaptive(2, MEDIAN), new Zeroing.AboveEstimate(3, 4, OTHER)));
  }

  private Clipping clipping(String label, String section) {
    return choices("clipNorm: 2, clipping: " + label, "clipping: " + section).clipping();
  }

  @Test
  void noise_eachLabel_isThatNoise() {
    assertThat(choices("clipNorm: 1, noise: tree", "").noise())
        .isEqualTo(new Noise.Tree(OptionalInt.empty()));
    assertThat(noise("tree", "{restartRounds: 16}")).isEqualTo(new Noise.Tree(OptionalInt.of(16)));
    assertThat(noise("banded", "{bands: 9}"))
        .isEqualTo(new Noise.Banded(9, Objective.meanPrefix(), Optional.empty()));
    assertThat(noise("banded", "{bands: 9, objective: max}"))
        .isEqualTo(new Noise.Banded(9, Objective.maxPrefix(), Optional.empty()));
    assertThat(noise("banded", "{coefficients: [1, 0.5]}"))
        .isEqualTo(
            new Noise.Banded(2, Objective.meanPrefix(), Optional.of(ToeplitzStrategy.of(1, 0.5))));
    assertThat(choices("clipNorm: 1, noise: blt", "").noise())
        .isEqualTo(new Noise.BufferedLinear(4, Objective.meanPrefix(), Optional.empty()));
    assertThat(noise("blt", "{buffers: 2, objective: max}"))
        .isEqualTo(new Noise.BufferedLinear(2, Objective.maxPrefix(), Optional.empty()));
    assertThat(noise("blt", "{bufferDecay: [0.9, 0.5], outputScale: [0.1, 0.4]}"))
        .isEqualTo(
            new Noise.BufferedLinear(
                2,
                Objective.meanPrefix(),
                Optional.of(new BufferedLinearStrategy(List.of(0.1, 0.4), List.of(0.9, 0.5)))));
  }

  private Noise noise(String label, String section) {
    return choices("clipNorm: 1, noise: " + label, "noise: " + section).noise();
  }

  @Test
  void trust_eachLabel_isThatTrust() {
    assertThat(choices("clipNorm: 1, trust: local", "").trust()).isEqualTo(new Trust.Local());
    assertThat(choices("clipNorm: 1, trust: central", "").trust()).isEqualTo(new Trust.Central());
  }

  /** Every choice's own name is the one that settings take. */
  @Test
  void labels_areTheNamesInSettings() {
    for (String key : List.of("sampling", "clipping", "noise", "trust")) {
      for (String label : names("privacy." + key)) {
        PrivacyChoices choices =
            choices(
                "clipNorm: 1, %s: %s".formatted(key, label),
                switch (label) {
                  case "capped-poisson" -> "sampling: {maxCohort: 60}";
                  case "participation-limited" -> "sampling: {maxParticipations: 4}";
                  case "cyclic-poisson" -> "sampling: {groups: 4}";
                  case "banded" -> "noise: {bands: 4}";
                  default -> "";
                });
        String own =
            switch (key) {
              case "sampling" -> choices.sampling().label();
              case "clipping" -> choices.clipping().label();
              case "noise" -> choices.noise().label();
              default -> choices.trust().label();
            };
        assertThat(own).isEqualTo(label);
      }
    }
  }

  private static List<String> names(String key) {
    return List.of(Settings.named(key).kind().bound().replaceFirst("^one of ", "").split(", ", -1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sampling: participation-limited | sampling: {maxParticipations: 4, minSeparation: 3}",
        "clipping: adaptive-per-layer | clipping: {shares: [1, 2.50], layerNoise: least-variance, zeroAbove: 1e1}",
        "clipping: per-layer | clipping: {shares: sqrt-size, zeroQuantile: .5, zeroInitial: 3}",
        "noise: banded | noise: {coefficients: [1, 0.5]}",
        "noise: blt | noise: {bufferDecay: [0.9], outputScale: [0.1]}",
      })
  void toYaml_readAgain_describesTheSameChoices(String sections) throws IOException {
    String[] parts = sections.split(" \\| ", -1);
    PrivacyChoices first = choices("clipNorm: 1, " + parts[0], parts[1]);
    Path written =
        Files.writeString(directory.resolve("again.yaml"), first.configuration().toYaml());
    PrivacyChoices second = new PrivacyChoices(Configuration.of(written).complete());
    assertThat(second.configuration().toTree()).isEqualTo(first.configuration().toTree());
    assertThat(second.sampling()).isEqualTo(first.sampling());
    assertThat(second.clipping()).isEqualTo(first.clipping());
    assertThat(second.noise()).isEqualTo(first.noise());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sampling: without-replacement | privacy.expectedCohortSize must be a whole number",
        "sampling: participation-limited | privacy.expectedCohortSize must be a whole number",
      })
  void sampling_ofFixedSize_needsAWholeNumberOfClients(String choice, String message) {
    PrivacyChoices choices =
        choices(
            "clipNorm: 1, expectedCohortSize: 20.5, " + choice,
            choice.endsWith("limited") ? "sampling: {maxParticipations: 4}" : "");
    assertThatThrownBy(choices::sampling)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasMessageEndingWith("was 20.5");
  }

  @Test
  void clipping_perLayerWithoutClipNorm_isRefused() {
    PrivacyChoices baseline = choices("clipping: per-layer, noiseMultiplier: 0", "");
    assertThatThrownBy(baseline::clipping)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("privacy.clipNorm must be given with per-layer clipping");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sampling: capped-poisson | | sampling.maxCohort is needed with privacy.sampling capped-poisson",
        "sampling: participation-limited | | sampling.maxParticipations is needed",
        "sampling: cyclic-poisson | | sampling.groups is needed",
        "noise: banded | | noise.bands is needed with privacy.noise banded",
        "noise: blt | noise: {bufferDecay: [0.9]} | noise.outputScale is needed",
        "clipping: fixed | clipping: {zeroQuantile: 0.9} | clipping.zeroInitial is needed",
        "sampling: poisson | sampling: {groups: 5} | sampling.groups has no effect with privacy.sampling poisson",
        "noise: blt | noise: {bands: 5} | noise.bands has no effect with privacy.noise blt",
        "clipping: fixed | clipping: {shares: equal} | clipping.shares has no effect with",
        "clipping: fixed | clipping: {zeroAbove: 3, zeroQuantile: 1, zeroInitial: 1} | clipping.zeroAbove has no effect",
        "noiseMultiplier: 0, trust: local | | privacy.trust has no effect with privacy.noiseMultiplier 0",
        "clipping: per-layer | clipping: {shares: [1, 0]} | must be equal, sqrt-size or a list of positive",
        "clipping: per-layer | clipping: {shares: half} | must be equal, sqrt-size or a list of positive",
        "clipping: adaptive | clipping: {targetQuantile: 1.5} | must be a number from 0 to 1, was 1.5",
        "clipping: fixed | clipping: {zeroMultiple: 0.5} | must be a number of at least 1, was 0.5",
      })
  void complete_settingMissingOrWithoutEffect_isOneLine(
      String privacy, String section, String message) {
    assertThatThrownBy(() -> choices("clipNorm: 1, " + privacy, section == null ? "" : section))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(message)
        .satisfies(error -> assertThat(String.valueOf(error.getMessage()).lines()).hasSize(1));
  }

  /** A run whose privacy section says this, over a cohort of 20 and noise multiplier 1. */
  private PrivacyChoices choices(String privacy, String section) {
    String cohort = privacy.contains("expectedCohortSize") ? "" : "expectedCohortSize: 20, ";
    String noise = privacy.contains("noiseMultiplier") ? "" : "noiseMultiplier: 1, ";
    String yaml =
        """
        data: {set: wdbc}
        partition: {by: one-per-client}
        model: {architecture: logistic}
        client: {learningRate: 0.1}
        run: {directory: /runs}
        privacy: {%s%srounds: 3, delta: 0.001, %s}
        %s
        """
            .formatted(cohort, noise, privacy, section);
    try {
      Path file = Files.writeString(directory.resolve("a.yaml"), yaml);
      return new PrivacyChoices(Configuration.of(file).complete());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
