package org.dpfed.dl4j;

import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossFMeasure;
import org.nd4j.linalg.lossfunctions.impl.LossKLD;
import org.nd4j.linalg.lossfunctions.impl.LossL1;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMAPE;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSLE;
import org.nd4j.linalg.lossfunctions.impl.LossPoisson;
import org.nd4j.linalg.lossfunctions.impl.LossSparseMCXENT;

/** The meaning of a network's outputs: which labels match them, and which metrics evaluate them. */
enum Task {
  /** One of several classes; the labels are one-hot. */
  CLASSES("one-hot (a single 1, otherwise 0) and not masked in part") {
    @Override
    boolean fits(Labels labels, int row, int outputs) {
      int ones = 0;
      for (int i = row * outputs; i < (row + 1) * outputs; i++) {
        if (labels.values()[i] == 1) {
          ones++;
        } else if (labels.values()[i] != 0) {
          return false;
        }
      }
      return ones == 1 && outputs > 1 && labels.isScored(row);
    }

    @Override
    Tally tally(int outputs, Optional<Overlap> overlap) {
      return new Tally.OfClasses(outputs, overlap);
    }
  },

  /** One of several classes; the labels are their numbers. */
  CLASS_NUMBERS("numbers of classes, counted from 0") {
    @Override
    boolean fits(Labels labels, int row, int outputs) {
      float label = labels.values()[row];
      return label >= 0 && label < outputs && label == Math.rint(label);
    }

    @Override
    Tally tally(int outputs, Optional<Overlap> overlap) {
      return new Tally.OfClasses(outputs, overlap);
    }
  },

  /** The probability of yes, for each of one or more questions. */
  YES_OR_NO("0 or 1") {
    @Override
    boolean fits(Labels labels, int row, int outputs) {
      return everyScored(labels, row, label -> label == 0 || label == 1);
    }

    @Override
    Tally tally(int outputs, Optional<Overlap> overlap) {
      return new Tally.OfYesOrNo(outputs);
    }
  },

  /** Numbers: regression. */
  NUMBERS("finite numbers") {
    @Override
    boolean fits(Labels labels, int row, int outputs) {
      return everyScored(labels, row, Float::isFinite);
    }

    @Override
    Tally tally(int outputs, Optional<Overlap> overlap) {
      return new Tally.OfNumbers(outputs);
    }
  };

  private final String labelsInWords;

  Task(String labelsInWords) {
    this.labelsInWords = labelsInWords;
  }

  /** What labels must be. */
  String labelsInWords() {
    return labelsInWords;
  }

  /** Whether the labels of {@code row} can be judged against this many outputs. */
  abstract boolean fits(Labels labels, int row, int outputs);

  /**
   * Counts from zero, for this many outputs in a row.
   *
   * @param overlap how pixels of classes are judged; empty where rows are no pixels
   */
  abstract Tally tally(int outputs, Optional<Overlap> overlap);

  /**
   * The task of an output layer, by its loss function; where that says nothing, by its activation.
   *
   * @throws IllegalArgumentException when neither tells
   */
  static Task of(BaseLayer layer, ILossFunction loss) {
    IActivation activation = layer.getActivationFn();
    if (loss instanceof LossSparseMCXENT) {
      return CLASS_NUMBERS;
    }
    if (loss instanceof LossMCXENT
        || loss instanceof LossKLD
        || (activation instanceof ActivationSoftmax && !(loss instanceof LossFMeasure))) {
      return CLASSES;
    }
    if (loss instanceof LossBinaryXENT) {
      return YES_OR_NO;
    }
    if (loss instanceof LossL2
        || loss instanceof LossL1
        || loss instanceof LossMAPE
        || loss instanceof LossMSLE
        || loss instanceof LossPoisson) {
      return NUMBERS;
    }
    if (activation instanceof ActivationSigmoid && !(loss instanceof LossFMeasure)) {
      return YES_OR_NO;
    }
    throw new IllegalArgumentException(
        "layer '%s' with %s and %s does not tell how its outputs are judged; write a ModelEvaluator"
            .formatted(
                layer.getLayerName(),
                loss.getClass().getSimpleName(),
                activation.getClass().getSimpleName()));
  }

  private static boolean everyScored(Labels labels, int row, FloatCondition condition) {
    for (int i = row * labels.width(); i < (row + 1) * labels.width(); i++) {
      if (labels.scored()[i] && !condition.holds(labels.values()[i])) {
        return false;
      }
    }
    return true;
  }

  /** Something that is true of some floats. */
  private interface FloatCondition {
    boolean holds(float value);
  }
}
