package org.dpfed.federated;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Clients whose delta is a stated function of their number; knows what was left open. */
final class ScriptedTrainer implements ClientTrainer {
  final AtomicInteger openWorkers = new AtomicInteger();
  final List<String> assumptions = new ArrayList<>();
  private final int dimension;
  private final int[] layerSizes;
  private final IntFunction<float[]> deltaOf;

  ScriptedTrainer(int dimension, IntFunction<float[]> deltaOf) {
    this(dimension, deltaOf, dimension);
  }

  ScriptedTrainer(int dimension, IntFunction<float[]> deltaOf, int... layerSizes) {
    this.dimension = dimension;
    this.deltaOf = deltaOf;
    this.layerSizes = layerSizes;
  }

  @Override
  public int[] layerSizes() {
    return layerSizes.clone();
  }

  @Override
  public long dimension() {
    return dimension;
  }

  @Override
  public INDArray initialParameters() {
    return Nd4j.zeros(DataType.FLOAT, dimension);
  }

  @Override
  public List<String> assumptions() {
    return assumptions;
  }

  @Override
  public Worker newWorker() {
    openWorkers.incrementAndGet();
    return new Worker() {
      @Override
      public ClientUpdate train(INDArray globalParameters, DataSet examples, long seed) {
        INDArray delta = Nd4j.createFromArray(deltaOf.apply(NumberedClients.number(examples)));
        return new ClientUpdate(delta, 0.5);
      }

      @Override
      public void close() {
        openWorkers.decrementAndGet();
      }
    };
  }
}
