package org.dpfed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.dpfed.data.WisconsinBreastCancer;
import org.dpfed.data.partition.OnePerClient;
import org.dpfed.federated.ClientTrainer;
import org.dpfed.federated.ClientUpdate;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.federated.PrivacyPlan;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a library says of a client stays out of the log; what it says otherwise does not. */
final class WorkerThreadFilterTest {
  private static final Logger LIBRARY = LoggerFactory.getLogger("org.deeplearning4j.Example");

  @Test
  void error_ofALibraryWhileAClientIsTrained_isNotLogged() {
    Talkative trainer = new Talkative();
    PrintStream before = System.err;
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
    try {
      LIBRARY.warn("on the caller's thread");
      train(trainer);
    } finally {
      System.setErr(before);
    }
    assertThat(trainer.trained).hasPositiveValue();
    assertThat(captured.toString(StandardCharsets.UTF_8))
        .contains("on the caller's thread")
        .doesNotContain("labels of length");
  }

  private static void train(ClientTrainer trainer) {
    FederatedDataset patients =
        new OnePerClient().partition(WisconsinBreastCancer.split().train(), "patient");
    PrivacyPlan plan =
        PrivacyPlan.builder(patients)
            .expectedCohortSize(patients.population())
            .rounds(1)
            .clipNorm(1)
            .noiseMultiplier(1)
            .delta(1e-5)
            .build();
    FederatedAveraging.builder(plan, patients, trainer).build().run();
  }

  /** Logs each client under a library's name. */
  private static final class Talkative implements ClientTrainer, ClientTrainer.Worker {
    final AtomicInteger trained = new AtomicInteger();

    @Override
    public long dimension() {
      return 1;
    }

    @Override
    public INDArray initialParameters() {
      return Nd4j.zeros(DataType.FLOAT, 1);
    }

    @Override
    public ClientTrainer.Worker newWorker() {
      return this;
    }

    @Override
    public ClientUpdate train(INDArray globalParameters, DataSet examples, long seed) {
      trained.incrementAndGet();
      LIBRARY.error("labels of length {}", examples.getLabels().length());
      return new ClientUpdate(globalParameters, 0);
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }
}
