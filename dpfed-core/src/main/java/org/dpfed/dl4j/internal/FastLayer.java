package org.dpfed.dl4j.internal;

/** A DL4J layer computed by a {@link LayerKernel}. */
interface FastLayer {
  LayerKernel kernel();

  /** Whether it takes and returns images, and otherwise rows of features. */
  boolean takesImages();
}
