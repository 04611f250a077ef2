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
 * training. DL4J gets a copy of the features, since some layers overwrite what they are given.
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
    try (INDArray features = batch.getFeatures().dup()) {
      INDArray outputs = outputs(features, batch);
      return isPartOf(features, outputs) ? outputs.dup() : outputs;
    }
  }

  private INDArray outputs(INDArray features, DataSet batch) {
    INDArray featuresMask = batch.getFeaturesMaskArray();
    INDArray labelsMask = batch.getLabelsMaskArray();
    if (model instanceof MultiLayerNetwork network) {
      INDArray outputs = network.output(features, false, featuresMask, labelsMask);
      // DL4J would apply the masks again to the next batch that has none.
      network.clearLayerMaskArrays();
      return outputs;
    }
    return graph()
        .output(false, new INDArray[] {features}, masks(featuresMask), masks(labelsMask))[0];
  }

  /** Whether closing {@code whole} takes the values of {@code array} with it. */
  private static boolean isPartOf(INDArray whole, INDArray array) {
    long from = whole.data().address();
    long address = array.data().address();
    return address >= from && address < from + whole.length() * whole.dataType().width();
  }

  /** The loss with its regularisation, a mean over the examples of {@code batch}. */
  double meanLoss(DataSet batch) {
    double score;
    try (INDArray features = batch.getFeatures().dup()) {
      DataSet copy =
          new DataSet(
              features,
              batch.getLabels(),
              batch.getFeaturesMaskArray(),
              batch.getLabelsMaskArray());
      score =
          model instanceof MultiLayerNetwork network
              ? network.score(copy, false)
              : graph().score(copy, false);
    }
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
    try (INDArray features = batch.getFeatures().dup()) {
      return activationBytes(features, batch);
    }
  }

  private long activationBytes(INDArray features, DataSet batch) {
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
