package org.dpfed.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpfed.federated.CohortEngine;
import org.dpfed.federated.Execution;
import org.dpfed.federated.SiteFactory;
import org.dpfed.federated.TrainingResult;
import org.dpfed.mechanism.DeltaAggregator;
import org.dpfed.mechanism.RoundBounds;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;

/**
 * What a driver and its executor send each other, read from a tap between them: the driver's ports
 * at 127.0.0.1 are told to the executor at another address of this machine, where the tap is.
 */
@Tag("stress")
final class WireTest {
  private static final int ROUNDS = 2;
  private static final String TAPPED = "127.0.0.5";
  private static final byte[] TAPPED_ADDRESS = {127, 0, 0, 5};

  private static final FloatPattern parameters = new FloatPattern();
  private static final FloatPattern examples = new FloatPattern();
  private static final FloatPattern deltas = new FloatPattern();

  /** What is sent in round 1, what must not be, and what each client's training gives. */
  @BeforeAll
  static void recognize() throws InterruptedException {
    SiteFactory.Site site = new SyntheticSites().open("mlp");
    float[] start = site.trainer().initialParameters().toFloatVector();
    parameters.add(start);
    for (int client = 1; client < SyntheticSites.POPULATION; client++) {
      if (SyntheticSites.isReadable(client)) {
        DataSet data = site.data().client(client);
        examples.add(data.getFeatures().reshape(data.getFeatures().length()).toFloatVector());
      }
    }
    CohortEngine.Job job =
        new CohortEngine.Job(
            site.trainer(), site.data(), Runs.SEED, true, Execution.automatic(), Optional.empty());
    try (CohortEngine.Session session = CohortEngine.local().open(job)) {
      session.train(
          new CohortEngine.Round(
              0,
              IntStream.range(0, SyntheticSites.POPULATION).toArray(),
              site.trainer().initialParameters(),
              new RoundBounds(List.of(start.length), List.of(1.0), 1, List.of())),
          new Deltas(start));
    }
    assertThat(deltas.size()).isGreaterThan(10 * start.length);
  }

  @Test
  void run_inClear_sendsParametersButNoExamplesNorDeltas() throws IOException {
    Sent sent = tapped(Map.of());
    assertThat(sent.count(parameters)).isGreaterThan(parameters.size() / 4);
    assertThat(sent.count(examples)).as("pairs of values of examples").isZero();
    assertThat(sent.count(deltas)).as("pairs of values of deltas").isZero();
    assertThat(sent.holds(SyntheticSites.READ_ERROR)).as("a client's error").isFalse();
    assertThat(sent.holds(SyntheticSites.class.getName())).as("the site's name").isTrue();
  }

  @Test
  void run_encrypted_sendsNothingInClear() throws IOException {
    Sent sent =
        tapped(
            Map.of(
                "spark.authenticate", "true",
                "spark.authenticate.secret", "known to driver and executors",
                "spark.network.crypto.enabled", "true"));
    assertThat(sent.bytes()).isGreaterThan((long) ROUNDS * parameters.size());
    assertThat(sent.count(parameters)).as("pairs of parameters").isZero();
    assertThat(sent.count(examples)).isZero();
    assertThat(sent.count(deltas)).isZero();
    assertThat(sent.holds(SyntheticSites.class.getName())).as("the site's name").isFalse();
  }

  /** A run through taps at both of the driver's ports. */
  private static Sent tapped(Map<String, String> more) throws IOException {
    TrainingResult here = Runs.run("mlp", ROUNDS, CohortEngine.local());
    try (WireTap messages = WireTap.on(TAPPED_ADDRESS);
        WireTap blocks = WireTap.on(TAPPED_ADDRESS)) {
      Map<String, String> settings = new HashMap<>(more);
      settings.put("spark.driver.host", TAPPED);
      settings.put("spark.driver.bindAddress", "127.0.0.1");
      settings.put("spark.driver.port", messages.port());
      settings.put("spark.driver.blockManager.port", blocks.port());
      settings.put("spark.port.maxRetries", "0");
      // Compressed floats would not be recognized.
      settings.put("spark.broadcast.compress", "false");
      try (LocalCluster cluster = LocalCluster.of(1, settings)) {
        TrainingResult there = Runs.run("mlp", ROUNDS, cluster.engine("mlp"));
        assertThat(Runs.hash(there)).isEqualTo(Runs.hash(here));
      }
      List<byte[]> both = Stream.concat(messages.sent().stream(), blocks.sent().stream()).toList();
      Sent sent = new Sent(both);
      System.out.printf(
          "%d bytes; pairs of parameters %d, of examples %d, of deltas %d%n",
          sent.bytes(), sent.count(parameters), sent.count(examples), sent.count(deltas));
      return sent;
    }
  }

  /** What went each way of each connection. */
  private record Sent(List<byte[]> ways) {
    long bytes() {
      return ways.stream().mapToLong(way -> way.length).sum();
    }

    long count(FloatPattern pattern) {
      return ways.stream().mapToLong(pattern::count).sum();
    }

    boolean holds(String text) {
      return ways.stream()
          .anyMatch(way -> new String(way, StandardCharsets.ISO_8859_1).contains(text));
    }
  }

  /** Keeps of each client's training what would give its delta away, clipped or not. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Deltas(float[] start) implements CohortEngine.Receiver {
    @Override
    public boolean wantsMore() {
      return true;
    }

    @Override
    public Supplier<DeltaAggregator.Contribution> take(int client, INDArray delta) {
      float[] values = delta.toFloatVector();
      float[] trained = new float[values.length];
      for (int i = 0; i < trained.length; i++) {
        trained[i] = start[i] + values[i];
      }
      synchronized (deltas) {
        deltas.add(values);
        // Where dropout leaves a value alone it is the parameter still.
        for (int i = 0; i + 1 < trained.length; i++) {
          if (trained[i] != start[i] && trained[i + 1] != start[i + 1]) {
            deltas.add(new float[] {trained[i], trained[i + 1]});
          }
        }
      }
      return () -> new DeltaAggregator.Contribution(0, 0);
    }

    @Override
    public void trained(DeltaAggregator.Contribution contribution, double trainingLoss) {}

    @Override
    public void failed(int client, Throwable cause) {}

    @Override
    public void hadNoExamples() {}

    @Override
    public void share(int[] clients, int failed, byte[] sum) {}
  }
}
