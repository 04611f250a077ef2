package org.dpfed.dl4j.internal;

import org.dpfed.dl4j.layers.LayerKernel;

/** A DL4J layer computed by a {@link LayerKernel}. */
interface FastLayer {
  /** The kernel that the layer itself uses, in DL4J's steps. */
  LayerKernel kernel();
}
