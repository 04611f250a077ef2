package org.dpfed.imaging.medmnist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.data.LabelledData;
import org.dpfed.data.MalformedDataException;
import org.dpfed.data.Scaling;
import org.dpfed.data.TrainTestSplit;
import org.dpfed.imaging.Python;
import org.dpfed.imaging.medmnist.MedMnistReader.Validation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.DataSet;

class MedMnistReaderTest {
  @TempDir private Path directory;

  @Test
  void read_filesThatNumPyWrote_holdItsImagesChannelsFirst() throws Exception {
    String printed =
        Python.run(MedMnistReaderTest.class, "write_sets.py", "numpy", directory.toString());
    int pixels = 0;
    for (String name : printed.lines().toList()) {
      ByteBuffer expected =
          ByteBuffer.wrap(Files.readAllBytes(directory.resolve(name + ".expected")));
      Path file = directory.resolve(name + ".npz");
      MedMnist set = MedMnist.named(name);
      TrainTestSplit joined = reader(set, Validation.JOIN_TRAINING).read(file);
      assertThat(joined.train().size()).isEqualTo(10);
      pixels += assertRows(joined.train(), 0, 7, expected);
      pixels += assertRows(joined.train(), 7, 3, expected);
      int test = expected.position();
      pixels += assertRows(joined.test(), 0, 4, expected);
      assertThat(expected.hasRemaining()).isFalse();
      TrainTestSplit without = reader(set, Validation.LEAVE_OUT).read(file);
      assertThat(without.train().size()).isEqualTo(7);
      assertRows(without.test(), 0, 4, expected.position(test));
    }
    System.out.printf("NumPy: %d pixels of MedMNIST files read as NumPy reads them%n", pixels);
    assertThat(pixels).isEqualTo(14 * (28 * 28 * 4 + 64 * 64 + 224 * 224 * 3));
  }

  private static int assertRows(LabelledData data, int from, int count, ByteBuffer expected) {
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      rows[i] = from + i;
    }
    DataSet gathered = data.gather(rows, 0, count);
    float[] values = gathered.getFeatures().ravel().toFloatVector();
    float[] numpy = new float[values.length];
    expected.asFloatBuffer().get(numpy);
    expected.position(expected.position() + Float.BYTES * numpy.length);
    assertThat(values).isEqualTo(numpy);
    for (int row : rows) {
      assertThat(data.label(row)).isEqualTo(expected.getInt());
    }
    return values.length;
  }

  @Test
  void read_colours_areChannelsFirst() throws IOException {
    byte[] image = new byte[28 * 28 * 3];
    image[3 * (28 * 2 + 5) + 1] = (byte) 255;
    Npz npz = Npz.set(28, 3, 2, 1, 1).with("test_images", "1, 28, 28, 3", image);
    TrainTestSplit split =
        reader(MedMnist.BLOOD, Validation.LEAVE_OUT).read(npz.writeTo(directory.resolve("a.npz")));

    assertThat(split.test().inputType()).isEqualTo(InputType.convolutional(28, 28, 3));
    float[] values = split.test().toDataSet().getFeatures().ravel().toFloatVector();
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).isEqualTo(i == 28 * 28 + 28 * 2 + 5 ? 1 : 0);
    }
    assertThat(split.train().rowUnit()).contains("image");
    assertThat(split.train().classNames()).isEqualTo(MedMnist.BLOOD.classNames());
  }

  @Test
  void read_validationInsteadOfTest_leavesTheTestOut() throws IOException {
    Path file = Npz.set(64, 1, 4, 3, 2).writeTo(directory.resolve("a.npz"));

    TrainTestSplit split = reader(MedMnist.BREAST, Validation.INSTEAD_OF_TEST).read(file);

    assertThat(split.train().size()).isEqualTo(4);
    assertThat(split.test().size()).isEqualTo(3);
  }

  @Test
  void read_anotherSet_isRefused() throws IOException {
    Path grey = Npz.set(28, 1, 4, 3, 2).writeTo(directory.resolve("grey.npz"));
    assertRefused(MedMnist.PATH, grey, "expected images of pathmnist");
    Path colour = Npz.set(28, 3, 4, 3, 2).writeTo(directory.resolve("colour.npz"));
    assertRefused(MedMnist.OCT, colour, "expected images of octmnist");
    Path size = Npz.set(30, 1, 4, 3, 2).writeTo(directory.resolve("size.npz"));
    assertRefused(MedMnist.OCT, size, "size of [28, 64, 128, 224]");
    byte[] labels = {0, 1, 2, 0};
    Path more = Npz.set(28, 1, 4, 3, 2).with("train_labels", "4, 1", labels).writeTo(grey);
    assertRefused(MedMnist.PNEUMONIA, more, "labels from 0 to 1, found another one at position 2");
    Path many = Npz.set(28, 1, 4, 3, 2).with("train_labels", "2, 2", labels).writeTo(grey);
    assertRefused(MedMnist.PNEUMONIA, many, "expected 4 labels");
    Path mixed =
        Npz.set(28, 1, 4, 3, 2).with("test_images", "1, 64, 64", new byte[64 * 64]).writeTo(grey);
    assertRefused(MedMnist.PNEUMONIA, mixed, "test_labels");
    Path other =
        Npz.set(28, 1, 4, 3, 2)
            .with("test_images", "2, 64, 64", new byte[2 * 64 * 64])
            .writeTo(grey);
    assertRefused(MedMnist.PNEUMONIA, other, "images of the size of the training images");
  }

  @Test
  void named_setsThatAreNotRead_areRefusedWithTheReason() {
    assertThat(MedMnist.named("OrganAMNIST")).isEqualTo(MedMnist.ORGAN_A);
    for (MedMnist set : MedMnist.values()) {
      assertThat(MedMnist.named(set.publishedName())).isEqualTo(set);
      assertThat(List.of(1, 3)).contains(set.channels());
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MedMnist.named("ChestMNIST"))
        .withMessageContaining("14 findings");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MedMnist.named("NoduleMNIST3D"))
        .withMessageContaining("nodulemnist3d holds volumes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MedMnist.named("mnist"))
        .withMessageContaining("must be one of pathmnist, dermamnist");
  }

  private static void assertRefused(MedMnist set, Path file, String why) {
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> reader(set, Validation.JOIN_TRAINING).read(file))
        .withMessageContaining(why);
  }

  private static MedMnistReader reader(MedMnist set, Validation validation) {
    return new MedMnistReader(set, validation, Scaling.Affine.PIXEL);
  }
}
