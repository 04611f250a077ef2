package org.dpfed.dl4j;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.preprocessor.BaseInputPreProcessor;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A user's own preprocessor, of which nothing says what it takes. */
final class Doubling extends BaseInputPreProcessor {
  @Override
  public INDArray preProcess(INDArray input, int size, LayerWorkspaceMgr manager) {
    return manager.dup(ArrayType.ACTIVATIONS, input).muli(2);
  }

  @Override
  public INDArray backprop(INDArray output, int size, LayerWorkspaceMgr manager) {
    return manager.dup(ArrayType.ACTIVATION_GRAD, output).muli(2);
  }

  @Override
  public InputType getOutputType(InputType inputType) {
    return inputType;
  }
}
