package org.dpfed.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.dpfed.federated.ClientTrainer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Trains a DL4J network on each client with the configuration's own updater: a few epochs of
 * mini-batches from the global parameters, in a new random order for each client and epoch.
 *
 * <p>Of a network with personal layers a client first trains these, and then the shared ones, of
 * which alone it returns the delta ({@link NetworkTemplate#withPersonal}).
 *
 * <p>Before the first worker is created, the network is checked on synthetic examples: a client's
 * update must be identical to the bit whichever client was trained before it.
 */
public final class Dl4jClientTrainer implements ClientTrainer {
  private final NetworkTemplate template;
  private final LocalTraining local;
  private final LayerImplementation layers;
  private final @Nullable DataSet probe;
  private boolean checked;
  private @Nullable List<String> notes;

  /**
   * A trainer with the fastest layers that can be used here.
   *
   * @param template the network
   * @param local how much each client trains
   * @throws IllegalArgumentException when the network has personal layers and {@code local} no
   *     steps for them, or the other way round
   */
  public Dl4jClientTrainer(NetworkTemplate template, LocalTraining local) {
    this(template, local, LayerImplementation.automatic());
  }

  /**
   * A trainer with the layers named.
   *
   * @param template the network
   * @param local how much each client trains
   * @param layers what computes the network's layers
   * @throws IllegalArgumentException as the other
   */
  public Dl4jClientTrainer(
      NetworkTemplate template, LocalTraining local, LayerImplementation layers) {
    this(template, local, layers, null);
  }

  private Dl4jClientTrainer(
      NetworkTemplate template,
      LocalTraining local,
      LayerImplementation layers,
      @Nullable DataSet probe) {
    template.requireFit(local);
    this.template = template;
    this.local = local;
    this.layers = layers;
    this.probe = probe;
  }

  /**
   * The same, checked on these examples instead of synthetic ones, for networks whose configuration
   * does not say what examples they take. A refusal may show what was made of them, so they must
   * not be clients' data.
   *
   * @param examples at least 2, with labels, of the form that clients' examples have; kept, not
   *     changed
   */
  public Dl4jClientTrainer withProbe(DataSet examples) {
    if (examples.numExamples() < 2) {
      throw new IllegalArgumentException(
          "a probe must have at least 2 examples, had " + examples.numExamples());
    }
    return new Dl4jClientTrainer(template, local, layers, examples);
  }

  @Override
  public long dimension() {
    return template.dimension();
  }

  @Override
  public int[] layerSizes() {
    return template.layerSizes();
  }

  @Override
  public INDArray initialParameters() {
    return template.initialParameters();
  }

  @Override
  public String identity() {
    return "%s, %s".formatted(template.identity(), local);
  }

  /** Of a few steps on the examples that {@link #check} makes or was given. */
  @Override
  public String arithmetic() {
    return NetworkGuard.trace(template, layers, local, probe).hash();
  }

  /**
   * Checks that one client cannot reach another's update: trains synthetic clients on the network
   * and compares.
   *
   * @throws IllegalArgumentException when it can, or when the learning rates cannot follow the
   *     schedule by round; the message says what to change
   */
  @Override
  public void check(int rounds) {
    local.learningRate().check(rounds);
    checkNetwork();
  }

  private synchronized void checkNetwork() {
    if (checked) {
      return;
    }
    if (!local.learningRate().isConstant()) {
      requireRates();
    }
    if (probe == null) {
      NetworkGuard.check(template, layers, local);
    } else {
      NetworkGuard.check(template, layers, local, probe);
    }
    checked = true;
  }

  private void requireRates() {
    try (LocalNetwork network = template.localNetwork(layers)) {
      network
          .rateObstacle()
          .ifPresent(
              obstacle -> {
                throw new IllegalArgumentException(
                    "%s, so the schedule by round has no effect on it; choose another updater or no schedule"
                        .formatted(obstacle));
              });
    }
  }

  @Override
  public List<String> assumptions() {
    return template.isPretrained()
        ? List.of(
            "the network that training starts from was not trained on these clients: what it knows"
                + " of them is not counted")
        : List.of();
  }

  @Override
  public synchronized List<String> notes() {
    if (notes == null) {
      List<String> all = new ArrayList<>(template.notes());
      try (LocalNetwork network = template.localNetwork(layers)) {
        network
            .stepObstacle()
            .ifPresent(
                reason -> all.add("Deeplearning4j computes the training steps, slowly: " + reason));
      }
      notes = List.copyOf(all);
    }
    return notes;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException as {@link #check}, at the first call where no run has checked
   */
  @Override
  public ClientTrainer.Worker newWorker() {
    checkNetwork();
    return new Dl4jWorker(template.localNetwork(layers), local);
  }
}
