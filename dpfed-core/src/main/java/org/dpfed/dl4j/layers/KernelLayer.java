package org.dpfed.dl4j.layers;

import org.deeplearning4j.nn.api.Layer;

/** A layer configuration that brings its own arithmetic for fast training steps. */
public interface KernelLayer {
  /**
   * The arithmetic of a layer of this configuration on images {@code [c, h, w, n]}, without its
   * dropout. It gives the same numbers as the layer, up to rounding.
   *
   * @param layer where the parameters are, and where their gradient goes; both vectors may be
   *     exchanged between steps
   */
  LayerKernel kernel(Layer layer);
}
