package org.dpfed.dl4j;

import java.util.OptionalDouble;
import org.dpfed.federated.ModelEvaluation;
import org.dpfed.federated.ModelEvaluator;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.evaluation.classification.ROC;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;

/**
 * Loss, accuracy and, for one or two output columns, the area under the ROC curve, by DL4J's own
 * evaluation classes on held-out data.
 */
public final class Dl4jEvaluator implements ModelEvaluator, AutoCloseable {
  /** Examples per forward pass: enough to keep the matrix products large, small beside a model. */
  private static final int BATCH = 512;

  private final LocalNetwork network;
  private final DataSet heldOut;

  /**
   * @param template the network that is trained
   * @param heldOut classification examples, at least one; kept, not changed
   */
  public Dl4jEvaluator(NetworkTemplate template, DataSet heldOut) {
    if (heldOut.numExamples() < 1) {
      throw new IllegalArgumentException("held-out data must have at least 1 example, had 0");
    }
    this.network = template.localNetwork(LayerImplementation.automatic());
    this.heldOut = heldOut;
  }

  @Override
  public ModelEvaluation evaluate(INDArray parameters) {
    network.setParameters(parameters);
    boolean binary = heldOut.getLabels().size(1) <= 2;
    Evaluation evaluation = new Evaluation();
    ROC roc = new ROC();
    double lossTotal = 0;
    for (DataSet batch : heldOut.batchBy(BATCH)) {
      INDArray output = network.output(batch);
      evaluation.eval(batch.getLabels(), output, batch.getLabelsMaskArray());
      if (binary) {
        roc.eval(batch.getLabels(), output, batch.getLabelsMaskArray());
      }
      lossTotal += network.loss(batch) * batch.numExamples();
    }
    return new ModelEvaluation(
        heldOut.numExamples(),
        lossTotal / heldOut.numExamples(),
        evaluation.accuracy(),
        binary ? OptionalDouble.of(roc.calculateAUC()) : OptionalDouble.empty());
  }

  /** Frees the network. */
  @Override
  public void close() {
    network.close();
  }
}
