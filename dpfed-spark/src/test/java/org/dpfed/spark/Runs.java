package org.dpfed.spark;

import java.nio.ByteBuffer;
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
import org.dpfed.mechanism.Randomness;

/** Seeded runs over made-up clients. */
final class Runs {
  private Runs() {}

  static TrainingResult run(String settings, int rounds, CohortEngine engine) {
    return run(settings, rounds, engine, (metrics, parameters) -> {});
  }

  static TrainingResult run(
      String settings, int rounds, CohortEngine engine, RoundListener listener) {
    SiteFactory.Site site = new SyntheticSites().open(settings.replace(",other", ""));
    PrivacyPlan plan =
        PrivacyPlan.builder(site.data())
            .expectedCohortSize(25)
            .rounds(rounds)
            .clipNorm(0.2)
            .noiseMultiplier(0.5)
            .delta(1e-3)
            .randomness(Randomness.seeded(4))
            .build();
    return FederatedAveraging.builder(plan, site.data(), site.trainer())
        .engine(engine)
        .listener(listener)
        .diagnostics(true)
        .seed(8)
        .build()
        .run();
  }

  /** SHA-256 of the final parameters. */
  static String hash(TrainingResult result) {
    float[] values = result.parameters().toFloatVector();
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
