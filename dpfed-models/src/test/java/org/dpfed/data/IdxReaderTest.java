package org.dpfed.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.api.DataSet;

class IdxReaderTest {
  private static final int IMAGES = 0x0803;
  private static final int LABELS = 0x0801;
  private static final IdxReader READER =
      new IdxReader(List.of("a", "b", "c"), Scaling.Affine.PIXEL);

  @TempDir private Path directory;

  @Test
  void readDirectory_plainAndGzipped_holdTheSame() throws IOException {
    Path gzipped = Files.createDirectory(directory.resolve("gzipped"));
    writeAll(directory, "", false);
    writeAll(gzipped, ".gz", true);

    TrainTestSplit split = READER.readDirectory(directory);
    TrainTestSplit same = READER.readDirectory(gzipped);

    assertThat(split.train().size()).isEqualTo(3);
    assertThat(split.test().size()).isEqualTo(2);
    assertThat(split.train().inputType()).isEqualTo(InputType.convolutionalFlat(2, 3, 1));
    DataSet train = split.train().toDataSet();
    assertThat(train.getFeatures().shape()).containsExactly(3, 6);
    assertThat(same.train().toDataSet().getFeatures()).isEqualTo(train.getFeatures());
    assertThat(same.test().toDataSet().getLabels()).isEqualTo(split.test().toDataSet().getLabels());
  }

  @Test
  void read_pixels_areUnsignedAndScaled() throws IOException {
    Path images = write("images", false, IMAGES, new int[] {1, 1, 3}, bytes(0, 51, 255));
    Path labels = write("labels", false, LABELS, new int[] {1}, bytes(2));
    IdxReader centred = new IdxReader(List.of("a", "b", "c"), Scaling.Affine.CENTRED_PIXEL);

    DataSet unit = READER.read(images, labels).toDataSet();
    DataSet symmetric = centred.read(images, labels).toDataSet();

    assertThat(unit.getFeatures().toFloatVector()).containsExactly(0, 0.2f, 1);
    assertThat(unit.getLabels().toFloatVector()).containsExactly(0, 0, 1);
    assertThat(symmetric.getFeatures().toFloatVector()).containsExactly(-1, -0.6f, 1);
  }

  @Test
  void read_wrongMagic_namesTheRightOneButNoByteOfTheFile() throws IOException {
    Path labels = write("labels", false, LABELS, new int[] {1}, bytes(2));

    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> READER.read(labels, labels))
        .withMessage(
            labels
                + ": expected magic number 0x00000803 (IDX, unsigned bytes, 3 axes), found other"
                + " bytes; is it an IDX file?");
  }

  @Test
  void read_fileCutShort_saysHowMuchIsThere() throws IOException {
    Path labels = write("labels", false, LABELS, new int[] {2}, bytes(0, 1));
    Path short1 = write("short", false, IMAGES, new int[] {2, 1, 3}, bytes(1, 2, 3, 4, 5));
    Path header = directory.resolve("header");
    Files.write(header, bytes(0, 0, 8, 3, 0, 0));
    Path empty = Files.createFile(directory.resolve("empty"));

    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> READER.read(short1, labels))
        .withMessage(
            short1 + ": expected 6 values, as its header says, found 5; the file is cut short");
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> READER.read(header, labels))
        .withMessage(header + ": expected a header of 16 bytes, found 6 in all");
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> READER.read(empty, labels))
        .withMessageEndingWith("found 0 bytes in all");
  }

  @Test
  void read_gzipCutShortOrDamaged_isRefused() throws IOException {
    Path labels = write("labels", false, LABELS, new int[] {2}, bytes(0, 1));
    Path whole = write("whole.gz", true, IMAGES, new int[] {2, 10, 10}, new byte[200]);
    byte[] content = Files.readAllBytes(whole);
    Path cut = directory.resolve("cut.gz");

    // The checksum, of a file that is cut only if it is shorter.
    content[content.length - 8] ^= 1;
    for (int length : new int[] {3, 12, content.length - 9, content.length}) {
      Files.write(cut, Arrays.copyOf(content, length));
      assertThatExceptionOfType(MalformedDataException.class)
          .as("%d of %d bytes", length, content.length)
          .isThrownBy(() -> READER.read(cut, labels))
          .withMessageStartingWith(cut + ": expected a complete gzip file");
    }
  }

  @Test
  void read_longerThanTheHeaderSays_isRefused() throws IOException {
    Path images = write("images", false, IMAGES, new int[] {1, 1, 3}, bytes(1, 2, 3, 4));
    Path labels = write("labels", false, LABELS, new int[] {1}, bytes(0));

    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> READER.read(images, labels))
        .withMessage(images + ": expected 3 values, as its header says, found more");
  }

  @Test
  void read_headerThatLies_isRefusedWithoutTheMemory() throws IOException {
    Path labels = write("labels", false, LABELS, new int[] {1}, bytes(0));
    Path overflow =
        write("overflow", false, IMAGES, new int[] {1 << 20, 1 << 20, 1 << 30}, bytes(1));
    Path negative = write("negative", false, IMAGES, new int[] {-1, 28, 28}, bytes(1));
    Path large = write("large", false, IMAGES, new int[] {2_000_000, 28, 28}, bytes(1));

    for (Path file : List.of(overflow, negative)) {
      assertThatExceptionOfType(MalformedDataException.class)
          .isThrownBy(() -> READER.read(file, labels))
          .withMessageContaining("product is below 2³¹");
    }
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> READER.read(large, labels))
        .withMessageContaining("expected 1568000000 values")
        .withMessageContaining("found 1; the file is cut short");
  }

  @Test
  void read_countsThatDiffer_nameBothFiles() throws IOException {
    Path images = write("images", false, IMAGES, new int[] {2, 1, 1}, bytes(1, 2));
    Path labels = write("labels", false, LABELS, new int[] {3}, bytes(0, 1, 2));

    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> READER.read(images, labels))
        .withMessage(labels + ": expected 2 labels, one for each image of images, found 3");
  }

  @Test
  void read_labelOutsideTheClasses_isRefused() throws IOException {
    Path images = write("images", false, IMAGES, new int[] {2, 1, 1}, bytes(1, 2));
    Path labels = write("labels", false, LABELS, new int[] {2}, bytes(0, 3));

    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> READER.read(images, labels))
        .withMessage(
            labels + ": expected labels from 0 to 2 (3 classes), found a larger one at position 1");
  }

  @Test
  void readDirectory_testImagesOfAnotherSize_areRefused() throws IOException {
    writeAll(directory, "", false);
    write("t10k-images-idx3-ubyte", false, IMAGES, new int[] {2, 2, 2}, new byte[8]);

    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> READER.readDirectory(directory))
        .withMessageContaining("[1, 2, 3], found [1, 2, 2]");
  }

  @Test
  void readDirectory_missingFile_namesBothSpellings() throws IOException {
    writeAll(directory, "", false);
    Files.delete(directory.resolve("t10k-labels-idx1-ubyte"));

    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> READER.readDirectory(directory))
        .withMessage(
            directory
                + ": expected the file t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz, found"
                + " neither");
  }

  private static void writeAll(Path directory, String suffix, boolean gzip) throws IOException {
    Path train = directory.resolve("train-images-idx3-ubyte" + suffix);
    write(train, gzip, IMAGES, new int[] {3, 2, 3}, counting(18));
    write(
        directory.resolve("train-labels-idx1-ubyte" + suffix),
        gzip,
        LABELS,
        new int[] {3},
        bytes(0, 1, 2));
    Path test = directory.resolve("t10k-images-idx3-ubyte" + suffix);
    write(test, gzip, IMAGES, new int[] {2, 2, 3}, counting(12));
    write(
        directory.resolve("t10k-labels-idx1-ubyte" + suffix),
        gzip,
        LABELS,
        new int[] {2},
        bytes(2, 0));
  }

  private Path write(String name, boolean gzip, int magic, int[] sizes, byte[] values)
      throws IOException {
    return write(directory.resolve(name), gzip, magic, sizes, values);
  }

  private static Path write(Path file, boolean gzip, int magic, int[] sizes, byte[] values)
      throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    try (OutputStream stream = gzip ? new GZIPOutputStream(content) : content;
        DataOutputStream data = new DataOutputStream(stream)) {
      data.writeInt(magic);
      for (int size : sizes) {
        data.writeInt(size);
      }
      data.write(values);
    }
    return Files.write(file, content.toByteArray());
  }

  private static byte[] counting(int length) {
    byte[] values = new byte[length];
    for (int i = 0; i < length; i++) {
      values[i] = (byte) (13 * i);
    }
    return values;
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
