package org.dpfed.data;

import java.util.List;

/** Reads the label column. */
sealed interface CsvLabel {
  /** Name of the column, or its zero-based position. */
  String column();

  /**
   * The label of a record: the index of its class, or a scaled number.
   *
   * @param text stripped, not a missing marker
   */
  float read(String text) throws CellException;

  /** Whether {@code text} is a label, so that it is no name of a column. */
  boolean isLabel(String text);

  /** The labels of all rows, as {@link #read} gave them. */
  Targets targets(float[] labels);

  /**
   * One class of several.
   *
   * @param index finds a class by its values
   */
  record OfClasses(String column, List<LabelClass> classes, ValueIndex index) implements CsvLabel {
    static OfClasses of(String column, List<LabelClass> classes) {
      return new OfClasses(
          column,
          classes,
          new ValueIndex("label values", classes.stream().map(LabelClass::values).toList()));
    }

    @Override
    public float read(String text) throws CellException {
      return index
          .find(text)
          .orElseThrow(
              () ->
                  new CellException(
                      "label belongs to none of the %d classes; state its class or map it to one of them"
                          .formatted(classes.size())));
    }

    @Override
    public boolean isLabel(String text) {
      return index.contains(text);
    }

    @Override
    public Targets targets(float[] labels) {
      int[] indices = new int[labels.length];
      for (int row = 0; row < labels.length; row++) {
        indices[row] = (int) labels[row];
      }
      return new Targets.Classes(indices, classes.stream().map(LabelClass::name).toList());
    }
  }

  /** A number with a public range, to be estimated. */
  record OfNumbers(String column, Scaling.Range scaling) implements CsvLabel {
    @Override
    public float read(String text) throws CellException {
      return CsvFeature.Numeric.scale(text, scaling);
    }

    @Override
    public boolean isLabel(String text) {
      return CellValue.isNumber(text);
    }

    @Override
    public Targets targets(float[] labels) {
      return new Targets.Numbers(labels);
    }
  }
}
