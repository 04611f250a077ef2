package org.dpfed.dl4j.twin;

/** A twin that takes and returns images, in either order of their memory. */
interface ImageTwin {
  /** From now on the activations have the examples last, which saves the next twin a transpose. */
  void keepExamplesLast();
}
