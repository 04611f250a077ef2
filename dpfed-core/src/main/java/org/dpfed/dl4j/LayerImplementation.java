package org.dpfed.dl4j;

import java.util.Optional;
import org.dpfed.dl4j.internal.FastLayers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether DL4J's own layers or fast layers compute a network. The results agree to float rounding;
 * only the speed differs.
 */
public enum LayerImplementation {
  /** Deeplearning4j's own layers, on every backend. */
  DL4J,

  /**
   * dpfed's own steps for networks of layers that they know. In other networks its dense,
   * convolution, maximum pooling and softmax output layers, where they know the settings, and
   * DL4J's layers between them. On the CPU.
   */
  FAST;

  private static final Logger LOG = LoggerFactory.getLogger(LayerImplementation.class);

  /** The fastest that can be used here; logs in one line why a faster one was passed over. */
  public static LayerImplementation automatic() {
    Optional<String> obstacle = FastLayers.obstacle();
    obstacle.ifPresent(reason -> LOG.info("layers dl4j; passed over: fast ({})", reason));
    return obstacle.isPresent() ? DL4J : FAST;
  }
}
