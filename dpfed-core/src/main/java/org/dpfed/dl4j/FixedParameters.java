package org.dpfed.dl4j;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.FrozenVertex;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * Parameters that local training cannot change, whatever the data: frozen parameters, those that
 * backpropagation does not reach, and those with a learning rate of 0 throughout. They get neither
 * a delta nor noise.
 *
 * <p>The configuration determines the answer. {@link NetworkGuard} checks it: a parameter that is
 * fixed according to this class but changes in training is an error.
 */
final class FixedParameters {
  /** DL4J stops going back at the last frozen layer of a list; these are before it. */
  private final Set<Trainable> unreached = Collections.newSetFromMap(new IdentityHashMap<>());

  FixedParameters(Model model) {
    if (model instanceof MultiLayerNetwork network) {
      List<Layer> passed = new ArrayList<>();
      for (Layer layer : network.getLayers()) {
        passed.add(layer);
        if (layer instanceof FrozenLayer) {
          unreached.addAll(passed);
        }
      }
    }
  }

  /** Whether no step can move it. */
  boolean contains(Parameter parameter) {
    Trainable owner = parameter.owner();
    boolean frozen = isFrozen(owner);
    if (!frozen && isConstrained(owner, parameter.name())) {
      return false;
    }
    if (owner.getConfig().isPretrainParam(parameter.name())) {
      return true;
    }
    boolean hasNoRate = isZeroThroughout(owner.getConfig().getUpdaterByParam(parameter.name()));
    boolean hasNoGradient = frozen || unreached.contains(owner);
    List<Regularization> regularizations =
        owner.getConfig().getRegularizationByParam(parameter.name());
    boolean isPulled =
        regularizations != null
            && regularizations.stream().anyMatch(each -> !hasNoRate || actsWithoutRate(each));
    return (hasNoRate || hasNoGradient) && !isPulled;
  }

  /**
   * Replaces updaters whose rate is 0 by one that does not move: Adam, AdaMax and AMSGrad take
   * their epsilon for a rate of 0.
   *
   * @param configuration of a network; changed in place
   */
  static void makeExact(Serializable configuration) {
    for (BaseLayer layer : ConfigurationCopy.parts(configuration, BaseLayer.class)) {
      if (layer.getIUpdater() != null && isZeroThroughout(layer.getIUpdater())) {
        layer.setIUpdater(new Sgd(0));
      }
      if (layer.getBiasUpdater() != null && isZeroThroughout(layer.getBiasUpdater())) {
        layer.setBiasUpdater(new Sgd(0));
      }
    }
  }

  /**
   * Whether DL4J adds something else than a gradient to it, by its own mark for that: so the
   * running mean of batch normalisation and the centres of centre loss.
   */
  static boolean isStatistic(Parameter parameter) {
    return parameter.owner().getConfig().getUpdaterByParam(parameter.name()) instanceof NoOp;
  }

  private static boolean actsWithoutRate(Regularization regularization) {
    boolean usesRate = regularization instanceof WeightDecay decay && decay.isApplyLR();
    return regularization.applyStep() == Regularization.ApplyStep.POST_UPDATER && !usesRate;
  }

  private static boolean isFrozen(Trainable owner) {
    if (owner instanceof FrozenVertex) {
      return true;
    }
    for (Layer layer = layer(owner); layer != null; layer = inside(layer)) {
      if (layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop) {
        return true;
      }
    }
    return false;
  }

  /** The layer that an owner of parameters is or holds; null of other vertices. */
  static @Nullable Layer layer(Trainable owner) {
    return owner instanceof GraphVertex vertex
        ? vertex.getLayer()
        : owner instanceof Layer layer ? layer : null;
  }

  private static @Nullable Layer inside(Layer layer) {
    return layer instanceof BaseWrapperLayer wrapper ? wrapper.getUnderlying() : null;
  }

  /** A constraint moves a parameter after each step, whatever its learning rate. */
  private static boolean isConstrained(Trainable owner, String name) {
    Layer layer = layer(owner);
    if (layer == null) {
      return false;
    }
    org.deeplearning4j.nn.conf.layers.Layer configuration = layer.conf().getLayer();
    if (configuration instanceof Bidirectional both) {
      // Its keys are those of the two directions behind one letter.
      return constrains(both.getFwd().getConstraints(), name.substring(1))
          || constrains(both.getBwd().getConstraints(), name.substring(1));
    }
    return constrains(configuration.getConstraints(), name);
  }

  private static boolean constrains(@Nullable List<LayerConstraint> constraints, String name) {
    return constraints != null
        && constraints.stream()
            .anyMatch(each -> each.getParams() == null || each.getParams().contains(name));
  }

  /** True only of ND4J's own updaters, whose step is known to be a multiple of the rate. */
  private static boolean isZeroThroughout(IUpdater updater) {
    if (updater.getClass().getPackage() != Sgd.class.getPackage() || !updater.hasLearningRate()) {
      return false;
    }
    // Steps and epochs that a client can come to; a schedule that is 0 at all of these and not
    // between them still moves nothing, since a reset puts fixed parameters back.
    return counts()
        .allMatch(step -> counts().allMatch(epoch -> updater.getLearningRate(step, epoch) == 0));
  }

  private static IntStream counts() {
    return IntStream.concat(
        IntStream.range(0, 100), IntStream.range(7, 31).map(power -> 1 << power));
  }
}
