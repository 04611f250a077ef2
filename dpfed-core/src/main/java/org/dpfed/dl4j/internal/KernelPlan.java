package org.dpfed.dl4j.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dpfed.dl4j.internal.KernelGraph.Node;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/** The calls of one step and the arrays that they work on, for batches of one shape. */
final class KernelPlan {
  private static final int NOWHERE = -1;
  private static final int NEVER = Integer.MAX_VALUE;

  private final List<Node> nodes;
  private final StepMemory memory;
  private final BatchShape[] shapes;

  /** Numbers of the arrays of values and of the gradients at them. */
  private final int[] values;

  private final int[] gradients;

  /** The first call on the way back, so the last in time, that needs a value. */
  private final int[] lastUses;

  private final List<WayBack> waysBack = new ArrayList<>();
  private final List<Call> forwardCalls = new ArrayList<>();
  private final List<Call> backwardCalls = new ArrayList<>();

  /**
   * Where a kernel puts the gradients at its inputs, and whether each is added to another there.
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record WayBack(int node, int[] targets, boolean[] adds) {}

  /**
   * One call of a kernel.
   *
   * @param inputGradients where it puts the gradients at its inputs; null where nobody uses one
   * @param sums the gradient to which each is added then; null where it is the only one
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Call(
      Node node,
      float[][] inputs,
      float[] output,
      float[] gradient,
      float[] @Nullable [] inputGradients,
      float[] @Nullable [] sums,
      int[] inputLengths) {
    void forward() {
      node.arithmetic().forward(inputs, output);
    }

    void backward() {
      node.arithmetic().backward(inputs, output, gradient, inputGradients);
      for (int i = 0; i < sums.length; i++) {
        float @Nullable [] sum = sums[i];
        float @Nullable [] summand = inputGradients[i];
        if (sum != null && summand != null) {
          Floats.add(summand, sum, inputLengths[i]);
        }
      }
    }
  }

  private KernelPlan(List<Node> nodes, BatchShape batch, StepMemory memory) {
    this.nodes = nodes;
    this.memory = memory;
    this.shapes = new BatchShape[nodes.size()];
    shapes[0] = batch;
    for (int i = 1; i < shapes.length; i++) {
      List<BatchShape> inputs = new ArrayList<>();
      for (int input : nodes.get(i).inputs()) {
        inputs.add(shapes[input]);
      }
      shapes[i] = nodes.get(i).arithmetic().prepare(inputs);
    }
    this.values = new int[shapes.length];
    this.gradients = new int[shapes.length];
    Arrays.fill(gradients, NOWHERE);
    this.lastUses = new int[shapes.length];
  }

  /**
   * The plan for batches of a shape.
   *
   * @param memory where another plan's values may be overwritten
   * @throws IllegalArgumentException when a kernel does not take such batches
   */
  static KernelPlan of(List<Node> nodes, BatchShape batch, StepMemory memory) {
    KernelPlan plan = new KernelPlan(nodes, batch, memory);
    memory.clear();
    plan.placeValues();
    plan.placeGradients();
    plan.makeCalls();
    return plan;
  }

  private void placeValues() {
    int result = values.length - 1;
    int[] lastForward = new int[values.length];
    Arrays.fill(lastUses, NEVER);
    for (int i = result; i > 0; i--) {
      LayerKernel kernel = nodes.get(i).arithmetic();
      boolean goesBack = nodes.get(i).trained();
      if (goesBack && kernel.usesOutput()) {
        lastUses[i] = i;
      }
      for (int input : nodes.get(i).inputs()) {
        lastForward[input] = Math.max(lastForward[input], i);
        if (goesBack && kernel.usesInputs()) {
          lastUses[input] = i;
        }
      }
    }
    for (int i = 1; i <= result; i++) {
      values[i] = memory.take(shapes[i].length());
      for (int input : distinctInputs(i)) {
        if (lastForward[input] == i && lastUses[input] == NEVER) {
          memory.give(values[input]);
        }
      }
    }
  }

  private void placeGradients() {
    int result = values.length - 1;
    gradients[result] =
        lastUses[result] == NEVER ? values[result] : memory.take(shapes[result].length());
    for (int i = result; i > 0; i--) {
      if (nodes.get(i).trained() && gradients[i] != NOWHERE) {
        waysBack.add(wayBack(i));
      }
    }
  }

  private WayBack wayBack(int node) {
    int[] inputs = nodes.get(node).inputs();
    int[] targets = new int[inputs.length];
    boolean[] adds = new boolean[inputs.length];
    boolean inPlace = nodes.get(node).arithmetic().goesBackInPlace();
    for (int i = 0; i < inputs.length; i++) {
      int input = inputs[i];
      adds[i] = gradients[input] != NOWHERE;
      if (!nodes.get(input).trained()) {
        targets[i] = NOWHERE;
      } else if (adds[i]) {
        targets[i] = memory.take(shapes[input].length());
      } else {
        targets[i] = inPlace ? gradients[node] : memory.take(shapes[input].length());
        gradients[input] = targets[i];
        inPlace = false;
      }
    }
    for (int i = 0; i < inputs.length; i++) {
      if (adds[i]) {
        memory.give(targets[i]);
      }
    }
    boolean isHandedOn = Arrays.stream(targets).anyMatch(target -> target == gradients[node]);
    if (!isHandedOn) {
      memory.give(gradients[node]);
    }
    for (int input : distinctInputs(node)) {
      if (lastUses[input] == node) {
        memory.give(values[input]);
      }
    }
    if (lastUses[node] == node) {
      memory.give(values[node]);
    }
    return new WayBack(node, targets, adds);
  }

  /** All but the batch, which is not in this memory. */
  private int[] distinctInputs(int node) {
    return Arrays.stream(nodes.get(node).inputs()).distinct().filter(input -> input > 0).toArray();
  }

  private void makeCalls() {
    for (int i = 1; i < values.length; i++) {
      int none = nodes.get(i).inputs().length;
      forwardCalls.add(call(i, new float[0], new float[none][], new float[none][]));
    }
    for (WayBack way : waysBack) {
      int[] inputs = nodes.get(way.node).inputs();
      float[][] inputGradients = new float[inputs.length][];
      float[][] sums = new float[inputs.length][];
      for (int i = 0; i < inputs.length; i++) {
        if (way.targets[i] != NOWHERE) {
          inputGradients[i] = memory.array(way.targets[i]);
          sums[i] = way.adds[i] ? memory.array(gradients[inputs[i]]) : null;
        }
      }
      backwardCalls.add(call(way.node, memory.array(gradients[way.node]), inputGradients, sums));
    }
  }

  private Call call(int node, float[] gradient, float[][] inputGradients, float[][] sums) {
    int[] inputs = nodes.get(node).inputs();
    float[][] arrays = new float[inputs.length][];
    int[] lengths = new int[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      arrays[i] = inputs[i] == 0 ? null : memory.array(values[inputs[i]]);
      lengths[i] = shapes[inputs[i]].length();
    }
    float[] output = memory.array(values[node]);
    return new Call(nodes.get(node), arrays, output, gradient, inputGradients, sums, lengths);
  }

  BatchShape batchShape() {
    return shapes[0];
  }

  BatchShape resultShape() {
    return shapes[shapes.length - 1];
  }

  float[] resultGradient() {
    return memory.array(gradients[gradients.length - 1]);
  }

  /** Computes the result for a batch, which is kept until {@link #backward}. */
  float[] forward(float[] batch) {
    setBatch(forwardCalls, batch);
    setBatch(backwardCalls, batch);
    forwardCalls.forEach(Call::forward);
    return memory.array(values[values.length - 1]);
  }

  private static void setBatch(List<Call> calls, float[] batch) {
    for (Call call : calls) {
      int[] inputs = call.node.inputs();
      for (int i = 0; i < inputs.length; i++) {
        if (inputs[i] == 0) {
          call.inputs[i] = batch;
        }
      }
    }
  }

  void backward() {
    backwardCalls.forEach(Call::backward);
  }
}
