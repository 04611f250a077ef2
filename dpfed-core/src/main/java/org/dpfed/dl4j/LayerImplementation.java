package org.dpfed.dl4j;

import java.util.Optional;
import org.dpfed.dl4j.vector.VectorLayers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What computes the layers of a network. The numbers agree to float rounding; the speed does not.
 */
public enum LayerImplementation {
  /** Deeplearning4j's own layers, on every backend. */
  DL4J,

  /**
   * Dense, convolution, maximum pooling and softmax output layers through the Java Vector API, for
   * the settings that are known there; other layers stay DL4J's own. On the CPU, with the module
   * {@code jdk.incubator.vector}.
   */
  VECTOR;

  private static final Logger LOG = LoggerFactory.getLogger(LayerImplementation.class);

  /** The fastest that can be used here; logs in one line why a faster one was passed over. */
  public static LayerImplementation automatic() {
    Optional<String> obstacle = VectorLayers.obstacle();
    obstacle.ifPresent(reason -> LOG.info("layers dl4j; passed over: vector ({})", reason));
    return obstacle.isPresent() ? DL4J : VECTOR;
  }
}
