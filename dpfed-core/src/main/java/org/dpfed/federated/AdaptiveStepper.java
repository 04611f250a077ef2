package org.dpfed.federated;

import java.util.List;
import java.util.function.BiConsumer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * State of the adaptive optimizers: first and second moment. The optimizers differ only in how a
 * squared mean updates the second moment.
 */
final class AdaptiveStepper implements ServerOptimizer.Stepper {
  private final double learningRate;
  private final double beta1;
  private final double adaptivity;
  private final BiConsumer<INDArray, INDArray> secondMomentRule;
  private final INDArray firstMoment;
  private final INDArray secondMoment;

  /**
   * @param secondMomentRule given v and mean², changes v in place; may overwrite mean²
   */
  AdaptiveStepper(
      double learningRate,
      double beta1,
      double adaptivity,
      long dimension,
      BiConsumer<INDArray, INDArray> secondMomentRule) {
    this.learningRate = learningRate;
    this.beta1 = beta1;
    this.adaptivity = adaptivity;
    this.secondMomentRule = secondMomentRule;
    this.firstMoment = Nd4j.zeros(DataType.FLOAT, dimension);
    this.secondMoment =
        Nd4j.valueArrayOf(new long[] {dimension}, adaptivity * adaptivity, DataType.FLOAT);
  }

  @Override
  public void step(INDArray parameters, INDArray mean, double rateFactor) {
    try (INDArray square = mean.mul(mean)) {
      secondMomentRule.accept(secondMoment, square);
    }
    firstMoment.muli(beta1).addi(mean.muli(1 - beta1));
    try (INDArray root = Transforms.sqrt(secondMoment, true)) {
      parameters.addi(
          mean.assign(firstMoment).divi(root.addi(adaptivity)).muli(rateFactor * learningRate));
    }
  }

  @Override
  public List<INDArray> state() {
    return List.of(firstMoment, secondMoment);
  }

  @Override
  public void close() {
    firstMoment.close();
    secondMoment.close();
  }
}
