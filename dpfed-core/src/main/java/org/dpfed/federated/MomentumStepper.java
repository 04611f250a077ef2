package org.dpfed.federated;

import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** State of {@link ServerOptimizer.Sgd}: the velocity. */
final class MomentumStepper implements ServerOptimizer.Stepper {
  private final ServerOptimizer.Sgd settings;
  private final INDArray velocity;

  MomentumStepper(ServerOptimizer.Sgd settings, long dimension) {
    this.settings = settings;
    this.velocity = Nd4j.zeros(DataType.FLOAT, dimension);
  }

  @Override
  public void step(INDArray parameters, INDArray mean, double rateFactor) {
    velocity.muli(settings.momentum()).addi(mean);
    Nd4j.getBlasWrapper()
        .level1()
        .axpy(velocity.length(), rateFactor * settings.learningRate(), velocity, parameters);
  }

  @Override
  public List<INDArray> state() {
    return List.of(velocity);
  }

  @Override
  public void close() {
    velocity.close();
  }
}
