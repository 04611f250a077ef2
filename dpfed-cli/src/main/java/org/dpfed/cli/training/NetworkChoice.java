package org.dpfed.cli.training;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.data.LabelledData;
import org.dpfed.dl4j.NetworkTemplate;
import org.dpfed.imaging.layers.GroupNorm;
import org.dpfed.imaging.losses.CrossEntropy;
import org.dpfed.imaging.losses.ImageLoss;
import org.dpfed.imaging.losses.SoftDice;
import org.dpfed.imaging.networks.ImageCnn;
import org.dpfed.imaging.networks.ImageNetwork;
import org.dpfed.imaging.networks.ResidualNetwork;
import org.dpfed.imaging.networks.UNet;
import org.dpfed.models.Architecture;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** The network that a configuration describes. */
final class NetworkChoice {
  /** What Lin and others (ICCV 2017) recommend for the focal loss. */
  private static final double FOCUS = 2;

  /** Three models, one sum of 64-bit integers, one worker's model and gradient. */
  private static final int LEAST_BYTES_PER_PARAMETER = 3 * 4 + 8 + 2 * 4;

  private NetworkChoice() {}

  /**
   * The network, for rows such as these.
   *
   * @throws IllegalArgumentException when it cannot take them
   */
  static NetworkTemplate of(Configuration configuration, LabelledData data) {
    String name = configuration.text("model.architecture");
    if (data.isSegmentation() != name.equals("unet")) {
      throw new IllegalArgumentException(
          data.isSegmentation()
              ? "model.architecture must be unet where each pixel has a class, was " + name
              : "model.architecture unet needs a class for each pixel (data.set nifti, or image-folder with data.masks), and here each row has one; choose image-cnn or residual");
    }
    NetworkTemplate network =
        Architecture.names().contains(name)
            ? plain(configuration, data)
            : ofImages(configuration, data);
    return configuration.has("model.personal")
        ? network.withPersonal(personalLayers(configuration, network))
        : network;
  }

  private static String[] personalLayers(Configuration configuration, NetworkTemplate network) {
    List<String> all = network.trainedLayers();
    return switch (configuration.text("model.personal")) {
      case "head" -> new String[] {all.get(all.size() - 1)};
      case "normalisation" -> {
        List<String> layers = network.trainedLayers(GroupNorm.class);
        if (layers.isEmpty()) {
          throw new IllegalArgumentException(
              "model.personal normalisation needs a network with group normalisation (image-cnn, residual or unet), and %s has none; choose head or layers of %s"
                  .formatted(configuration.text("model.architecture"), String.join(", ", all)));
        }
        yield layers.toArray(String[]::new);
      }
      default -> configuration.texts("model.personal").toArray(String[]::new);
    };
  }

  private static NetworkTemplate ofImages(Configuration configuration, LabelledData data) {
    if (!(data.inputType() instanceof InputType.InputTypeConvolutional image)) {
      throw new IllegalArgumentException(
          "model.architecture %s needs data.set medmnist, image-folder, nifti or dicom; for others choose %s"
              .formatted(
                  configuration.text("model.architecture"),
                  String.join(", ", Architecture.names())));
    }
    ImageNetwork network = network(configuration);
    return NetworkTemplate.of(
        network.configuration(
            image,
            data.outputs(),
            loss(configuration, network.outputPixels(image)),
            updater(configuration),
            configuration.longInteger("model.seed")));
  }

  /**
   * Two made-up images with masks of the shape of these rows, since the check of a network before
   * training tries images of usual sizes only; empty where rows have one label each.
   */
  static Optional<DataSet> probe(LabelledData data) {
    if (!data.isSegmentation()
        || !(data.inputType() instanceof InputType.InputTypeConvolutional image)) {
      return Optional.empty();
    }
    int pixels = Math.toIntExact(image.getHeight() * image.getWidth());
    SplittableRandom random = new SplittableRandom(1);
    float[] features = new float[Math.toIntExact(2L * pixels * image.getChannels())];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) random.nextDouble(-1, 1);
    }
    byte[] masks = new byte[2 * pixels];
    for (int i = 0; i < masks.length; i++) {
      masks[i] = (byte) random.nextInt(data.outputs());
    }
    return Optional.of(
        LabelledData.segmentation(image, features, masks, data.classNames()).toDataSet());
  }

  private static ImageNetwork network(Configuration configuration) {
    int width = configuration.integer("model.width");
    return switch (configuration.text("model.architecture")) {
      case "image-cnn" -> new ImageCnn(width);
      case "residual" -> new ResidualNetwork(width);
      default -> new UNet(width, configuration.integer("model.depth"));
    };
  }

  /** The same for all classes: weights by their pixels would be a statistic of clients. */
  private static ImageLoss loss(Configuration configuration, int pixels) {
    return switch (configuration.text("model.loss")) {
      case "dice" -> new SoftDice(pixels, List.of());
      case "focal" -> new CrossEntropy(pixels, FOCUS, List.of());
      default -> CrossEntropy.of(pixels);
    };
  }

  private static NetworkTemplate plain(Configuration configuration, LabelledData data) {
    String name = configuration.text("model.architecture");
    List<Integer> hidden =
        configuration.texts("model.hidden").stream().map(Integer::valueOf).toList();
    Architecture architecture =
        name.equals("mlp") ? new Architecture.Mlp(hidden) : Architecture.named(name);
    if (name.equals("mlp")) {
      requireRoomFor(hidden, data);
    }
    return NetworkTemplate.of(
        architecture.configuration(
            data.inputType(),
            data.outputs(),
            updater(configuration),
            configuration.longInteger("model.seed")));
  }

  /** Refuses sizes whose parameters no array or no memory here can hold, before any is made. */
  private static void requireRoomFor(List<Integer> hidden, LabelledData data) {
    double parameters = 0;
    long inputs = data.inputType().arrayElementsPerExample();
    for (int size : hidden) {
      parameters += (inputs + 1.0) * size;
      inputs = size;
    }
    parameters += (inputs + 1.0) * data.outputs();
    long memory =
        ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
    double most = Math.min(Integer.MAX_VALUE, (double) memory / LEAST_BYTES_PER_PARAMETER);
    if (parameters > most) {
      throw new IllegalArgumentException(
          "model.hidden %s makes %.3g parameters, more than the %.3g that this machine can hold; choose smaller layers"
              .formatted(hidden, parameters, most));
    }
  }

  private static IUpdater updater(Configuration configuration) {
    double rate = configuration.number("client.learningRate");
    return switch (configuration.text("client.updater")) {
      case "momentum" -> new Nesterovs(rate, Nesterovs.DEFAULT_NESTEROV_MOMENTUM);
      case "adam" -> new Adam(rate);
      default -> new Sgd(rate);
    };
  }
}
