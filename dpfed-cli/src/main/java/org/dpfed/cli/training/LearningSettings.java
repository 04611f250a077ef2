package org.dpfed.cli.training;

import static org.dpfed.cli.training.Kind.fraction;
import static org.dpfed.cli.training.Kind.integer;
import static org.dpfed.cli.training.Kind.namesOr;
import static org.dpfed.cli.training.Kind.oneOf;
import static org.dpfed.cli.training.Kind.positive;
import static org.dpfed.cli.training.Kind.schedule;
import static org.dpfed.cli.training.Kind.sizes;

import java.util.List;
import java.util.stream.Stream;

/** Settings of the network, and of how clients and server train it. */
final class LearningSettings {
  private static final List<Setting> CLIENT =
      List.of(
          Setting.of(
                  "model.architecture",
                  "--model",
                  oneOf("logistic", "mlp", "tanh-cnn", "lenet", "image-cnn", "residual", "unet"),
                  "",
                  "Network; image-cnn and residual classify images, unet gives each pixel a class.")
              .needed(),
          Setting.of("model.hidden", "--hidden", sizes(), "[16]", "Units of each hidden layer.")
              .onlyWith("model.architecture", "mlp"),
          Setting.of(
                  "model.width",
                  "--width",
                  integer(4, 1024),
                  "16",
                  "Channels of the first convolution, a multiple of 4.")
              .onlyWith("model.architecture", "image-cnn", "residual", "unet"),
          Setting.of(
                  "model.depth",
                  "--depth",
                  integer(1, 5),
                  "3",
                  "How often images are halved; their sides must be multiples of 2 to the power of it.")
              .onlyWith("model.architecture", "unet"),
          Setting.of(
                  "model.loss",
                  "--loss",
                  oneOf("cross-entropy", "dice", "focal"),
                  "cross-entropy",
                  "Loss of the pixels: their mean cross-entropy, one minus the soft Dice coefficient of the classes, or the focal loss with focus 2.")
              .onlyWith("model.architecture", "unet"),
          Setting.of(
                  "model.personal",
                  "--personal",
                  namesOr("a list of layer names, such as [layer0]", "head", "normalisation"),
                  "",
                  "Layers whose parameters stay with the client and get neither update nor noise; head is the last layer with weights, normalisation all group normalisation.")
              .notWith("partition.by", "one-per-client"),
          Setting.of("model.seed", "--model-seed", integer(1), "1", "Seed of the initial weights."),
          Setting.of(
                  "client.learningRate",
                  "--client-learning-rate",
                  positive(),
                  "",
                  "Learning rate of local training.")
              .needed(),
          Setting.of(
              "client.updater",
              "--client-updater",
              oneOf("sgd", "momentum", "adam"),
              "sgd",
              "Optimizer of local training."),
          Setting.of(
              "client.epochs",
              "--epochs",
              integer(1, 1_000_000),
              "1",
              "Passes over a client's rows in a round."),
          Setting.of(
                  "client.batchSize",
                  "--batch-size",
                  integer(1),
                  "10",
                  "Rows of one local step; a client with one row has one step per epoch.")
              .notWith("partition.by", "one-per-client"),
          Setting.of(
                  "client.maxExamples",
                  "--max-examples",
                  integer(1),
                  "",
                  "Largest number of a client's rows that a round uses; a larger client uses a new random subset each round.")
              .notWith("partition.by", "one-per-client"),
          Setting.of(
              "client.maxSteps",
              "--max-steps",
              integer(1),
              "",
              "Largest number of steps of a client in a round; limits its time."),
          Setting.of(
                  "client.personalSteps",
                  "--personal-steps",
                  integer(1),
                  "10",
                  "Steps of a client on its personal layers in a round, before those on the shared ones; client.maxSteps does not count them.")
              .onlyWith("model.personal"),
          Setting.of(
              "client.timeLimitSeconds",
              "--client-time-limit-seconds",
              positive(),
              "",
              "Longest time that a client may take in a round. A later one contributes zero, so the run cannot be reproduced. Default: no limit."),
          Setting.of(
              "client.schedule",
              "--client-schedule",
              schedule(),
              "",
              "Factors of the learning rate of local training, each from a given round on."));

  private static final List<Setting> SERVER =
      List.of(
          Setting.of(
              "server.schedule",
              "--server-schedule",
              schedule(),
              "",
              "Factors of the learning rate of the server's optimizer, each from a given round on."),
          Setting.of(
              "server.optimizer",
              "--server-optimizer",
              oneOf("sgd", "adam", "adagrad", "yogi"),
              "sgd",
              "Optimizer that applies the noisy mean."),
          Setting.of(
              "server.learningRate",
              "--server-learning-rate",
              positive(),
              "1",
              "Learning rate of the server's optimizer."),
          Setting.of(
                  "server.momentum",
                  "--server-momentum",
                  fraction(false),
                  "0",
                  "Momentum of the server's optimizer.")
              .onlyWith("server.optimizer", "sgd"));

  static final List<Setting> ALL =
      Stream.of(CLIENT, AugmentationSettings.ALL, SERVER).flatMap(List::stream).toList();

  private LearningSettings() {}
}
