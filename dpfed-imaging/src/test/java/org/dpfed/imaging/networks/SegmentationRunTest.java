package org.dpfed.imaging.networks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.dpfed.dl4j.Dl4jClientTrainer;
import org.dpfed.dl4j.Dl4jEvaluator;
import org.dpfed.dl4j.LocalTraining;
import org.dpfed.dl4j.NetworkTemplate;
import org.dpfed.federated.Execution;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.federated.ModelEvaluation;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.TrainingResult;
import org.dpfed.mechanism.Randomness;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** A whole run of a U-Net: patients with images of bright discs in noise. */
final class SegmentationRunTest {
  private static final int SIDE = 16;
  private static final int PATIENTS = 24;

  private static final ComputationGraphConfiguration UNET =
      new UNet(8, 2).configuration(ImageNetwork.image(SIDE, SIDE, 1), 2, new Sgd(0.5), 1);

  /** Two to five images of each patient. */
  private record Patients() implements FederatedDataset {
    @Override
    public String unit() {
      return "patient";
    }

    @Override
    public int population() {
      return PATIENTS;
    }

    @Override
    public int examples(int id) {
      return 2 + id % 4;
    }

    @Override
    public DataSet client(int id) {
      return discs(examples(id), 100 + id);
    }
  }

  /**
   * One disc in each image, of a radius of 3 to 5 pixels: the noise has the height of the disc, so
   * that no threshold finds it. The border of one pixel is masked.
   */
  private static DataSet discs(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] images = new float[n * SIDE * SIDE];
    float[] labels = new float[2 * images.length];
    float[] mask = new float[images.length];
    for (int i = 0; i < n; i++) {
      double radius = random.nextDouble(3, 5);
      double row = random.nextDouble(5, SIDE - 5);
      double column = random.nextDouble(5, SIDE - 5);
      for (int p = 0; p < SIDE * SIDE; p++) {
        int y = p / SIDE;
        int x = p % SIDE;
        boolean inside = Math.hypot(y - row, x - column) <= radius;
        images[i * SIDE * SIDE + p] =
            (float) ((inside ? 1 : 0) + random.nextDouble(-1, 1) + random.nextDouble(-1, 1));
        labels[(2 * i + (inside ? 1 : 0)) * SIDE * SIDE + p] = 1;
        mask[i * SIDE * SIDE + p] = y % (SIDE - 1) == 0 || x % (SIDE - 1) == 0 ? 0 : 1;
      }
    }
    return new DataSet(
        Nd4j.create(images, new long[] {n, 1, SIDE, SIDE}, 'c'),
        Nd4j.create(labels, new long[] {n, 2, SIDE, SIDE}, 'c'),
        null,
        Nd4j.create(mask, new long[] {n, 1, SIDE, SIDE}, 'c'));
  }

  /**
   * Discs fill π·3² to π·5² of 14² pixels, about a quarter on average. Whoever calls every pixel a
   * disc reaches a Dice of 2·f ÷ (1 + f), which is 0.4 for f = 1/4; who guesses at random, less.
   */
  @Test
  void run_withoutNoise_findsTheDiscs() {
    NetworkTemplate untrained = NetworkTemplate.of(UNET);
    try (Dl4jEvaluator evaluator = Dl4jEvaluator.withoutBackground(untrained, discs(30, 7))) {
      assertThat(
              evaluator
                  .evaluate(untrained.initialParameters())
                  .value(ModelEvaluation.DICE)
                  .orElseThrow())
          .isLessThan(0.5);
    }
    TrainingResult result = run(0, 8, Randomness.seeded(5));
    double dice =
        result.report().evaluation().orElseThrow().value(ModelEvaluation.DICE).orElseThrow();
    assertThat(dice).isGreaterThan(0.75);
  }

  /** With secure noise, so what comes out of it differs each time. */
  @Test
  void run_withNoise_hasAGuaranteeForThePatient() {
    TrainingResult result = run(1, 1, Randomness.secure());
    assertThat(result.report().guarantee().unit()).isEqualTo("patient");
    assertThat(result.report().guarantee().epsilon()).isBetween(0.1, 100.0);
    ModelEvaluation evaluation = result.report().evaluation().orElseThrow();
    assertThat(evaluation.value(ModelEvaluation.LOSS)).isPresent();
    assertThat(evaluation.value("diceOfClass1").orElseThrow()).isBetween(0.0, 1.0);
  }

  private static TrainingResult run(double noiseMultiplier, int rounds, Randomness randomness) {
    FederatedDataset patients = new Patients();
    NetworkTemplate template = NetworkTemplate.of(UNET);
    PrivacyPlan plan =
        PrivacyPlan.builder(patients)
            .expectedCohortSize(12)
            .rounds(rounds)
            .clipNorm(2)
            .noiseMultiplier(noiseMultiplier)
            .delta(1e-3)
            .randomness(randomness)
            .build();
    try (Dl4jEvaluator evaluator = Dl4jEvaluator.withoutBackground(template, discs(30, 7))) {
      return FederatedAveraging.builder(
              plan, patients, new Dl4jClientTrainer(template, new LocalTraining(2, 2)))
          .execution(Execution.withWorkers(2))
          .evaluateEvery(rounds, evaluator)
          .build()
          .run();
    }
  }
}
