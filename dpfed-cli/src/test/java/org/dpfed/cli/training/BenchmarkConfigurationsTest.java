package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.mechanism.Clipping;
import org.dpfed.mechanism.QuantileEstimation;
import org.dpfed.mechanism.Sampling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files in {@code benchmarks/configs} are complete and describe runs that can be planned. */
final class BenchmarkConfigurationsTest {
  private static final Path FOLDER = Path.of("..", "benchmarks", "configs");

  /** Training rows of each data set, so that no data are needed to plan. */
  private static final Map<String, Integer> ROWS = Map.of("wdbc", 455, "fashion-mnist", 60_000);

  static Stream<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().toList().stream();
    }
  }

  static Stream<Path> runs() throws IOException {
    return files().filter(file -> !isStudy(file));
  }

  private static boolean isStudy(Path file) {
    return file.getFileName().toString().startsWith("study-");
  }

  /** Clip norms from 0.05 to 5 and noise from none to 2, with three seeds each. */
  @Test
  void sweep_ofEachStudy_coversTheRange() throws IOException {
    List<Path> studies = files().filter(BenchmarkConfigurationsTest::isStudy).toList();
    assertThat(studies).hasSize(2);
    for (Path study : studies) {
      SweepSettings sweep = SweepSettings.of(study);
      assertThat(sweep.varied())
          .containsExactly("privacy.clipNorm", "privacy.noiseMultiplier", "seed");
      List<VariedRun> runs = sweep.runs();
      assertThat(runs.get(0).settings().values()).containsExactly("0.05", "0", "1");
      assertThat(runs.get(runs.size() - 1).settings().values()).containsExactly("5", "2", "3");
    }
  }

  @ParameterizedTest
  @MethodSource("runs")
  void plan_ofEachFile_hasAGuaranteeOrNoNoise(Path file) {
    PrivacyPlan plan = plan(file.getFileName().toString());
    assertThat(plan.guarantee().isPrivate()).isEqualTo(plan.noiseMultiplier() > 0);
  }

  @ParameterizedTest
  @MethodSource("files")
  void readme_ofBenchmarks_listsEachFile(Path file) throws IOException {
    String name = file.getFileName().toString();
    assertThat(Files.readString(FOLDER.resolveSibling("README.md")))
        .contains("[%s](configs/%s)".formatted(name, name));
  }

  @Test
  void plan_adaptive_startsAtATenthAndFollowsTheLowestTenth() {
    PrivacyPlan plan = plan("fashion-adaptive.yaml");
    assertThat(plan.clipping())
        .isEqualTo(
            new Clipping.Adaptive(0.1, new QuantileEstimation(0.1, 2, OptionalDouble.empty())));
    assertThat(plan.population()).isEqualTo(6_000);
  }

  /** Each client at most once in 60 rounds, and so 4 times in all. */
  @Test
  void plan_banded_isOneGaussianUnderZeroOut() {
    PrivacyPlan plan = plan("fashion-banded.yaml");
    assertThat(plan.sampling()).isEqualTo(new Sampling.ParticipationLimited(100, 4, 60));
    assertThat(plan.rounds()).isEqualTo(240);
    assertThat(plan.noise().label()).isEqualTo("banded");
    assertThat(plan.relation()).isEqualTo(NeighbouringRelation.ZERO_OUT);
    assertThat(plan.guarantee().accountant()).isEqualTo("analytic Gaussian");
    assertThat(plan.guarantee().epsilon()).isBetween(7.99, 8.0);
  }

  @Test
  void plan_local_promisesEachClientTheBudgetAndTheSumsLess() {
    PrivacyPlan plan = plan("wdbc-local.yaml");
    assertThat(plan.trust().isLocal()).isTrue();
    assertThat(plan.guarantee().epsilon()).isBetween(7.99, 8.0);
    assertThat(plan.guaranteeOfSumsAfter(plan.rounds()).orElseThrow().epsilon()).isLessThan(1);
  }

  private static PrivacyPlan plan(String name) {
    Configuration configuration = Configuration.of(FOLDER.resolve(name)).complete();
    int rows = ROWS.getOrDefault(configuration.text("data.set"), 0);
    int perClient =
        configuration.has("partition.examplesPerClient")
            ? configuration.integer("partition.examplesPerClient")
            : 1;
    return new PrivacyChoices(configuration)
        .plan(PrivacyPlan.builder(rows / perClient, "client"), Optional.empty());
  }
}
