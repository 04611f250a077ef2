package org.dpfed.dl4j.internal;

import java.util.SplittableRandom;

/** The generator that a network's steps draw from, begun anew for each client. */
final class StepRandom {
  private SplittableRandom random = new SplittableRandom(0);

  /** Begins the stream of a seed; another one than that of the order of the client's batches. */
  void begin(long seed) {
    random = new SplittableRandom(seed).split();
  }

  SplittableRandom random() {
    return random;
  }
}
