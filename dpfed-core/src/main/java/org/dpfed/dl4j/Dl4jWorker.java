package org.dpfed.dl4j;

import java.util.concurrent.CancellationException;
import org.dpfed.federated.ClientTrainer;
import org.dpfed.federated.ClientUpdate;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;

/**
 * Trains one client after another on one network. Gives a client up before its next step when its
 * thread is interrupted, as a run does with a client that takes too long.
 */
final class Dl4jWorker implements ClientTrainer.Worker {
  private final LocalNetwork network;
  private final LocalTraining local;
  private @Nullable INDArray lastDelta;

  Dl4jWorker(LocalNetwork network, LocalTraining local) {
    this.network = network;
    this.local = local;
  }

  LocalNetwork network() {
    return network;
  }

  @Override
  public ClientUpdate train(INDArray globalParameters, DataSet examples, long seed) {
    return train(globalParameters, examples, 0, seed);
  }

  @Override
  public ClientUpdate train(INDArray globalParameters, DataSet examples, int round, long seed) {
    closeLastDelta();
    Batches batches = personalise(globalParameters, examples, round, seed);
    double meanLoss = train(batches, local.epochs(), local.maxSteps());
    INDArray delta = network.deltaFrom(globalParameters);
    lastDelta = delta;
    return new ClientUpdate(delta, meanLoss);
  }

  /**
   * Puts the network at the global parameters and trains the personal ones, where there are any, on
   * the client's examples.
   *
   * @return the examples, for the steps on the shared parameters
   */
  Batches personalise(INDArray globalParameters, DataSet examples, int round, long seed) {
    network.reset(globalParameters, local.learningRate().factor(round), seed);
    Batches batches =
        new Batches(examples, local.batchSize(), local.maxExamples(), seed, local.augmentation());
    if (local.personalSteps() > 0) {
      network.trainPersonal();
      train(batches, Integer.MAX_VALUE, local.personalSteps());
      network.trainShared();
    }
    return batches;
  }

  /** Takes steps until one of the two is reached; returns their mean loss. */
  private double train(Batches batches, int epochs, int maxSteps) {
    double lossTotal = 0;
    int steps = 0;
    for (int epoch = 0; epoch < epochs && steps < maxSteps; epoch++) {
      for (Batches.Batch batch : batches.nextEpoch()) {
        if (steps == maxSteps) {
          break;
        }
        if (Thread.currentThread().isInterrupted()) {
          throw new CancellationException("the client's thread was interrupted");
        }
        lossTotal += network.step(batch);
        steps++;
      }
      network.endEpoch();
    }
    return lossTotal / steps;
  }

  private void closeLastDelta() {
    if (lastDelta != null) {
      lastDelta.close();
      lastDelta = null;
    }
  }

  @Override
  public void close() {
    closeLastDelta();
    network.close();
  }
}
