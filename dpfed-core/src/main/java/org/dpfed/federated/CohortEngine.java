package org.dpfed.federated;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.dpfed.mechanism.DeltaAggregator;
import org.dpfed.mechanism.RoundBounds;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where the clients of a cohort are trained: on threads of this process, or in other processes. It
 * sees the global parameters, who is in the cohort, and the bounds of the round. Sampling, noise,
 * ledger and release stay with the run.
 *
 * <p>An engine reports each client's delta, or sums of clipped deltas. Both give the same
 * parameters, bit for bit, since sums on the grid of a clip norm are exact in any order.
 */
public interface CohortEngine {

  /** Trains on threads of this process, as many as {@link Execution#workers} says. */
  static CohortEngine local() {
    return new CohortEngine() {
      @Override
      public boolean reportsSums() {
        return false;
      }

      @Override
      public Session open(Job job) {
        return new WorkerPool(job, job.execution().workers());
      }
    };
  }

  /**
   * Whether sessions report sums alone. A run then needs a clip norm and a trusted server, and does
   * not know single clients: their errors, norms or losses.
   */
  boolean reportsSums();

  /**
   * Prepares for a run, before any client is involved.
   *
   * @throws IllegalArgumentException when this engine cannot train so; the message says what to
   *     change
   */
  Session open(Job job);

  /**
   * What is trained, and how.
   *
   * @param seed of local training
   * @param isSeeded whether the run is to be repeated to the bit, which needs the same arithmetic
   *     wherever clients are trained
   * @param clientTimeLimit for loading and training one client; empty for no limit
   */
  record Job(
      ClientTrainer trainer,
      FederatedDataset data,
      long seed,
      boolean isSeeded,
      Execution execution,
      Optional<Duration> clientTimeLimit) {
    /**
     * Of {@link #fingerprint}: those before say what is computed, these say which bits come out.
     */
    public static final int FIRST_LINE_OF_BITS = 3;

    /**
     * What two processes must have in common to train the same clients to the same bits, one line
     * for each: network, clients, kernel, and the bits that both compute on made-up numbers. Of
     * clients it says how many there are, and a keyed hash of who they are in the order of their
     * numbers where the data set can tell: a process with other people under these numbers would
     * train those whose turn it is not.
     *
     * @param key of that hash, from {@link #newKey()}: without it, nobody can try out who the
     *     clients are
     */
    public List<String> fingerprint(String key) {
      return Fingerprint.of(this, key);
    }

    /** A key for {@link #fingerprint}: 32 random bytes in hexadecimal digits. */
    public static String newKey() {
      return PopulationDigest.newKey();
    }
  }

  /**
   * The cohort of one round.
   *
   * @param number of the round, from 0
   * @param cohort clients to train, ascending
   * @param parameters to train from, float of shape {@code [d]}; lent until the round is over, and
   *     not to be changed
   * @param bounds of the deltas
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Round(int number, int[] cohort, INDArray parameters, RoundBounds bounds) {}

  /** One run's use of the engine. Trains one round after the other. */
  interface Session extends AutoCloseable {
    /**
     * Trains the cohort of a round and reports every client of it, unless the receiver wants no
     * more.
     *
     * @throws RuntimeException when it cannot report them all; the round is then not released. No
     *     client may be able to bring this about
     */
    void train(Round round, Receiver receiver) throws InterruptedException;

    /** Frees what the session holds. */
    @Override
    void close();
  }

  /**
   * Receives what became of each client of a round: on the thread that called {@link Session#train}
   * unless stated otherwise.
   */
  interface Receiver {
    /** Whether to go on; asked before each client or share is started. */
    boolean wantsMore();

    /**
     * Takes the delta of a client that has trained, on the thread that trained it and beside other
     * clients. What this throws is the client's failure.
     *
     * @param delta float of shape {@code [d]}, not to be used after this call
     * @return what is left to do in the client's turn, and says what became of the delta
     */
    Supplier<DeltaAggregator.Contribution> take(int client, INDArray delta);

    /** A client whose delta was taken; in the order of the cohort. */
    void trained(DeltaAggregator.Contribution contribution, double trainingLoss);

    /** A client whose data or training threw, or whose update was unusable. */
    void failed(int client, Throwable cause);

    /** A client that has no examples, and contributes nothing. */
    void hadNoExamples();

    /**
     * Clients that were trained and summed elsewhere.
     *
     * @param clients all of the share, those that failed and those without examples too
     * @param failed how many of them gave no delta although they have examples
     * @param sum as {@link org.dpfed.mechanism.ShareSum#toBytes} gives it
     * @throws IllegalArgumentException when it is not what those clients can have sent; the round
     *     must then end
     */
    void share(int[] clients, int failed, byte[] sum);
  }
}
