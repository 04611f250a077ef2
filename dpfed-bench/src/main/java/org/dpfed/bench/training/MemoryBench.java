package org.dpfed.bench.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.management.ManagementFactory;
import org.bytedeco.javacpp.Pointer;
import org.dpfed.dl4j.Dl4jClientTrainer;
import org.dpfed.dl4j.LayerImplementation;
import org.dpfed.dl4j.LocalTraining;
import org.dpfed.dl4j.NetworkTemplate;
import org.dpfed.federated.ClientTrainer;
import org.dpfed.imaging.networks.ImageNetwork;
import org.dpfed.imaging.networks.UNet;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import picocli.CommandLine.Option;

/**
 * What a worker that trains a U-Net keeps between clients, in the heap and outside: prints one JSON
 * line with the growth from before a second worker's clients to after them, without garbage. The
 * flags {@code -Xms2g -Xmx2g -XX:+AlwaysPreTouch} keep the heap's share of the process constant.
 */
public final class MemoryBench implements Runnable {
  @Option(names = "--side")
  private int side = 128;

  @Option(names = "--batch")
  private int batch = 8;

  @Option(names = "--width")
  private int width = 16;

  @Option(names = "--layers")
  private LayerImplementation layers = LayerImplementation.automatic();

  public static void main(String[] args) {
    System.exit(new picocli.CommandLine(new MemoryBench()).execute(args));
  }

  @Override
  public void run() {
    NetworkTemplate network =
        NetworkTemplate.of(
            new UNet(width, 3)
                .configuration(ImageNetwork.image(side, side, 1), 2, new Sgd(0.1), 1));
    ClientTrainer trainer = new Dl4jClientTrainer(network, new LocalTraining(1, batch), layers);
    DataSet examples = examples();
    INDArray parameters = trainer.initialParameters();
    try (ClientTrainer.Worker first = trainer.newWorker();
        ClientTrainer.Worker second = trainer.newWorker()) {
      // The first one for classes, compiled code and what workers share.
      train(first, parameters, examples);
      double heap = heapMiB();
      double outside = outsideMiB();
      train(second, parameters, examples);
      ObjectNode line = new ObjectMapper().createObjectNode();
      line.put("model", "unet").put("width", width).put("side", side).put("batch", batch);
      line.put("layers", layers.toString()).put("parameters", parameters.length());
      line.put("heapMiB", heapMiB() - heap).put("outsideMiB", outsideMiB() - outside);
      System.out.println(line);
    }
  }

  private static void train(ClientTrainer.Worker worker, INDArray parameters, DataSet examples) {
    for (int client = 1; client <= 2; client++) {
      worker.train(parameters, examples, client);
    }
  }

  /** Bright and dark pixels, which are the classes. */
  private DataSet examples() {
    INDArray images = Nd4j.rand(DataType.FLOAT, batch, 1, side, side);
    INDArray bright = images.gt(0.5).castTo(DataType.FLOAT);
    return new org.nd4j.linalg.dataset.DataSet(images, Nd4j.concat(1, bright.rsub(1), bright));
  }

  private static double heapMiB() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 0x1p20;
  }

  /** All memory of the process: the heap's part of it is constant with the flags above. */
  private static double outsideMiB() {
    return Pointer.physicalBytes() / 0x1p20;
  }
}
