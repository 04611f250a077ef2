package org.dpfed.dl4j;

import org.dpfed.federated.ClientTrainer;
import org.dpfed.federated.ClientUpdate;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;

/**
 * Clients that train a DL4J network with the configuration's own updater: a few epochs of
 * mini-batches from the global parameters, in an order drawn anew for each client and epoch.
 */
public final class Dl4jClientTrainer implements ClientTrainer {
  private final NetworkTemplate template;
  private final LocalTraining local;
  private final LayerImplementation layers;

  /**
   * A trainer with the fastest layers that can be used here.
   *
   * @param template the network
   * @param local how much each client trains
   */
  public Dl4jClientTrainer(NetworkTemplate template, LocalTraining local) {
    this(template, local, LayerImplementation.automatic());
  }

  /**
   * @param template the network
   * @param local how much each client trains
   * @param layers what computes the network's layers
   */
  public Dl4jClientTrainer(
      NetworkTemplate template, LocalTraining local, LayerImplementation layers) {
    this.template = template;
    this.local = local;
    this.layers = layers;
  }

  @Override
  public long dimension() {
    return template.dimension();
  }

  @Override
  public INDArray initialParameters() {
    return template.initialParameters();
  }

  @Override
  public ClientTrainer.Worker newWorker() {
    return new Worker(template.localNetwork(layers), local);
  }

  private static final class Worker implements ClientTrainer.Worker {
    private final LocalNetwork network;
    private final LocalTraining local;
    private @Nullable INDArray lastDelta;

    Worker(LocalNetwork network, LocalTraining local) {
      this.network = network;
      this.local = local;
    }

    @Override
    public ClientUpdate train(INDArray globalParameters, DataSet examples, long seed) {
      closeLastDelta();
      network.reset(globalParameters, seed);
      Batches batches = new Batches(examples, local.batchSize(), seed);
      double lossTotal = 0;
      int steps = 0;
      for (int epoch = 0; epoch < local.epochs(); epoch++) {
        for (Batches.Batch batch : batches.nextEpoch()) {
          lossTotal += network.step(batch);
          steps++;
        }
        network.endEpoch();
      }
      INDArray delta = network.deltaFrom(globalParameters);
      lastDelta = delta;
      return new ClientUpdate(delta, lossTotal / steps);
    }

    private void closeLastDelta() {
      if (lastDelta != null) {
        lastDelta.close();
      }
    }

    @Override
    public void close() {
      closeLastDelta();
      network.close();
    }
  }
}
