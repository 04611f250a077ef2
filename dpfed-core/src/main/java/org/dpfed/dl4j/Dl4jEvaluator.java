package org.dpfed.dl4j;

import java.util.Optional;
import org.dpfed.federated.ModelEvaluation;
import org.dpfed.federated.ModelEvaluator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;

/**
 * Loss and metrics on held-out data, for each label that the masks let through: an example, a time
 * step or a pixel. The output layer decides which.
 *
 * <ul>
 *   <li>Cross-entropy over classes, or any loss after softmax: accuracy; for two classes the area
 *       under the ROC curve. Labels are one-hot, or numbers of classes for sparse cross-entropy.
 *       For pixels ({@code CnnLossLayer}, {@code Cnn3DLossLayer}) before these {@code dice} and
 *       {@code iou}, the Dice coefficient and the intersection over union, each a mean over the
 *       classes that truth or prediction has; after these those of each class.
 *   <li>Binary cross-entropy, or any other loss after a sigmoid: accuracy at 0.5 and area under the
 *       ROC curve of each output. Labels are 0 or 1.
 *   <li>Squared, absolute, percentage, logarithmic and Poisson errors: {@code mse}, {@code mae} and
 *       {@code r2}, the coefficient of determination, as means over the outputs.
 * </ul>
 *
 * The loss is the network's own, a mean over the examples, as DL4J's {@code score} gives it for the
 * whole data set: with DL4J's loss functions a sum over the time steps or pixels of each. A metric
 * that is not defined is absent, with the reason. Personal layers have their initial values; {@link
 * PersonalEvaluator} evaluates what clients make of them.
 */
public final class Dl4jEvaluator implements ModelEvaluator, AutoCloseable {
  private final LocalNetwork network;
  private final HeldOut heldOut;
  private final Judge judge;

  /**
   * An evaluator for this network and these data.
   *
   * @param template the network that is trained
   * @param heldOut at least one example with labels; kept, not changed
   * @throws IllegalArgumentException when the network's output layer is of another kind, or the
   *     data do not fit it; a {@link ModelEvaluator} of your own is then the way to evaluate
   */
  public Dl4jEvaluator(NetworkTemplate template, DataSet heldOut) {
    this(template, heldOut, new Overlap(true));
  }

  /**
   * As the constructor, for segmentation whose class 0 is the background: the means {@code dice}
   * and {@code iou} leave it out.
   *
   * @param template the network that is trained
   * @param heldOut at least one example with labels; kept, not changed
   * @return an evaluator
   */
  public static Dl4jEvaluator withoutBackground(NetworkTemplate template, DataSet heldOut) {
    return new Dl4jEvaluator(template, heldOut, new Overlap(false));
  }

  private Dl4jEvaluator(NetworkTemplate template, DataSet heldOut, Overlap overlap) {
    this.heldOut = new HeldOut(heldOut);
    this.network = template.localNetwork(LayerImplementation.automatic());
    boolean fits = false;
    try {
      this.judge = new Judge(network.model(), this.heldOut, overlap);
      judge.requireFit(this.heldOut);
      fits = true;
    } finally {
      if (!fits) {
        network.close();
      }
    }
  }

  @Override
  public ModelEvaluation evaluate(INDArray parameters) {
    network.setParameters(parameters);
    return judge.new Count(true).add(heldOut).evaluation();
  }

  /**
   * As {@link #evaluate(INDArray)}, on some of the held-out examples, such as those of one site.
   *
   * @param parameters shape {@code [d]}; unchanged
   * @param rows numbers of the examples, at least one; unchanged
   * @return the same metrics; those that are not defined for these examples are absent
   */
  public ModelEvaluation evaluate(INDArray parameters, int[] rows) {
    network.setParameters(parameters);
    try (HeldOut.Batch some = heldOut.select(rows)) {
      return judge.new Count(true).add(new HeldOut(some.data())).evaluation();
    }
  }

  /**
   * What the model with these parameters predicts beside what is true.
   *
   * @param parameters shape {@code [d]}; unchanged
   * @return empty for regression, for several labels in a row, and where an output is not finite
   */
  public Optional<PredictionSummary> predictions(INDArray parameters) {
    network.setParameters(parameters);
    return judge.new Count(false).add(heldOut).predictions();
  }

  /** Frees the network. */
  @Override
  public void close() {
    network.close();
  }
}
