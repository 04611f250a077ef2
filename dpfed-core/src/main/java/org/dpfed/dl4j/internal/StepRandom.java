package org.dpfed.dl4j.internal;

import java.util.SplittableRandom;

/** The generator that a network's steps draw from, begun anew for each client. */
final class StepRandom {
  private SplittableRandom random = new SplittableRandom(0);

  /**
   * Begins the stream of a seed. It is another one than those of the order of the client's batches,
   * which is the seed's own, and of their augmentation, which is the first that splits off it.
   */
  void begin(long seed) {
    SplittableRandom ofBatches = new SplittableRandom(seed);
    ofBatches.split();
    random = ofBatches.split();
  }

  SplittableRandom random() {
    return random;
  }
}
