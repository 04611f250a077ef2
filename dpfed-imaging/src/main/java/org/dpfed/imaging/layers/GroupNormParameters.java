package org.dpfed.imaging.layers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The parameters of a {@link GroupNorm} in a network's flat vector: all γ, then all β. */
final class GroupNormParameters implements ParamInitializer {
  static final GroupNormParameters INSTANCE = new GroupNormParameters();
  static final String GAMMA = "gamma";
  static final String BETA = "beta";

  private static final List<String> NAMES = List.of(GAMMA, BETA);

  private GroupNormParameters() {}

  @Override
  public long numParams(NeuralNetConfiguration conf) {
    return numParams(conf.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    return Math.multiplyExact(2, ((FeedForwardLayer) layer).getNIn());
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    return NAMES;
  }

  @Override
  public List<String> weightKeys(Layer layer) {
    return List.of();
  }

  @Override
  public List<String> biasKeys(Layer layer) {
    return List.of();
  }

  @Override
  public boolean isWeightParam(Layer layer, String key) {
    return false;
  }

  @Override
  public boolean isBiasParam(Layer layer, String key) {
    return false;
  }

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration conf, INDArray parameters, boolean initialize) {
    NAMES.forEach(conf::addVariable);
    if (initialize) {
      gamma(parameters).assign(1);
      beta(parameters).assign(0);
    }
    return views(parameters);
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration conf, INDArray gradients) {
    return views(gradients);
  }

  private static Map<String, INDArray> views(INDArray vector) {
    Map<String, INDArray> views = new LinkedHashMap<>();
    views.put(GAMMA, gamma(vector));
    views.put(BETA, beta(vector));
    return views;
  }

  private static INDArray gamma(INDArray vector) {
    return part(vector, 0, vector.length() / 2);
  }

  private static INDArray beta(INDArray vector) {
    return part(vector, vector.length() / 2, vector.length());
  }

  private static INDArray part(INDArray vector, long from, long to) {
    return vector.reshape(vector.length()).get(NDArrayIndex.interval(from, to));
  }
}
