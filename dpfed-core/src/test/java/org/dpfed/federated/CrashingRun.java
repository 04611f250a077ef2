package org.dpfed.federated;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.faults.Fault;
import org.dpfed.faults.FaultyFileSystem;
import org.dpfed.federated.Combinations.Cell;
import org.dpfed.ledger.CheckpointDirectory;
import org.dpfed.ledger.LedgerFile;
import org.dpfed.mechanism.Randomness;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A seeded run that lives many times: each life goes on from what the one before left on the disk.
 * What leaves the program is handed to an observer, who forgets nothing when the program dies.
 */
final class CrashingRun {
  /** Begins the lines by which a process says that it is ready, and that it showed a model. */
  static final String SIGN = "life: ";

  static final int ROUNDS = 5;
  static final int ROUNDS_BETWEEN_CHECKPOINTS = 2;
  private static final int[] LAYERS = {7, 300};

  /** Each carries another state from round to round. */
  static final List<Kind> KINDS =
      List.of(
          new Kind(cell("independent", "adaptive"), new ServerOptimizer.Adam(0.1), 1),
          new Kind(cell("banded", "fixed"), new ServerOptimizer.Sgd(0.5, 0.9), 2),
          new Kind(cell("tree", "fixed"), new ServerOptimizer.Yogi(0.1), 1));

  private CrashingRun() {}

  /**
   * What is run.
   *
   * @param kept checkpoints; where one is kept, a crash may never damage it
   */
  record Kind(Cell cell, ServerOptimizer optimizer, int kept) {
    @Override
    public String toString() {
      return "%s, %s".formatted(cell, optimizer.getClass().getSimpleName());
    }
  }

  private static Cell cell(String noise, String clipping) {
    return Combinations.accounted()
        .filter(cell -> cell.noise().label().contains(noise))
        .filter(cell -> cell.clippingLabel().contains(clipping))
        .findFirst()
        .orElseThrow();
  }

  /** Sees every model that the run shows. */
  interface Observer {
    void saw(int round, String model) throws IOException;
  }

  static Path ledger(Path directory) {
    return directory.resolve("ledgers").resolve("patients.jsonl");
  }

  static Path checkpoints(Path directory) {
    return directory.resolve("run").resolve("checkpoints");
  }

  /**
   * One life, to the end of the run: a new run where no checkpoint is, else the old one resumed.
   *
   * @return the last model
   */
  static String live(Path directory, Kind kind, Observer observer) throws IOException {
    try (LedgerFile ledger = LedgerFile.open(ledger(directory));
        CheckpointDirectory checkpoints =
            CheckpointDirectory.open(checkpoints(directory), kind.kept())) {
      PrivacyPlan plan =
          kind.cell()
              .plan(NeighbouringRelation.ZERO_OUT)
              .rounds(ROUNDS)
              .noiseMultiplier(1.3)
              .randomness(Randomness.seeded(5))
              .build();
      NumberedClients clients = new NumberedClients(Combinations.POPULATION);
      FederatedAveraging.Builder run =
          checkpoints.newest().isPresent()
              ? FederatedAveraging.resume(plan, clients, trainer(), checkpoints)
              : FederatedAveraging.builder(plan, clients, trainer());
      return model(
          run.populationLedger(ledger)
              .checkpoints(checkpoints, ROUNDS_BETWEEN_CHECKPOINTS)
              .serverOptimizer(kind.optimizer())
              .execution(Execution.withWorkers(1))
              .listener((metrics, parameters) -> show(observer, metrics.round(), parameters))
              .build()
              .run()
              .parameters());
    }
  }

  private static void show(Observer observer, int round, INDArray parameters) {
    try {
      observer.saw(round, model(parameters));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static ScriptedTrainer trainer() {
    int dimension = LAYERS[0] + LAYERS[1];
    return new ScriptedTrainer(
        dimension,
        client -> {
          float[] delta = new float[dimension];
          for (int i = 0; i < delta.length; i++) {
            delta[i] = (float) Math.sin(client + 0.01 * i);
          }
          return delta;
        },
        LAYERS);
  }

  /** Stands for its bits. */
  static String model(INDArray parameters) {
    float[] values = parameters.toFloatVector();
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()))
          .substring(0, 32);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Appends to a file what it saw, a line each: what the kernel has, no signal takes back. */
  static Observer writing(Path file) {
    return (round, model) ->
        Files.writeString(
            file, round + " " + model + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /**
   * One life in a process of its own.
   *
   * @param arguments directory, file of the observer, number of the kind, and number of the
   *     operation at which the process is to be killed, with the share of a write done by then
   */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    Fault fault =
        new Fault(
            Integer.parseInt(arguments[3]), Fault.Effect.SIGKILL, Double.parseDouble(arguments[4]));
    Nd4j.create(1).close();
    say("ready");
    Observer writing = writing(Path.of(arguments[1]));
    live(
        new FaultyFileSystem(directory, fault).path(directory),
        KINDS.get(Integer.parseInt(arguments[2])),
        (round, model) -> {
          writing.saw(round, model);
          say("showed round " + round);
        });
  }

  private static void say(String what) {
    System.out.println(SIGN + what);
    System.out.flush();
  }
}
