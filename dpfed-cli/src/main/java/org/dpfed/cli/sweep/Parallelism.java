package org.dpfed.cli.sweep;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.dpfed.cli.training.PlannedTraining;

/** How many runs go side by side. */
final class Parallelism {
  /** The rest is for the data, the JVM and others. */
  private static final double SHARE_OF_MEMORY = 0.5;

  private Parallelism() {}

  /** As many as there are cores for their workers and memory for their models; at least 1. */
  static int of(List<PlannedTraining> plans) {
    long memory =
        ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
    return of(plans, Runtime.getRuntime().availableProcessors(), memory);
  }

  /**
   * @param plans at least one
   * @param memory of the machine, in bytes
   */
  static int of(List<PlannedTraining> plans, int processors, long memory) {
    int workers = plans.stream().mapToInt(PlannedTraining::workers).max().orElseThrow();
    long bytes = plans.stream().mapToLong(PlannedTraining::bytes).max().orElseThrow();
    int cores = processors / workers;
    int fits = (int) Math.min(plans.size(), SHARE_OF_MEMORY * memory / bytes);
    return Math.max(1, Math.min(cores, fits));
  }
}
