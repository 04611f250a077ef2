package org.dpfed.federated;

import org.dpfed.kernel.KernelSelection;

/**
 * How a run uses the machine. These settings cannot affect privacy, and the number of workers does
 * not change a single bit of the result.
 *
 * @param workers threads that train clients side by side, at least 1
 * @param kernel does the arithmetic on deltas
 */
public record Execution(int workers, KernelSelection kernel) {
  public Execution {
    if (workers < 1) {
      throw new IllegalArgumentException("workers must be at least 1, was " + workers);
    }
  }

  /** One worker for each processor and the first kernel that can be used here. */
  public static Execution automatic() {
    return withWorkers(Runtime.getRuntime().availableProcessors());
  }

  /** That many workers and the first kernel that can be used here. */
  public static Execution withWorkers(int workers) {
    return new Execution(workers, KernelSelection.automatic());
  }
}
