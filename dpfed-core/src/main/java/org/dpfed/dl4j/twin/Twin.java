package org.dpfed.dl4j.twin;

/** A layer of DL4J whose arithmetic is a {@link Stage}. */
interface Twin {
  Stage stage();

  /** Whether it takes and returns images, and otherwise rows of features. */
  boolean takesImages();
}
