package org.dpfed.spark;

import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/**
 * What Spark runs on an executor for each partition: its share of the cohort. An executor that must
 * not take part returns the reason as a text: Spark would give the share of one that throws to
 * another executor, and the run would go on without anybody knowing.
 */
final class ShareFunction extends AbstractFunction1<Iterator<byte[]>, Object>
    implements Serializable {
  private static final long serialVersionUID = 1;

  private final RunOnExecutors run;
  private final @Nullable RoundParameters own;
  private final @Nullable Broadcast<RoundParameters> sent;

  private ShareFunction(
      RunOnExecutors run,
      @Nullable RoundParameters own,
      @Nullable Broadcast<RoundParameters> sent) {
    this.run = run;
    this.own = own;
    this.sent = sent;
  }

  /** Makes ready for the run and trains nothing. */
  static ShareFunction opening(RunOnExecutors run) {
    return new ShareFunction(run, null, null);
  }

  /** Trains from parameters that go with the job, which Spark sends in any case. */
  static ShareFunction from(RunOnExecutors run, RoundParameters parameters) {
    return new ShareFunction(run, parameters, null);
  }

  /** Trains from parameters that are sent by themselves. */
  static ShareFunction from(RunOnExecutors run, Broadcast<RoundParameters> parameters) {
    return new ShareFunction(run, null, parameters);
  }

  /**
   * @param partition holds one task
   * @return the report as bytes, of length 0 where nothing was to be trained; a text of an executor
   *     that must not take part
   */
  @Override
  public Object apply(Iterator<byte[]> partition) {
    try {
      RoundParameters parameters = sent == null ? own : sent.value();
      if (parameters == null) {
        ExecutorRuns.open(run);
        return new byte[0];
      }
      return ExecutorRuns.train(run, partition.next(), parameters.values());
    } catch (RunOnExecutors.OtherExecutor e) {
      return String.valueOf(e.getMessage());
    }
  }
}
