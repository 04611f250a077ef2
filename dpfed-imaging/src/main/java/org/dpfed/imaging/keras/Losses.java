package org.dpfed.imaging.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Optional;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.imaging.losses.CrossEntropy;
import org.dpfed.imaging.losses.ImageLoss;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/** Chooses the loss when the end of the network is known. */
interface Losses {
  String NAME_ONE = "give read a loss of your own";

  /**
   * The loss of an output.
   *
   * @param activation of the output
   * @param output what it is applied to
   */
  ILossFunction of(IActivation activation, InputType output) throws KerasException;

  /** The caller's. */
  static Losses named(ILossFunction loss) {
    return (activation, output) -> {
      if (loss instanceof ImageLoss images && images.pixels() != pixels(output)) {
        throw new KerasException(
            "the loss must be for images of %d pixels, the network's output, was for %d"
                .formatted(pixels(output), images.pixels()));
      }
      return loss;
    };
  }

  /**
   * The file's, of the same value as in Keras: the mean over the pixels and outputs of an example.
   *
   * @param training attribute {@code training_config}
   */
  static Losses ofFile(Optional<String> training) throws KerasException {
    if (training.isEmpty()) {
      throw new KerasException(
          "it was saved without training configuration and has no loss; " + NAME_ONE);
    }
    String name = name(ModelConfig.json(training.get()).path("loss"));
    return (activation, output) -> {
      int pixels = pixels(output);
      return switch (name) {
        case "categoricalcrossentropy", "sparsecategoricalcrossentropy" -> {
          require(activation instanceof ActivationSoftmax, "softmax");
          yield pixels == 1 ? new LossMCXENT() : CrossEntropy.of(pixels);
        }
        case "binarycrossentropy" -> {
          require(activation instanceof ActivationSigmoid, "sigmoid");
          long outputs = output.arrayElementsPerExample() / pixels;
          yield new LossBinaryXENT(
              Nd4j.valueArrayOf(
                  new long[] {1, outputs}, 1.0 / output.arrayElementsPerExample(), DataType.FLOAT));
        }
        case "meansquarederror", "mse" -> {
          long outputs = output.arrayElementsPerExample() / pixels;
          yield new LossMSE(
              Nd4j.valueArrayOf(new long[] {1, outputs}, 1.0 / pixels, DataType.FLOAT));
        }
        default -> throw new KerasException("its loss is not one of those supported; " + NAME_ONE);
      };
    };
  }

  /** Of a text, or of a class with the usual options; without underscores, in small letters. */
  private static String name(JsonNode loss) throws KerasException {
    JsonNode options = loss.path("config");
    if (options.path("from_logits").asBoolean(false)
        || options.path("label_smoothing").asDouble(0) != 0) {
      throw new KerasException(
          "its loss has from_logits or label_smoothing; end the model with softmax or sigmoid, or "
              + NAME_ONE);
    }
    JsonNode name = loss.isObject() ? loss.path("class_name") : loss;
    return name.asText().replace("_", "").toLowerCase(Locale.ROOT);
  }

  private static void require(boolean fits, String activation) throws KerasException {
    if (!fits) {
      throw new KerasException(
          "its loss needs an output with the activation %s; add it to the model, or %s"
              .formatted(activation, NAME_ONE));
    }
  }

  private static int pixels(InputType output) {
    return output instanceof InputType.InputTypeConvolutional image
        ? Math.toIntExact(image.getHeight() * image.getWidth())
        : 1;
  }
}
