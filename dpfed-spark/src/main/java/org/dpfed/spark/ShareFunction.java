package org.dpfed.spark;

import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/** What Spark runs on an executor for each partition: its share of the cohort. */
final class ShareFunction extends AbstractFunction1<Iterator<byte[]>, byte[]>
    implements Serializable {
  private static final long serialVersionUID = 1;

  private final RunOnExecutors run;
  private final @Nullable Broadcast<float[]> parameters;

  /**
   * @param parameters of the round; null to make ready for the run and train nothing
   */
  ShareFunction(RunOnExecutors run, @Nullable Broadcast<float[]> parameters) {
    this.run = run;
    this.parameters = parameters;
  }

  /**
   * @param partition holds one task
   * @return the report; of length 0 where nothing was to be trained
   */
  @Override
  public byte[] apply(Iterator<byte[]> partition) {
    if (parameters == null) {
      ExecutorRuns.open(run);
      return new byte[0];
    }
    return ExecutorRuns.train(run, partition.next(), parameters.value());
  }
}
