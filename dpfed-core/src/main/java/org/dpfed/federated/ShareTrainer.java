package org.dpfed.federated;

import java.util.function.Supplier;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.mechanism.DeltaAggregator;
import org.dpfed.mechanism.ShareSum;
import org.dpfed.nativememory.NativeFloats;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Trains shares of cohorts in another process than the run's, on one thread of its own: client
 * after client from the same parameters and with the same seeds as {@link CohortEngine#local()}
 * would, and so to the same deltas, which it clips and sums. For one thread at a time; a process
 * that trains several shares at once has one for each.
 */
public final class ShareTrainer implements AutoCloseable {
  private final NativeThreads restored = NativeThreads.onePerOperation();
  private final KernelSelection kernels;
  private final WorkerPool worker;

  /**
   * @param job the run's, with the kernel that it has; its number of workers is not used
   */
  public ShareTrainer(CohortEngine.Job job) {
    this.kernels = job.execution().kernel();
    try {
      this.worker = new WorkerPool(job, 1);
    } catch (RuntimeException | Error e) {
      restored.close();
      throw e;
    }
  }

  /**
   * Trains a share. A client whose data or training fails counts as failed and contributes zero, as
   * it does locally.
   *
   * @param task from {@link CohortShares#task}
   * @param parameters to train from; unchanged
   * @return for {@link CohortShares#report}. <b>Not private:</b> it goes to the server alone
   * @throws InterruptedException when the calling thread was interrupted before the last client
   */
  public byte[] train(byte[] task, float[] parameters) throws InterruptedException {
    ShareTask share = ShareTask.ofBytes(task);
    Tally tally = new Tally(new ShareSum(share.bounds(), kernels));
    try (INDArray from = NativeFloats.array(parameters, parameters.length)) {
      worker.train(
          new CohortEngine.Round(share.round(), share.clients(), from, share.bounds()), tally);
    }
    if (tally.reported < share.clients().length) {
      throw new InterruptedException("interrupted before the last client of the share");
    }
    return new ShareReport(
            share.run(),
            share.round(),
            share.share(),
            share.clients().length,
            tally.failed,
            tally.sum.toBytes())
        .toBytes();
  }

  @Override
  public void close() {
    worker.close();
    restored.close();
  }

  /** Sums on the thread of the one worker, and counts on the caller's. */
  private static final class Tally implements CohortEngine.Receiver {
    private final ShareSum sum;
    private int failed;
    private int reported;

    Tally(ShareSum sum) {
      this.sum = sum;
    }

    @Override
    public boolean wantsMore() {
      return !Thread.currentThread().isInterrupted();
    }

    @Override
    public Supplier<DeltaAggregator.Contribution> take(int client, INDArray delta) {
      DeltaAggregator.Contribution fate = sum.add(delta);
      return () -> fate;
    }

    @Override
    public void trained(DeltaAggregator.Contribution contribution, double trainingLoss) {
      reported++;
    }

    @Override
    public void failed(int client, Throwable cause) {
      reported++;
      failed++;
    }

    @Override
    public void hadNoExamples() {
      reported++;
    }

    @Override
    public void share(int[] clients, int failed, byte[] sum) {
      throw new UnsupportedOperationException("one worker trains client after client");
    }
  }
}
