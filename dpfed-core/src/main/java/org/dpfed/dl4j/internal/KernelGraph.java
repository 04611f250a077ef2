package org.dpfed.dl4j.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/**
 * Kernels in the order in which they compute, each on the values of earlier ones. Value 0 is the
 * batch, the last one the result. The arrays of a step are planned when the shape of the batch
 * changes, and are used again in every step.
 */
final class KernelGraph {
  private final List<Node> nodes = new ArrayList<>();
  private final StepMemory memory = new StepMemory();
  private @Nullable KernelPlan plan;

  /**
   * One kernel; none makes value 0.
   *
   * @param inputs numbers of the values that it takes
   * @param trained whether it or a kernel before it has parameters, so that gradients must reach it
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Node(@Nullable LayerKernel kernel, int[] inputs, boolean trained) {
    LayerKernel arithmetic() {
      return Objects.requireNonNull(kernel);
    }
  }

  KernelGraph() {
    nodes.add(new Node(null, new int[0], false));
  }

  /**
   * Adds a kernel at the end.
   *
   * @param hasParameters whether the kernel has any
   * @param inputs numbers of the values that it takes
   * @return the number of its output
   */
  int add(LayerKernel kernel, boolean hasParameters, int... inputs) {
    boolean trained =
        hasParameters || Arrays.stream(inputs).anyMatch(input -> nodes.get(input).trained());
    nodes.add(new Node(kernel, inputs, trained));
    return nodes.size() - 1;
  }

  /** How many values there are. */
  int size() {
    return nodes.size();
  }

  /**
   * The result for a batch, until {@link #backward}.
   *
   * @param batch unchanged, and kept until then
   */
  float[] forward(float[] batch, BatchShape shape) {
    return planFor(shape).forward(batch);
  }

  /** The shape of the last result. */
  BatchShape resultShape() {
    return Objects.requireNonNull(plan).resultShape();
  }

  /** Where the gradient at the last result is put before {@link #backward}; may be the result. */
  float[] resultGradient() {
    return Objects.requireNonNull(plan).resultGradient();
  }

  /** Goes back over the last {@link #forward} to every kernel with parameters. */
  void backward() {
    Objects.requireNonNull(plan).backward();
  }

  /** The floats of all arrays of a step. */
  long floatsInUse() {
    return memory.size();
  }

  private KernelPlan planFor(BatchShape shape) {
    KernelPlan known = plan;
    if (known != null && known.batchShape().equals(shape)) {
      return known;
    }
    // A kernel that has prepared for the new shape must not meet the old plan again.
    plan = null;
    KernelPlan made = KernelPlan.of(nodes, shape, memory);
    plan = made;
    return made;
  }
}
