package org.dpfed.accounting.pld;

/**
 * The range of the lattice on which a composed privacy loss is computed.
 *
 * @param spacing distance of lattice points as a loss, positive
 * @param lowest index of the first point: its loss is this many spacings
 * @param length number of points, a power of two
 */
record LatticeWindow(double spacing, long lowest, int length) {
  LatticeWindow {
    if (!(spacing > 0 && spacing < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("spacing must be positive and finite, was " + spacing);
    }
  }

  /** This window, moved by about this loss. */
  LatticeWindow movedBy(double loss) {
    return new LatticeWindow(spacing, lowest + Math.round(loss / spacing), length);
  }

  /** Index of the first point above the window. */
  double end() {
    return (double) lowest + length;
  }

  /** Length as a loss. */
  double width() {
    return length * spacing;
  }

  /** Where the window's i-th point is found in an array of residues modulo the length. */
  int residue(int i) {
    return (int) Math.floorMod(lowest + i, (long) length);
  }

  /** The loss of the window's i-th point. */
  double loss(int i) {
    return (lowest + i) * spacing;
  }
}
