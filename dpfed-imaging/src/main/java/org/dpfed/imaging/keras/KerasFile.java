package org.dpfed.imaging.keras;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.modelimport.keras.Hdf5Archive;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * Reads a network that Keras 2 saved whole as {@code .h5}, into one of DL4J that {@code
 * NetworkTemplate.of} takes as pretrained.
 *
 * <p>Images go in as {@code [n, channels, height, width]} of {@code float}, and come out so.
 * Outputs are those of Keras. Layers with {@code trainable = False} are frozen. The optimiser of
 * the file is not taken.
 *
 * <p>It uses the HDF5 library that comes with DL4J's importer, and not the importer ({@code
 * KerasModelImport} 1.0.0-M2.1), whose networks cannot be trained here:
 *
 * <ul>
 *   <li>It gives convolutions with channels last {@code Dropout(1.0)}, with which the backward pass
 *       fails. Here only layers Dropout drop.
 *   <li>Its images keep channels last, which the fast layers do not take. Here convolutions are
 *       channels first, and the rows of dense layers after Flatten are put in their order.
 *   <li>It ignores {@code trainable}, so that frozen layers would get deltas and noise.
 *   <li>Without {@code enforceTrainingConfig} its networks have no loss, and with it, an activation
 *       of the last convolution stays there. Here the network ends in {@code OutputLayer}, {@code
 *       LossLayer} or {@code CnnLossLayer} with the activation.
 *   <li>It reads weights into memory of a size that it has not checked.
 * </ul>
 *
 * <p><b>Only for files that you trust.</b> Native code parses them, and a file made to harm can end
 * the process or worse. Nor does a guarantee cover what the file was trained on.
 */
public final class KerasFile {
  private KerasFile() {}

  /**
   * A {@code Sequential} model, with the loss of the file.
   *
   * @param updater the optimiser of local training; cloned
   * @throws KerasException when the file is damaged, of another kind, or has what is not supported;
   *     the message is a line
   */
  public static MultiLayerNetwork read(Path file, IUpdater updater) throws IOException {
    return list(file, updater, null);
  }

  /**
   * A {@code Sequential} model.
   *
   * @param updater the optimiser of local training; cloned
   * @param loss in place of the file's, which it need not have; it gets the activation of the last
   *     layer
   * @throws KerasException as the other
   */
  public static MultiLayerNetwork read(Path file, IUpdater updater, ILossFunction loss)
      throws IOException {
    return list(file, updater, loss);
  }

  /**
   * A functional or {@code Sequential} model with one input and one output, with the loss of the
   * file.
   *
   * @param updater the optimiser of local training; cloned
   * @throws KerasException as {@link #read(Path, IUpdater)}
   */
  public static ComputationGraph readGraph(Path file, IUpdater updater) throws IOException {
    return graph(file, updater, null);
  }

  /**
   * A functional or {@code Sequential} model with one input and one output.
   *
   * @param updater the optimiser of local training; cloned
   * @param loss as that of {@link #read(Path, IUpdater, ILossFunction)}
   * @throws KerasException as {@link #read(Path, IUpdater)}
   */
  public static ComputationGraph readGraph(Path file, IUpdater updater, ILossFunction loss)
      throws IOException {
    return graph(file, updater, loss);
  }

  private static MultiLayerNetwork list(Path file, IUpdater updater, @Nullable ILossFunction loss)
      throws IOException {
    NeuralNetConfiguration.Builder builder = builder(updater);
    return made(
        file,
        loss,
        content -> {
          MultiLayerNetwork network = content.list(builder);
          content.moveWeights(network::getLayer);
          return network;
        },
        true);
  }

  private static ComputationGraph graph(Path file, IUpdater updater, @Nullable ILossFunction loss)
      throws IOException {
    NeuralNetConfiguration.Builder builder = builder(updater);
    return made(
        file,
        loss,
        content -> {
          ComputationGraph network = content.graph(builder);
          content.moveWeights(network::getLayer);
          return network;
        },
        false);
  }

  /** The seed is always the same, so that equal files give equal configurations. */
  private static NeuralNetConfiguration.Builder builder(IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .seed(1)
        .dataType(DataType.FLOAT)
        .updater(updater.clone());
  }

  private static <T> T made(
      Path file, @Nullable ILossFunction loss, Function<Content, T> maker, boolean asList)
      throws IOException {
    try {
      Content content = content(file, loss, asList);
      return maker.apply(content);
    } catch (KerasException e) {
      throw e.in(file);
    } catch (RuntimeException e) {
      throw new KerasException(
              "it is damaged, or Deeplearning4j cannot make this network: " + firstLine(e))
          .in(file);
    }
  }

  static String firstLine(RuntimeException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
  }

  private static Content content(Path file, @Nullable ILossFunction loss, boolean asList)
      throws IOException {
    synchronized (Hdf5Archive.LOCK_OBJECT) {
      try (Hdf5 hdf5 = Hdf5.open(file)) {
        ModelConfig model = ModelConfig.of(hdf5.text("keras_version"), hdf5.text("model_config"));
        if (asList && !model.sequential()) {
          throw new KerasException("it is a functional model; use readGraph");
        }
        Losses losses =
            loss == null ? Losses.ofFile(hdf5.text("training_config")) : Losses.named(loss);
        List<Part> parts = Translation.of(model, losses);
        List<Kernel.Values> values = new ArrayList<>();
        for (Part part : parts) {
          if (part.kernel() != null) {
            values.add(part.kernel().read(hdf5));
          }
        }
        return new Content(model.input(), parts, values);
      }
    }
  }

  /** All that was read of a file. */
  private record Content(ModelConfig.Input input, List<Part> parts, List<Kernel.Values> values) {
    MultiLayerNetwork list(NeuralNetConfiguration.Builder builder) {
      var list = builder.list();
      int index = 0;
      InputPreProcessor before = null;
      for (Part part : parts) {
        if (part.vertex() instanceof PreprocessorVertex flatten) {
          before = flatten.getPreProcessor();
          continue;
        }
        if (before != null) {
          list.inputPreProcessor(index, before);
          before = null;
        }
        list.layer(index++, part.layer());
      }
      MultiLayerNetwork network = new MultiLayerNetwork(list.setInputType(input.type()).build());
      network.init();
      return network;
    }

    ComputationGraph graph(NeuralNetConfiguration.Builder builder) {
      var graph = builder.graphBuilder().addInputs(input.name()).setInputTypes(input.type());
      for (Part part : parts) {
        String[] inputs = part.inputs().toArray(String[]::new);
        if (part.layer() != null) {
          graph.addLayer(part.name(), part.layer(), inputs);
        } else {
          graph.addVertex(part.name(), part.vertex(), inputs);
        }
      }
      graph.setOutputs(parts.get(parts.size() - 1).name());
      ComputationGraph network = new ComputationGraph(graph.build());
      network.init();
      return network;
    }

    void moveWeights(Function<String, Layer> layers) {
      values.forEach(each -> each.moveTo(layers.apply(each.kernel().layer())));
    }
  }
}
