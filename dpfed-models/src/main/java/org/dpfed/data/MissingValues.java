package org.dpfed.data;

/** What to do with a CSV record that has a missing value. */
public enum MissingValues {
  /** The file is refused; the message names line and column. */
  REFUSE,
  /**
   * A number becomes the neutral feature of its {@link Scaling} (the middle of its public range), a
   * category becomes none of the categories. A missing label or key still refuses the file.
   */
  NEUTRAL,
  /**
   * The record is left out. Whether it stays depends on that record alone, so the guarantee of
   * everyone else is untouched.
   */
  DROP_ROW
}
