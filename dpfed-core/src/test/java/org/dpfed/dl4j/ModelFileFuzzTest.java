package org.dpfed.dl4j;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
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
  void readGraph_damaged_isReadOrRefused() throws Exception {
    Fuzzing.run(graphReader(), Fuzzing.FEW, directory);
  }

  @Test
  @Tag("stress")
  void readGraph_damagedManyTimes_isReadOrRefused() throws Exception {
    Fuzzing.run(graphReader(), Fuzzing.MANY, directory);
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

  private static FuzzedReader graphReader() throws IOException {
    return FuzzedReader.of(
            "graph",
            "model.zip",
            List.of(savedGraph()),
            DamagedModelException.class,
            file -> ModelFile.readGraph(file, Set.of()).params().close())
        .in(Envelope.ZIP);
  }

  private static byte[] savedGraph() throws IOException {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .graphBuilder()
                .addInputs("in")
                .addLayer("left", new DenseLayer.Builder().nOut(3).build(), "in")
                .addLayer("right", new DenseLayer.Builder().nOut(3).build(), "in")
                .addVertex("both", new MergeVertex(), "left", "right")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "left", "right")
                .addVertex("all", new MergeVertex(), "sum", "both")
                .addLayer("out", new OutputLayer.Builder(LossFunction.MSE).nOut(2).build(), "all")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(4))
                .build());
    network.init();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, bytes, true);
    network.close();
    return bytes.toByteArray();
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
