package org.dpfed.accounting;

/** Which two populations a guarantee makes indistinguishable. */
public enum NeighbouringRelation {
  /**
   * One client is in one population and absent from the other; the sum moves by at most clipNorm.
   */
  ADD_OR_REMOVE_ONE("add-or-remove-one"),
  /** One client's data is replaced by any other; the sum moves by at most twice clipNorm. */
  REPLACE_ONE("replace-one"),
  /** One client's contribution is replaced by zero; the sum moves by at most clipNorm. */
  ZERO_OUT("zero-out");

  private final String label;

  NeighbouringRelation(String label) {
    this.label = label;
  }

  /** How far one client moves the sum, in clip norms: 2 under replace-one, otherwise 1. */
  public double sensitivity() {
    return this == REPLACE_ONE ? 2 : 1;
  }

  /** The name used in reports and on the command line, such as {@code add-or-remove-one}. */
  public String label() {
    return label;
  }

  /**
   * The relation of that label.
   *
   * @throws IllegalArgumentException when there is none; the message lists the labels
   */
  public static NeighbouringRelation labelled(String label) {
    for (NeighbouringRelation relation : values()) {
      if (relation.label.equals(label)) {
        return relation;
      }
    }
    throw new IllegalArgumentException(
        "relation must be add-or-remove-one, replace-one or zero-out, was '" + label + "'");
  }

  @Override
  public String toString() {
    return label;
  }
}
