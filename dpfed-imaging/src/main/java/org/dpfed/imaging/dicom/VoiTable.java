package org.dpfed.imaging.dicom;

/**
 * A VOI LUT: a table of the file. Values are rounded to the next whole number; those outside the
 * table get its first or last entry; the largest number of its bits becomes 1.
 */
public final class VoiTable implements Voi {
  private final LookupTable table;

  VoiTable(LookupTable table) {
    this.table = table;
  }

  @Override
  public double apply(double value) {
    return (double) table.at(value) / table.largest();
  }
}
