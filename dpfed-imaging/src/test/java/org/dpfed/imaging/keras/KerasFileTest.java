package org.dpfed.imaging.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.modelimport.keras.KerasModelImport;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.dpfed.dl4j.NetworkTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

final class KerasFileTest {
  /** Sums of at most 75 products below 10, each rounded by half of 2⁻²³. */
  private static final double FLOAT = 1e-6;

  private static final Sgd UPDATER = new Sgd(0.1);

  private static ComputationGraph graph(MadeModel model) throws Exception {
    return model.name().equals("untrained")
        ? KerasFile.readGraph(model.file(), UPDATER, new LossMCXENT())
        : KerasFile.readGraph(model.file(), UPDATER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "untrained", "cnn", "skip", "segmentation", "options"})
  void readGraph_hasTheOutputsOfTheForwardPassInNumpy(String name) throws Exception {
    MadeModel model = new MadeModel(name);
    INDArray found = graph(model).outputSingle(model.input());
    assertThat(found.shape()).isEqualTo(model.output().shape());
    assertThat(found.distance1(model.output()) / found.length()).isLessThan(FLOAT);
    assertThat(found.sub(model.output()).amaxNumber().doubleValue()).isLessThan(FLOAT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn"})
  void read_ofASequentialModel_hasTheOutputsOfTheForwardPassInNumpy(String name) throws Exception {
    MadeModel model = new MadeModel(name);
    MultiLayerNetwork network = KerasFile.read(model.file(), UPDATER);
    assertThat(network.output(model.input()).sub(model.output()).amaxNumber().doubleValue())
        .isLessThan(FLOAT);
  }

  /** What DL4J's importer gets right, with images whose channels are last. */
  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn"})
  void read_hasTheOutputsOfDl4jsImporter(String name) throws Exception {
    MadeModel model = new MadeModel(name);
    MultiLayerNetwork importers =
        KerasModelImport.importKerasSequentialModelAndWeights(model.file().toString(), false);
    INDArray theirs = importers.output(model.kerasInput());
    INDArray ours = KerasFile.read(model.file(), UPDATER).output(model.input());
    assertThat(ours.sub(theirs).amaxNumber().doubleValue()).isLessThan(FLOAT);
  }

  @Test
  void read_twice_givesEqualConfigurations() throws Exception {
    MadeModel model = new MadeModel("cnn");
    assertThat(KerasFile.read(model.file(), UPDATER).getLayerWiseConfigurations().toJson())
        .isEqualTo(KerasFile.read(model.file(), UPDATER).getLayerWiseConfigurations().toJson());
  }

  /** Dropout is in the file's layer of that name only; 0.5 is kept of 0.5 dropped. */
  @Test
  void read_dropsOnlyWhereTheFileSays() throws Exception {
    MultiLayerNetwork network = KerasFile.read(new MadeModel("cnn").file(), UPDATER);
    for (org.deeplearning4j.nn.api.Layer each : network.getLayers()) {
      Layer conf = each.conf().getLayer();
      boolean drops = conf.getIDropout() != null;
      assertThat(drops).as(conf.getLayerName()).isEqualTo(conf.getLayerName().equals("dropout"));
    }
  }

  @Test
  void read_endsInAnOutputLayer() throws Exception {
    MultiLayerNetwork network = KerasFile.read(new MadeModel("mlp").file(), UPDATER);
    OutputLayer last = (OutputLayer) network.getOutputLayer().conf().getLayer();
    assertThat(last.getLossFn()).isInstanceOf(LossMCXENT.class);
    assertThat(last.getActivationFn()).isInstanceOf(ActivationSoftmax.class);
  }

  /** 8·5 + 5 and 5·3 + 3 of the layers that are trained, without 6·8 + 8 of the frozen one. */
  @Test
  void template_ofAFrozenFirstLayer_leavesItOut() throws Exception {
    NetworkTemplate template =
        NetworkTemplate.of(KerasFile.read(new MadeModel("mlp").file(), UPDATER));
    assertThat(template.dimension()).isEqualTo(63);
  }

  /**
   * Keras' layer down2 is frozen between others, and those before it are trained: all but its
   * 3·3·3·4 + 4.
   */
  @Test
  void template_ofAFrozenLayerBetween_trainsThoseBeforeIt() throws Exception {
    ComputationGraph network = KerasFile.readGraph(new MadeModel("skip").file(), UPDATER);
    assertThat(NetworkTemplate.of(network).dimension()).isEqualTo(network.numParams() - 112);
  }

  /** Keras' loss is a mean over pixels and outputs; labels here are one-hot. */
  @Test
  void loss_ofTheFile_isKeras() throws Exception {
    MadeModel skip = new MadeModel("skip");
    INDArray risk = skip.output();
    double expected = 0;
    for (int i = 0; i < 3; i++) {
      expected -= Math.log(i == 1 ? risk.getDouble(i) : 1 - risk.getDouble(i)) / 3;
    }
    INDArray labels = Nd4j.createFromArray(new float[][] {{0}, {1}, {0}});
    assertThat(graph(skip).score(new DataSet(skip.input(), labels), false))
        .isCloseTo(expected, within(FLOAT));

    MadeModel pixels = new MadeModel("segmentation");
    INDArray classes = pixels.output();
    INDArray oneHot = oneHot(classes.shape());
    double perPixel =
        -Nd4j.getExecutioner()
                .exec(new org.nd4j.linalg.api.ops.impl.transforms.strict.Log(classes.dup()))
                .mul(oneHot)
                .sumNumber()
                .doubleValue()
            / (3 * 8 * 6);
    assertThat(graph(pixels).score(new DataSet(pixels.input(), oneHot), false))
        .isCloseTo(perPixel, within(FLOAT));

    MadeModel options = new MadeModel("options");
    INDArray values = options.output();
    INDArray zeros = Nd4j.zeros(values.shape());
    assertThat(graph(options).score(new DataSet(options.input(), zeros), false))
        .isCloseTo(values.mul(values).meanNumber().doubleValue(), within(FLOAT));
  }

  /** The class of pixel p is p mod 3. */
  static INDArray oneHot(long[] shape) {
    INDArray labels = Nd4j.zeros(shape);
    for (int n = 0; n < shape[0]; n++) {
      for (int p = 0; p < shape[2] * shape[3]; p++) {
        labels.putScalar(new long[] {n, p % 3, p / shape[3], p % shape[3]}, 1);
      }
    }
    return labels;
  }

  /**
   * Central differences with a step of 1e-5 in double, whose error is about the square of it; the
   * gradients are about 1e-2.
   */
  @ParameterizedTest
  @ValueSource(strings = {"skip", "segmentation", "options"})
  void gradient_equalsCentralDifferences(String name) throws Exception {
    MadeModel model = new MadeModel(name);
    ComputationGraph network = graph(model).convertDataType(DataType.DOUBLE);
    INDArray output = model.output().castTo(DataType.DOUBLE);
    INDArray labels = name.equals("segmentation") ? oneHot(output.shape()) : output.mul(0);
    DataSet data =
        new DataSet(model.input().castTo(DataType.DOUBLE), labels.castTo(DataType.DOUBLE));
    network.setInput(0, data.getFeatures());
    network.setLabel(0, data.getLabels());
    network.computeGradientAndScore();
    // DL4J sums over the three examples here and divides in its updater.
    INDArray gradient = network.gradient().gradient().div(3);
    assertThat(gradient.amaxNumber().doubleValue()).isGreaterThan(1e-3);
    INDArray parameters = network.params();
    boolean anyFrozen = false;
    for (long i = 0; i < parameters.length(); i += 7) {
      double before = parameters.getDouble(i);
      parameters.putScalar(i, before + 1e-5);
      double above = network.score(data, false);
      parameters.putScalar(i, before - 1e-5);
      double below = network.score(data, false);
      parameters.putScalar(i, before);
      double found = gradient.getDouble(i);
      if (found == 0 && name.equals("skip")) {
        anyFrozen = true;
        continue;
      }
      assertThat(found).as("parameter %d", i).isCloseTo((above - below) / 2e-5, within(1e-7));
    }
    assertThat(anyFrozen).isEqualTo(name.equals("skip"));
  }
}
