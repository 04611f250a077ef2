package org.dpfed.spark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.dpfed.federated.CohortEngine;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.RoundDiagnostics;
import org.dpfed.federated.RoundListener;
import org.dpfed.federated.SiteFactory;
import org.dpfed.federated.TrainingResult;
import org.dpfed.ledger.CheckpointDirectory;
import org.dpfed.ledger.LedgerFile;
import org.dpfed.mechanism.Randomness;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Seeded runs over made-up clients. */
final class Runs {
  static final int ROUNDS_BETWEEN_CHECKPOINTS = 2;
  static final int SEED = 8;

  private Runs() {}

  static TrainingResult run(String settings, int rounds, CohortEngine engine) {
    return run(settings, rounds, engine, (metrics, parameters) -> {});
  }

  static TrainingResult run(
      String settings, int rounds, CohortEngine engine, RoundListener listener) {
    SiteFactory.Site site = site(settings);
    return FederatedAveraging.builder(plan(site, rounds), site.data(), site.trainer())
        .engine(engine)
        .listener(listener)
        .diagnostics(true)
        .seed(SEED)
        .build()
        .run();
  }

  /** The same run, which goes on from what an earlier process left of it. */
  static TrainingResult run(
      String settings, int rounds, CohortEngine engine, RoundListener listener, Path directory)
      throws IOException {
    SiteFactory.Site site = site(settings);
    PrivacyPlan plan = plan(site, rounds);
    try (LedgerFile ledger = LedgerFile.open(directory.resolve("ledger.jsonl"));
        CheckpointDirectory checkpoints =
            CheckpointDirectory.open(directory.resolve("checkpoints"))) {
      FederatedAveraging.Builder run =
          checkpoints.newest().isPresent()
              ? FederatedAveraging.resume(plan, site.data(), site.trainer(), checkpoints)
              : FederatedAveraging.builder(plan, site.data(), site.trainer());
      return run.engine(engine)
          .listener(listener)
          .diagnostics(true)
          .seed(SEED)
          .populationLedger(ledger)
          .checkpoints(checkpoints, ROUNDS_BETWEEN_CHECKPOINTS)
          .build()
          .run();
    }
  }

  private static SiteFactory.Site site(String settings) {
    return new SyntheticSites().open(settings.replace(",other", ""));
  }

  private static PrivacyPlan plan(SiteFactory.Site site, int rounds) {
    return PrivacyPlan.builder(site.data())
        .expectedCohortSize(25)
        .rounds(rounds)
        .clipNorm(0.2)
        .noiseMultiplier(0.5)
        .delta(1e-3)
        .randomness(Randomness.seeded(4))
        .build();
  }

  /** SHA-256 of the final parameters. */
  static String hash(TrainingResult result) {
    return hash(result.parameters());
  }

  static String hash(INDArray parameters) {
    float[] values = parameters.toFloatVector();
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
    bytes.asFloatBuffer().put(values);
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** What became of the clients of each round: cohort, failed, not finite, clipped. */
  static List<List<Integer>> counts(TrainingResult result) {
    return result.report().rounds().stream()
        .map(round -> round.diagnostics().orElseThrow())
        .map(Runs::counts)
        .toList();
  }

  private static List<Integer> counts(RoundDiagnostics round) {
    return List.of(round.cohortSize(), round.failed(), round.nonFinite(), round.clipped());
  }
}
