package org.dpfed.federated;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.dpfed.kernel.DeltaKernel;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What decides the bits of a trained and clipped delta, apart from the clients' examples. */
final class Fingerprint {
  private static final int LENGTH = 100_003;
  private static final int ROWS = 3;

  private Fingerprint() {}

  static List<String> of(CohortEngine.Job job, String key) {
    try (NativeThreads restored = NativeThreads.onePerOperation()) {
      DeltaKernel kernel = job.execution().kernel().kernel();
      return List.of(
          "network: " + job.trainer().identity(),
          clients(job.data(), key),
          "kernel: " + kernel.name(),
          "training of made-up examples: " + job.trainer().arithmetic(),
          "norms of made-up deltas: " + norms(kernel.withThreads(1)));
    }
  }

  private static String clients(FederatedDataset data, String key) {
    return "clients: %d, each one %s%s"
        .formatted(
            data.population(),
            data.unit(),
            PopulationDigest.of(data, key)
                .map(digest -> ", in an order with the keyed hash " + digest.inOrder())
                .orElse(""));
  }

  /** Of rows of any magnitude, since a sum of like numbers may be exact in any order. */
  private static String norms(DeltaKernel kernel) {
    float[] values = new float[ROWS * LENGTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.scalb(StrictMath.sin(i), i % 23 - 11);
    }
    try (INDArray deltas = Nd4j.createFromArray(values).reshape(ROWS, LENGTH)) {
      return Arrays.stream(kernel.rowNorms(deltas))
          .mapToObj(Double::toHexString)
          .collect(Collectors.joining(" "));
    }
  }
}
