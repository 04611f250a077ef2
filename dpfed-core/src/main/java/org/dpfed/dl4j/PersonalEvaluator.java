package org.dpfed.dl4j;

import java.util.Iterator;
import java.util.SplittableRandom;
import java.util.function.ObjIntConsumer;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.federated.NativeThreads;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;

/**
 * Evaluates a network with personal layers on held-out clients, as they would use it: each trains
 * the personal layers on a random half of its examples, as in a round of training, and is judged by
 * the other half (Singhal et al., <i>Federated Reconstruction</i>, NeurIPS 2021).
 *
 * <p>The held-out clients must have taken no part in training. Nothing of them is noised: no
 * guarantee covers them.
 */
public final class PersonalEvaluator implements AutoCloseable {
  private static final int LEAST_EXAMPLES = 2;

  private final FederatedDataset heldOut;
  private final long seed;
  private final Dl4jWorker worker;
  private final int clients;
  private final int leftOut;
  private final Judge judge;

  /**
   * An evaluator for this network and these clients.
   *
   * @param template the network that is trained, with personal layers
   * @param local how much each client trains
   * @param heldOut clients that take no part in training; one of a single example is left out and
   *     counted, one of none is ignored
   * @param seed of the halves, and of all that is random in training
   * @throws IllegalArgumentException when the network has no personal layers, no client has two
   *     examples, or the data do not fit the network
   */
  public PersonalEvaluator(
      NetworkTemplate template, LocalTraining local, FederatedDataset heldOut, long seed) {
    template.requireFit(local);
    if (template.personalLayers().isEmpty()) {
      throw new IllegalArgumentException(
          "a personal evaluation needs a network with personal layers, had none; name some by NetworkTemplate.withPersonal");
    }
    this.heldOut = heldOut;
    this.seed = seed;
    this.clients = count(LEAST_EXAMPLES, Integer.MAX_VALUE);
    this.leftOut = count(1, LEAST_EXAMPLES - 1);
    if (clients == 0) {
      throw new IllegalArgumentException(
          "a personal evaluation needs a held-out client with at least %d examples, half to train personal layers on and half to judge them by; all %d held-out clients have fewer. Hold out clients with more examples"
              .formatted(LEAST_EXAMPLES, leftOut));
    }
    LocalNetwork network = template.localNetwork(LayerImplementation.automatic());
    this.worker = new Dl4jWorker(network, local);
    boolean fits = false;
    try {
      this.judge = judge(network);
      forEachClient((examples, id) -> judge.requireFit(new HeldOut(examples)));
      fits = true;
    } finally {
      if (!fits) {
        worker.close();
      }
    }
  }

  private int count(int least, int most) {
    int count = 0;
    for (int id = 0; id < heldOut.population(); id++) {
      int examples = heldOut.examples(id);
      count += examples >= least && examples <= most ? 1 : 0;
    }
    return count;
  }

  /** By the form of the first client's examples. */
  private Judge judge(LocalNetwork network) {
    for (int id = 0; ; id++) {
      if (heldOut.examples(id) >= LEAST_EXAMPLES) {
        DataSet examples = heldOut.client(id);
        try {
          return new Judge(network.model(), new HeldOut(examples), new Overlap(true));
        } finally {
          heldOut.release(examples);
        }
      }
    }
  }

  private void forEachClient(ObjIntConsumer<DataSet> action) {
    for (int id = 0; id < heldOut.population(); id++) {
      if (heldOut.examples(id) >= LEAST_EXAMPLES) {
        DataSet examples = heldOut.client(id);
        try {
          action.accept(examples, id);
        } finally {
          heldOut.release(examples);
        }
      }
    }
  }

  /**
   * Evaluates the model with these parameters. The same arguments give the same result.
   *
   * @param parameters the shared ones, shape {@code [d]}; unchanged
   * @param round from 0, whose learning rates clients train with, where they have a schedule
   */
  public PersonalEvaluation evaluate(INDArray parameters, int round) {
    Judge.Count global = judge.new Count(true);
    Judge.Count personal = judge.new Count(true);
    // As in a run: the last bits of a step depend on the number of threads.
    try (NativeThreads restored = NativeThreads.onePerOperation()) {
      forEachClient(
          (examples, id) -> {
            SplittableRandom random = new SplittableRandom(seed + id);
            Iterator<Batches.Batch> halves = halves(examples, random.nextLong());
            Batches.Batch trained = halves.next();
            Batches.Batch judged = halves.next();
            long trainingSeed = random.nextLong();
            judged.with(
                half -> {
                  worker.network().reset(parameters, 1, 0);
                  global.add(new HeldOut(half));
                  trained.with(other -> worker.personalise(parameters, other, round, trainingSeed));
                  personal.add(new HeldOut(half));
                });
          });
    }
    return new PersonalEvaluation(clients, leftOut, personal.evaluation(), global.evaluation());
  }

  /** Two batches of a random order, the first at most one example larger. */
  private static Iterator<Batches.Batch> halves(DataSet examples, long seed) {
    int first = (examples.numExamples() + 1) / 2;
    return new Batches(examples, first, Integer.MAX_VALUE, seed).nextEpoch().iterator();
  }

  /** Frees the network. */
  @Override
  public void close() {
    worker.close();
  }
}
