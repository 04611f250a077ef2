package org.dpfed.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.DataSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks on the user's own network that a client's update depends only on that client. It trains a
 * client B on a fresh network, and again after another client A, on two threads with one network
 * each. Parameters, updater state, loss and output must be identical to the bit, and parameters
 * that training cannot change must be unchanged.
 *
 * <p>All clients are synthetic. The check is a test, not a proof: it does not detect state that
 * takes more steps to show, or a race between threads that does not occur during the check.
 */
final class NetworkGuard {
  private static final Logger LOG = LoggerFactory.getLogger(NetworkGuard.class);

  private static final int MAX_BATCH = 16;
  private static final int MAX_EPOCHS = 2;
  private static final int MAX_PERSONAL_STEPS = 3;

  /** Numbers in one batch at most, so that the check is fast where examples are large. */
  private static final long MAX_NUMBERS = 1 << 18;

  private static final double[] SPREADS = {1, 0.1, 0.01};
  private static final String GIVE_SOME =
      "give it examples, none of them a client's, by Dl4jClientTrainer.withProbe";

  private final ProbeTraining training;
  private final int batchSize;

  private NetworkGuard(ProbeTraining training, int batchSize) {
    this.training = training;
    this.batchSize = batchSize;
  }

  /**
   * Checks a network on synthetic examples.
   *
   * @param local how clients are trained; longer training is cut to a few steps
   * @throws IllegalArgumentException when the network fails; the message says what differed
   */
  static void check(NetworkTemplate template, LayerImplementation layers, LocalTraining local) {
    ProbeExamples examples = examples(template, layers);
    LocalTraining cut = cut(local, examples);
    new NetworkGuard(new ProbeTraining(template, layers, cut), cut.batchSize()).check(examples);
  }

  /**
   * A few steps on a fresh network, as {@link #check} does them.
   *
   * @param given examples, no client's; null for synthetic ones
   */
  static ProbeTrace trace(
      NetworkTemplate template,
      LayerImplementation layers,
      LocalTraining local,
      @Nullable DataSet given) {
    if (given != null) {
      return new ProbeTraining(template, layers, cut(local, MAX_BATCH)).alone(given).alone();
    }
    ProbeExamples examples = examples(template, layers);
    LocalTraining cut = cut(local, examples);
    return new ProbeTraining(template, layers, cut)
        .alone(examples.client(2 * cut.batchSize(), SPREADS[SPREADS.length - 1], false, 1))
        .alone();
  }

  private static ProbeExamples examples(NetworkTemplate template, LayerImplementation layers) {
    try (LocalNetwork network = template.localNetwork(layers)) {
      return ProbeExamples.of(network.model())
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "the network cannot be checked before round 1: its configuration does not say what examples it takes; "
                          + GIVE_SOME));
    }
  }

  private static LocalTraining cut(LocalTraining local, ProbeExamples examples) {
    return cut(local, (int) Math.max(1, MAX_NUMBERS / examples.size()));
  }

  /**
   * Checks a network on given examples.
   *
   * @param given at least two examples, no client's; unchanged
   */
  static void check(
      NetworkTemplate template, LayerImplementation layers, LocalTraining local, DataSet given) {
    int half = given.numExamples() / 2;
    ProbeTraining training = new ProbeTraining(template, layers, cut(local, MAX_BATCH));
    training.compare(
        List.of(training.alone(part(given, 0, half))),
        List.of(part(given, half, given.numExamples())));
  }

  /** Copies of the examples from {@code from} to before {@code to}, of any rank. */
  private static DataSet part(DataSet all, int from, int to) {
    return new DataSet(
        HeldOut.rows(all.getFeatures(), from, to),
        HeldOut.rows(all.getLabels(), from, to),
        HeldOut.rowsOf(all.getFeaturesMaskArray(), from, to),
        HeldOut.rowsOf(all.getLabelsMaskArray(), from, to));
  }

  private static LocalTraining cut(LocalTraining local, int batchSize) {
    return new LocalTraining(
        Math.min(local.epochs(), MAX_EPOCHS),
        Math.min(local.batchSize(), Math.min(batchSize, MAX_BATCH)),
        local.maxExamples(),
        local.maxSteps(),
        local.learningRate(),
        Math.min(local.personalSteps(), MAX_PERSONAL_STEPS),
        local.augmentation());
  }

  private void check(ProbeExamples examples) {
    // Two steps an epoch, the second of half a batch, and one step more for those before.
    int comparedSize = batchSize + (batchSize + 1) / 2;
    int beforeSize = comparedSize + batchSize;
    for (double spread : SPREADS) {
      ProbeTraining.Probe plain = training.alone(examples.client(comparedSize, spread, false, 1));
      if (plain.alone().isFinite()) {
        List<ProbeTraining.Probe> compared = new ArrayList<>(List.of(plain));
        List<DataSet> before = new ArrayList<>();
        before.add(examples.client(beforeSize, 4 * spread, false, 2));
        if (examples.canBeMasked()) {
          try {
            compared.add(training.alone(examples.client(comparedSize, spread, true, 3)));
            before.add(examples.client(beforeSize, 4 * spread, true, 4));
          } catch (ProbeTraining.FailedStepException e) {
            LOG.debug("the network takes no masks and is checked without", e);
          }
        }
        training.compare(compared, before);
        return;
      }
    }
    throw new IllegalArgumentException(
        "the network cannot be checked before round 1: a few steps on random examples give no finite loss; lower the learning rate, or "
            + GIVE_SOME);
  }
}
