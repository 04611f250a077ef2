package org.dpfed.kernel.cuda;

/**
 * The number of blocks of a launch: constants on which the host and {@code delta_kernels.cu} must
 * agree.
 */
final class LaunchShape {
  /** Threads in a block, THREADS in the source. */
  static final int THREADS = 256;

  /** Coordinates that a block of {@code perturb} handles at a time, TILE in the source. */
  static final int TILE = THREADS * 8;

  /** The largest second dimension of a grid: rows in one launch of {@code row_squares}. */
  static final int MAX_ROWS = 65_535;

  private static final int MAX_SQUARE_BLOCKS = 4096;

  /** Floats that one thread adds up at least, where there are enough. */
  private static final int SQUARES_PER_THREAD = 16;

  private LaunchShape() {}

  /** Blocks to each row of {@code row_squares}; the same for a length on every device. */
  static int squareBlocks(long length) {
    long wanted = ceilDiv(length, (long) THREADS * SQUARES_PER_THREAD);
    return (int) Math.min(wanted, MAX_SQUARE_BLOCKS);
  }

  /** Blocks of {@code add_scaled}; they take coordinates in turns, so any number is right. */
  static int sumBlocks(long length) {
    return (int) Math.min(ceilDiv(length, THREADS), Integer.MAX_VALUE);
  }

  /** Blocks of {@code perturb}; they take tiles in turns, so any number is right. */
  static int noiseBlocks(long length) {
    return (int) Math.min(ceilDiv(length, TILE), Integer.MAX_VALUE);
  }

  /** The norms from the blocks' sums of squares, added in order. */
  static double[] norms(double[] partial, int rows) {
    int blocks = partial.length / rows;
    double[] norms = new double[rows];
    for (int k = 0; k < rows; k++) {
      double squares = 0;
      for (int block = 0; block < blocks; block++) {
        squares += partial[k * blocks + block];
      }
      norms[k] = Math.sqrt(squares);
    }
    return norms;
  }

  private static long ceilDiv(long a, long b) {
    return (a + b - 1) / b;
  }
}
