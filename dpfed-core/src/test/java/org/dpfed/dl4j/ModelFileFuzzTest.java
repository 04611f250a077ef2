package org.dpfed.dl4j;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.dpfed.fuzz.Envelope;
import org.dpfed.fuzz.FuzzedReader;
import org.dpfed.fuzz.Fuzzing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Damaged models are read or refused, also where the zip file around them is whole. */
final class ModelFileFuzzTest {
  @TempDir private Path directory;

  @Test
  void read_damaged_isReadOrRefused() throws Exception {
    Fuzzing.run(reader(), Fuzzing.FEW, directory);
  }

  @Test
  @Tag("stress")
  void read_damagedManyTimes_isReadOrRefused() throws Exception {
    Fuzzing.run(reader(), Fuzzing.MANY, directory);
  }

  private static FuzzedReader reader() throws IOException {
    return FuzzedReader.of(
            "model",
            "model.zip",
            List.of(
                saved(InputType.feedForward(4), new DenseLayer.Builder().nOut(3).build()),
                saved(
                    InputType.convolutionalFlat(6, 6, 1),
                    new ConvolutionLayer.Builder(3, 3).nOut(2).build(),
                    new SubsamplingLayer.Builder().kernelSize(2, 2).build())),
            DamagedModelException.class,
            file -> {
              // Not the network: that collects garbage each time, and takes longer than reading.
              ModelFile.read(file).params().close();
            })
        .in(Envelope.ZIP);
  }

  private static byte[] saved(InputType input, Layer... layers) throws IOException {
    NeuralNetConfiguration.ListBuilder configuration =
        new NeuralNetConfiguration.Builder().seed(1).list(layers);
    configuration.layer(
        layers.length, new OutputLayer.Builder(LossFunction.MCXENT).nOut(2).build());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration.setInputType(input).build());
    network.init();
    ModelSerializer.writeModel(network, bytes, true);
    network.close();
    return bytes.toByteArray();
  }
}
