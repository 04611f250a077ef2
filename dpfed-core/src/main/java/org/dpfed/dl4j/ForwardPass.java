package org.dpfed.dl4j;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.BaseOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * A network's outputs and loss, without dropout. Masks of features and of labels are applied as in
 * training.
 *
 * @param model a {@link MultiLayerNetwork} or a {@link ComputationGraph}; its parameters are
 *     unchanged
 */
record ForwardPass(Model model) {
  /**
   * Activations of the output layer.
   *
   * @return a fresh array, owned by the caller
   */
  INDArray outputs(DataSet batch) {
    INDArray featuresMask = batch.getFeaturesMaskArray();
    INDArray labelsMask = batch.getLabelsMaskArray();
    if (model instanceof MultiLayerNetwork network) {
      INDArray outputs = network.output(batch.getFeatures(), false, featuresMask, labelsMask);
      // DL4J would apply the masks again to the next batch that has none.
      network.clearLayerMaskArrays();
      return outputs;
    }
    return graph()
        .output(
            false, new INDArray[] {batch.getFeatures()}, masks(featuresMask), masks(labelsMask))[0];
  }

  /** The loss with its regularisation, a mean over the examples of {@code batch}. */
  double meanLoss(DataSet batch) {
    double score =
        model instanceof MultiLayerNetwork network
            ? network.score(batch, false)
            : graph().score(batch, false);
    Layer output = NetworkOutput.outputLayer(model);
    if (output instanceof BaseOutputLayer<?> && !output.conf().isMiniBatch()) {
      double regularization =
          model instanceof MultiLayerNetwork network
              ? network.calcRegularizationScore(true)
              : graph().calcRegularizationScore(true);
      return (score - regularization) / batch.numExamples() + regularization;
    }
    return score;
  }

  /** The size of all layers' activations for {@code batch}. */
  long activationBytes(DataSet batch) {
    INDArray features = batch.getFeatures();
    INDArray featuresMask = batch.getFeaturesMaskArray();
    INDArray labelsMask = batch.getLabelsMaskArray();
    if (model instanceof MultiLayerNetwork network) {
      return bytes(network.feedForward(features, featuresMask, labelsMask));
    }
    ComputationGraph graph = graph();
    graph.setLayerMaskArrays(masks(featuresMask), masks(labelsMask));
    long bytes = bytes(graph.feedForward(new INDArray[] {features}, false).values());
    graph.clearLayerMaskArrays();
    return bytes;
  }

  private ComputationGraph graph() {
    return (ComputationGraph) model;
  }

  private static long bytes(Collection<INDArray> arrays) {
    return arrays.stream().mapToLong(a -> a.length() * a.dataType().width()).sum();
  }

  private static INDArray @Nullable [] masks(@Nullable INDArray mask) {
    return mask == null ? null : new INDArray[] {mask};
  }
}
