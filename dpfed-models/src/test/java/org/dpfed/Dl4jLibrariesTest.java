package org.dpfed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.bytedeco.hdf5.Attribute;
import org.bytedeco.hdf5.DataSet;
import org.bytedeco.hdf5.DataSpace;
import org.bytedeco.hdf5.Group;
import org.bytedeco.hdf5.H5File;
import org.bytedeco.hdf5.PredType;
import org.bytedeco.hdf5.StrType;
import org.bytedeco.hdf5.global.hdf5;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.datavec.api.records.reader.impl.csv.CSVRecordReader;
import org.datavec.api.split.FileSplit;
import org.datavec.image.loader.ImageLoader;
import org.datavec.image.loader.NativeImageLoader;
import org.deeplearning4j.datasets.datavec.RecordReaderDataSetIterator;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.modelimport.keras.KerasModelImport;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.dpfed.models.Architecture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.common.util.ArchiveUtils;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** What DL4J does through the libraries whose versions the build raises still works. */
class Dl4jLibrariesTest {
  @TempDir Path folder;

  @Test
  void dataVec_rowsOfACsvFile_trainANetworkThatIsSavedAndLoaded() throws Exception {
    Path rows = folder.resolve("rows.csv");
    Files.writeString(rows, "0.1,0.2,0\n0.8,0.9,1\n0.2,0.1,0\n0.9,0.7,1\n");
    CSVRecordReader reader = new CSVRecordReader();
    reader.initialize(new FileSplit(rows.toFile()));
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            Architecture.named("logistic")
                .configuration(InputType.feedForward(2), 2, new Sgd(0.5), 1));
    network.init();
    INDArray before = network.params().dup();

    network.fit(new RecordReaderDataSetIterator(reader, 4, 2, 2));
    File file = folder.resolve("model.zip").toFile();
    ModelSerializer.writeModel(network, file, true);

    assertThat(network.params()).isNotEqualTo(before);
    assertThat(ModelSerializer.restoreMultiLayerNetwork(file).params()).isEqualTo(network.params());
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "jpg", "tiff"})
  void dataVec_imageOfOneGrey_isReadByBothLoaders(String format) throws Exception {
    BufferedImage image = new BufferedImage(8, 6, BufferedImage.TYPE_3BYTE_BGR);
    for (int at = 0; at < 48; at++) {
      image.setRGB(at % 8, at / 8, 0x808080);
    }
    File file = folder.resolve("image." + format).toFile();
    assertThat(ImageIO.write(image, format, file)).isTrue();

    INDArray byOpenCv = new NativeImageLoader(6, 8, 3).asMatrix(file);
    INDArray byImageIo = new ImageLoader(6, 8, 3).asMatrix(file);

    // JPEG may be off by a grey level.
    assertThat(byOpenCv.meanNumber().doubleValue()).isCloseTo(128, within(1.0));
    assertThat(byImageIo.meanNumber().doubleValue()).isCloseTo(128, within(1.0));
  }

  @Test
  void archives_packedByTheSystem_areUnpacked() throws Exception {
    Path packed = Files.createDirectories(folder.resolve("packed"));
    Files.writeString(packed.resolve("text"), "content");
    Path archive = folder.resolve("archive.tar.gz");
    assertThat(
            new ProcessBuilder("tar", "-czf", archive.toString(), "-C", packed.toString(), "text")
                .start()
                .waitFor())
        .isZero();
    Path unpacked = Files.createDirectories(folder.resolve("unpacked"));

    ArchiveUtils.unzipFileTo(archive.toString(), unpacked.toString(), false);

    assertThat(unpacked.resolve("text")).hasContent("content");
  }

  @Test
  void keras_denseNetworkInHdf5_isImportedWithItsWeights() throws Exception {
    Path file = folder.resolve("keras.h5");
    writeKerasModel(file.toString(), new float[] {1, 2, 3, 4, 5, 6}, new float[] {7, 8});

    MultiLayerNetwork network =
        KerasModelImport.importKerasSequentialModelAndWeights(file.toString(), false);

    INDArray output = network.output(Nd4j.createFromArray(new float[][] {{1, 10, 100}}));
    assertThat(output.toFloatVector()).containsExactly(1 + 30 + 500 + 7, 2 + 40 + 600 + 8);
  }

  private static void writeKerasModel(String file, float[] kernel, float[] bias) {
    try (H5File root = new H5File(file, hdf5.H5F_ACC_TRUNC)) {
      attribute(root, "keras_version", "2.3.1");
      attribute(root, "backend", "tensorflow");
      attribute(
          root,
          "model_config",
          """
          {"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Dense",
          "config": {"name": "d", "batch_input_shape": [null, 3], "dtype": "float32", "units": 2,
          "activation": "linear", "use_bias": true,
          "kernel_initializer": {"class_name": "Zeros", "config": {}},
          "bias_initializer": {"class_name": "Zeros", "config": {}}}}]}}""");
      try (Group weights = root.createGroup("model_weights");
          Group layer = weights.createGroup("d");
          Group inner = layer.createGroup("d")) {
        attribute(weights, "keras_version", "2.3.1");
        attribute(weights, "backend", "tensorflow");
        attribute(layer, "weight_names", "d/kernel:0");
        numbers(inner, "kernel:0", kernel, 3, 2);
        numbers(inner, "bias:0", bias, 2);
      }
    }
  }

  private static void attribute(Group group, String name, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    try (StrType type = new StrType(PredType.C_S1(), bytes.length);
        DataSpace one = new DataSpace(hdf5.H5S_SCALAR);
        Attribute attribute = group.createAttribute(name, type, one);
        BytePointer content = new BytePointer(bytes)) {
      attribute.write(type, content);
    }
  }

  private static void numbers(Group group, String name, float[] values, long... shape) {
    try (DataSpace space = new DataSpace(shape.length, shape);
        DataSet set = group.createDataSet(name, PredType.NATIVE_FLOAT(), space);
        FloatPointer content = new FloatPointer(values)) {
      set.write(content, PredType.NATIVE_FLOAT());
    }
  }
}
