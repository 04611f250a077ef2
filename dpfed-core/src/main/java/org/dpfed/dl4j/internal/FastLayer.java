package org.dpfed.dl4j.internal;

/** A layer of DL4J whose arithmetic is a {@link LayerKernel}. */
interface FastLayer {
  LayerKernel kernel();

  /** Whether it takes and returns images, and otherwise rows of features. */
  boolean takesImages();
}
