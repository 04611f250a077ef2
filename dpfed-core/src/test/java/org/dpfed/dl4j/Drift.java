package org.dpfed.dl4j;

import java.io.Serializable;
import java.util.Collection;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/**
 * A factor near 1 that depends on more than a client's data, and parts of networks that multiply by
 * it: what a user's own classes may do.
 */
interface Drift extends Serializable {
  /** The next factor. */
  double next();

  /** Counts in the object. */
  final class Counter implements Drift {
    private int calls;

    @Override
    public double next() {
      return 1 + 0.001 * calls++;
    }
  }

  /** Counts in the process. */
  final class StaticCounter implements Drift {
    private static final AtomicInteger CALLS = new AtomicInteger();

    @Override
    public double next() {
      return 1 + 0.001 * CALLS.getAndIncrement();
    }
  }

  /** Counts in the thread. */
  final class ThreadCounter implements Drift {
    private static final ThreadLocal<Integer> CALLS = ThreadLocal.withInitial(() -> 0);

    @Override
    public double next() {
      CALLS.set(CALLS.get() + 1);
      return 1 + 0.001 * CALLS.get();
    }
  }

  /** Draws from a generator of its own. */
  final class SeededRandom implements Drift {
    private final Random random = new Random(42);

    @Override
    public double next() {
      return 1 + 0.001 * random.nextDouble();
    }
  }

  /** Draws what nobody can draw again. */
  final class UnseededRandom implements Drift {
    @Override
    public double next() {
      return 1 + 0.001 * Math.random();
    }
  }

  /** A layer whose output drifts in training. */
  final class InLayer extends FeedForwardLayer {
    private final Drift drift;

    InLayer(Drift drift) {
      this.drift = drift;
      setNOut(8);
    }

    @Override
    public Layer instantiate(
        NeuralNetConfiguration conf,
        Collection<TrainingListener> listeners,
        int index,
        INDArray view,
        boolean initialize,
        DataType type) {
      Trained layer = new Trained(conf, type);
      layer.setIndex(index);
      layer.setParamsViewArray(view);
      layer.setParamTable(initializer().init(conf, view, initialize));
      return layer;
    }

    @Override
    public ParamInitializer initializer() {
      return DefaultParamInitializer.getInstance();
    }

    @Override
    public LayerMemoryReport getMemoryReport(InputType inputType) {
      throw new UnsupportedOperationException();
    }

    private static final class Trained extends BaseLayer<InLayer> {
      Trained(NeuralNetConfiguration conf, DataType type) {
        super(conf, type);
      }

      @Override
      public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        INDArray output = super.activate(training, workspaceMgr);
        return training ? output.muli(layerConf().drift.next()) : output;
      }

      @Override
      public boolean isPretrainLayer() {
        return false;
      }
    }
  }

  /** A mean squared error whose gradient drifts. */
  final class InLoss extends LossMSE {
    private final Drift drift;

    InLoss(Drift drift) {
      this.drift = drift;
    }

    @Override
    public INDArray computeGradient(
        INDArray labels,
        INDArray preOutput,
        org.nd4j.linalg.activations.IActivation activation,
        INDArray mask) {
      return super.computeGradient(labels, preOutput, activation, mask).muli(drift.next());
    }
  }

  /** An activation whose derivative drifts. */
  final class InActivation extends ActivationTanH {
    private final Drift drift;

    InActivation(Drift drift) {
      this.drift = drift;
    }

    @Override
    public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
      Pair<INDArray, INDArray> pair = super.backprop(in, epsilon);
      pair.getFirst().muli(drift.next());
      return pair;
    }
  }

  /** Dropout that drops nothing and drifts. */
  record InDropout(Drift drift) implements IDropout {
    @Override
    public INDArray applyDropout(
        INDArray input, INDArray result, int iteration, int epoch, LayerWorkspaceMgr manager) {
      return result.assign(input).muli(drift.next());
    }

    @Override
    public INDArray backprop(INDArray atOutput, INDArray atInput, int iteration, int epoch) {
      return atInput == atOutput ? atInput : atInput.assign(atOutput);
    }

    @Override
    public void clear() {}

    @Override
    public IDropout clone() {
      return this;
    }
  }

  /** Weight noise that drifts. */
  record InWeightNoise(Drift drift) implements IWeightNoise {
    @Override
    public INDArray getParameter(
        Layer layer,
        String key,
        int iteration,
        int epoch,
        boolean training,
        LayerWorkspaceMgr manager) {
      INDArray value = layer.getParam(key);
      return training ? value.mul(drift.next()) : value;
    }

    @Override
    public IWeightNoise clone() {
      return this;
    }
  }
}
