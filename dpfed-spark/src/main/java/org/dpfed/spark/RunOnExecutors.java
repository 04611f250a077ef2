package org.dpfed.spark;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.dpfed.federated.CohortEngine;
import org.dpfed.federated.Execution;
import org.dpfed.federated.SiteFactory;
import org.dpfed.kernel.KernelSelection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What executors are told of a run: numbers and texts alone.
 *
 * @param id that no other run has
 * @param factory name of a {@link SiteFactory}
 * @param settings for the factory
 * @param seed of local training
 * @param isSeeded whether an executor that computes other bits is refused
 * @param kernel by name
 * @param clientMillis how long a client may take; 0 for no limit
 * @param key of the fingerprints
 * @param fingerprint of the driver
 */
record RunOnExecutors(
    long id,
    String factory,
    String settings,
    long seed,
    boolean isSeeded,
    String kernel,
    long clientMillis,
    String key,
    List<String> fingerprint)
    implements Serializable {
  private static final Logger LOG = LoggerFactory.getLogger(SparkEngine.class);

  static RunOnExecutors of(
      CohortEngine.Job job, long id, Class<? extends SiteFactory> factory, String settings) {
    String key = CohortEngine.Job.newKey();
    return new RunOnExecutors(
        id,
        factory.getName(),
        settings,
        job.seed(),
        job.isSeeded(),
        job.execution().kernel().kernel().name(),
        job.clientTimeLimit().map(limit -> Math.max(1, limit.toMillis())).orElse(0L),
        key,
        List.copyOf(job.fingerprint(key)));
  }

  /**
   * The same job here, on an executor.
   *
   * @throws IllegalArgumentException when it cannot be had here
   * @throws OtherExecutor when it is another job here, or would give a seeded run other bits than
   *     the driver
   */
  CohortEngine.Job job() {
    SiteFactory.Site site = newFactory().open(settings);
    CohortEngine.Job job =
        new CohortEngine.Job(
            site.trainer(),
            site.data(),
            seed,
            isSeeded,
            new Execution(1, KernelSelection.forced(kernel)),
            clientMillis == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(clientMillis)));
    requireSame(job.fingerprint(key));
    return job;
  }

  private SiteFactory newFactory() {
    try {
      return Class.forName(factory, true, Thread.currentThread().getContextClassLoader())
          .asSubclass(SiteFactory.class)
          .getConstructor()
          .newInstance();
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new IllegalArgumentException(
          "%s must be a SiteFactory on the executor's class path, with a public constructor without arguments"
              .formatted(factory),
          e);
    }
  }

  private void requireSame(List<String> here) {
    for (int i = 0; i < here.size(); i++) {
      if (here.get(i).equals(fingerprint.get(i))) {
        continue;
      }
      String difference =
          "an executor has %s, the driver has %s".formatted(here.get(i), fingerprint.get(i));
      boolean isOfBits = i >= CohortEngine.Job.FIRST_LINE_OF_BITS;
      if (!isOfBits) {
        throw new OtherExecutor(
            difference + "; give both the same network, clients in the same order, and kernel");
      }
      if (isSeeded) {
        throw new OtherExecutor(
            difference
                + "; a seeded run needs the same arithmetic everywhere: give OPENBLAS_CORETYPE and the Java flags of SparkEngine.configure to driver and executors, or run on machines of one kind");
      }
      LOG.warn("{}; the result depends on which executor trains a client", difference);
    }
  }

  /** This executor differs from the driver. */
  static final class OtherExecutor extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    OtherExecutor(String difference) {
      super(difference);
    }
  }
}
