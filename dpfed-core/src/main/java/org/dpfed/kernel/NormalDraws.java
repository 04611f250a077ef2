package org.dpfed.kernel;

/** A stream of independent draws from the standard normal distribution, in double, on the host. */
public interface NormalDraws {
  /** Draws in one chunk. */
  int CHUNK = 1024;

  /**
   * Writes the next chunk.
   *
   * @param draws at least {@link #CHUNK} long; that many are overwritten
   */
  void nextChunk(double[] draws);
}
