package org.dpfed.imaging.folder;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.dpfed.data.Scaling;
import org.dpfed.data.partition.ByKey;
import org.dpfed.dl4j.Dl4jClientTrainer;
import org.dpfed.dl4j.LocalTraining;
import org.dpfed.dl4j.NetworkTemplate;
import org.dpfed.federated.Execution;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.mechanism.Randomness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A run whose clients' images are read from disk is the run of the same images in memory. */
class FolderTrainingTest {
  private static final ImageLoader LOADER = ImageLoader.of(1, 6, 5);
  private static final List<Scaling> SCALINGS = List.of(Scaling.Affine.PIXEL);

  @TempDir private Path directory;

  @BeforeEach
  void write() throws IOException {
    Random random = new Random(1);
    StringBuilder labels = new StringBuilder("path,label\n");
    for (int patient = 0; patient < 12; patient++) {
      String path = "s%d/p%d".formatted(patient % 3, patient);
      labels.append(path).append(patient % 2 == 0 ? ",healthy\n" : ",ill\n");
      for (int slice = 0; slice <= patient % 4; slice++) {
        BufferedImage image = new BufferedImage(5, 6, BufferedImage.TYPE_BYTE_GRAY);
        BufferedImage mask = new BufferedImage(5, 6, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 30; i++) {
          int value = random.nextInt(256);
          image.getRaster().setSample(i % 5, i / 5, 0, value);
          mask.getRaster().setSample(i % 5, i / 5, 0, value / 128);
        }
        write("images/" + path, slice, image);
        write("masks/" + path, slice, mask);
      }
    }
    Files.writeString(directory.resolve("labels.csv"), labels);
  }

  private void write(String path, int slice, BufferedImage image) throws IOException {
    Path folder = Files.createDirectories(directory.resolve(path));
    ImageIO.write(image, "png", folder.resolve(slice + ".png").toFile());
  }

  @Test
  void run_classes_sameBitsFromDiskAndFromMemory() throws IOException {
    ImageFolder folder =
        ImageFolder.withLabels(
            directory.resolve("images"),
            directory.resolve("labels.csv"),
            List.of("healthy", "ill"),
            Unit.PATIENT);
    assertSameBits(
        folder,
        new OutputLayer.Builder(LossFunction.MCXENT)
            .activation(Activation.SOFTMAX)
            .nOut(2)
            .build());
  }

  @Test
  void run_masks_sameBitsFromDiskAndFromMemory() throws IOException {
    ImageFolder folder =
        ImageFolder.withMasks(
            directory.resolve("images"),
            directory.resolve("masks"),
            List.of("dark", "bright"),
            Unit.PATIENT);
    assertSameBits(
        folder,
        new CnnLossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build());
  }

  private static void assertSameBits(ImageFolder folder, Layer last) throws IOException {
    MultiLayerConfiguration network =
        new NeuralNetConfiguration.Builder()
            .seed(3)
            .updater(new Sgd(0.1))
            .convolutionMode(ConvolutionMode.Same)
            .list()
            .layer(
                new ConvolutionLayer.Builder(3, 3).nOut(2).activation(Activation.IDENTITY).build())
            .layer(last)
            .setInputType(ImageFolder.shape(LOADER))
            .build();
    INDArray fromDisk = run(folder.clients(LOADER, SCALINGS, DamagedImages.refused()), network, 2);
    INDArray fromMemory =
        run(
            new ByKey()
                .partition(folder.read(LOADER, SCALINGS, DamagedImages.refused()), "patient"),
            network,
            1);
    assertThat(fromDisk).isEqualTo(fromMemory);
    INDArray start = NetworkTemplate.of(network).initialParameters();
    assertThat(fromDisk).isNotEqualTo(start);
  }

  private static INDArray run(
      FederatedDataset clients, MultiLayerConfiguration network, int workers) {
    NetworkTemplate template = NetworkTemplate.of(network.clone());
    PrivacyPlan plan =
        PrivacyPlan.builder(clients)
            .expectedCohortSize(6)
            .rounds(3)
            .clipNorm(0.5)
            .noiseMultiplier(0.5)
            .delta(1e-3)
            .randomness(Randomness.seeded(4))
            .build();
    return FederatedAveraging.builder(
            plan, clients, new Dl4jClientTrainer(template, new LocalTraining(1, 4)))
        .execution(Execution.withWorkers(workers))
        .build()
        .run()
        .parameters();
  }
}
