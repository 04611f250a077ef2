package org.dpfed.dl4j;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.dpfed.federated.ClientUpdate;
import org.dpfed.nativememory.NativeFloats;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** All observable results of training one client, for comparison bit for bit. */
final class ProbeTrace {
  private final double loss;
  private final float[] parameters;
  private final float[] updaterState;
  private final float[] output;

  private ProbeTrace(double loss, float[] parameters, float[] updaterState, float[] output) {
    this.loss = loss;
    this.parameters = parameters;
    this.updaterState = updaterState;
    this.output = output;
  }

  /** Trains {@code client} and looks. */
  static ProbeTrace of(Dl4jWorker worker, INDArray global, DataSet client, long seed) {
    ClientUpdate update = worker.train(global, client, 0, seed);
    LocalNetwork network = worker.network();
    return new ProbeTrace(
        update.trainingLoss(),
        floats(network.model().params()),
        floats(network.updaterState()),
        floats(new ForwardPass(network.model()).outputs(client)));
  }

  private static float[] floats(@Nullable INDArray array) {
    if (array == null) {
      return new float[0];
    }
    // ND4J's toFloatVector makes one call for each value.
    try (INDArray dense = array.castTo(DataType.FLOAT).dup('c')) {
      float[] values = new float[Math.toIntExact(dense.length())];
      NativeFloats.read(dense, 0, values, values.length);
      return values;
    }
  }

  /** Whether a parameter has kept the bits of {@code initial}, all of the network's parameters. */
  boolean isUnmoved(Parameter parameter, float[] initial) {
    int from = (int) parameter.from();
    int to = (int) parameter.to();
    return Arrays.equals(initial, from, to, parameters, from, to);
  }

  boolean isFinite() {
    return Double.isFinite(loss)
        && IntStream.range(0, parameters.length).allMatch(i -> Float.isFinite(parameters[i]));
  }

  boolean isSameAs(ProbeTrace other) {
    return Double.doubleToRawLongBits(loss) == Double.doubleToRawLongBits(other.loss)
        && Arrays.equals(parameters, other.parameters)
        && Arrays.equals(updaterState, other.updaterState)
        && Arrays.equals(output, other.output);
  }

  /** Of all of it, the first 64 bits of SHA-256. */
  String hash() {
    ByteBuffer bits =
        ByteBuffer.allocate(
            Double.BYTES + Float.BYTES * (parameters.length + updaterState.length + output.length));
    bits.putDouble(loss);
    for (float[] values : List.of(parameters, updaterState, output)) {
      for (float value : values) {
        bits.putFloat(value);
      }
    }
    return NetworkTemplate.shortHash(bits.array());
  }

  /** In words, what is not the same. */
  List<String> differences(ProbeTrace other, ParameterLayout layout) {
    List<String> differences = new ArrayList<>();
    for (Parameter parameter : layout.parameters()) {
      int from = (int) parameter.from();
      int to = (int) parameter.to();
      if (!Arrays.equals(parameters, from, to, other.parameters, from, to)) {
        differences.add(parameter.label());
      }
    }
    if (!Arrays.equals(updaterState, other.updaterState)) {
      differences.add("the updater's state");
    }
    if (loss != other.loss) {
      differences.add("the training loss");
    }
    if (!Arrays.equals(output, other.output)) {
      differences.add("the output");
    }
    return differences;
  }
}
