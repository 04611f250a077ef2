package org.dpfed.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.dpfed.data.Scaling;
import org.dpfed.fuzz.Envelope;
import org.dpfed.imaging.folder.ImageFolder;
import org.dpfed.imaging.folder.ImageLoader;
import org.dpfed.imaging.folder.Unit;
import org.dpfed.imaging.medmnist.MedMnist;
import org.dpfed.imaging.medmnist.MedMnistReader;
import org.dpfed.imaging.nifti.NiftiReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every error that headers can cause, searched for what stands in them: numbers and words that
 * occur nowhere else, put into every place.
 */
class ErrorsShowNoHeaderTest {
  private static final short SHORT = 7351;
  private static final float FLOAT = 73519.25f;

  @TempDir private Path directory;

  private final Set<String> messages = new LinkedHashSet<>();
  private int least;

  @AfterEach
  void assertNoTokens() {
    // Fewer would mean that breaking a file no longer breaks it.
    assertThat(messages).hasSizeGreaterThanOrEqualTo(least);
    assertThat(messages)
        .allSatisfy(
            message ->
                assertThat(message)
                    .doesNotContainIgnoringCase("zq", "7351", "7,351", "1cb7")
                    .doesNotContain("\n"));
  }

  @Test
  void nifti_headersBrokenEverywhere_causeErrorsWithoutThem() throws IOException {
    byte[] right = new byte[352 + 16];
    ByteBuffer header = ByteBuffer.wrap(right).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(0, 348).putShort(40, (short) 3).putShort(70, (short) 4).putShort(72, (short) 16);
    header.putShort(42, (short) 2).putShort(44, (short) 2).putShort(46, (short) 2);
    header.putFloat(108, 352).putShort(254, (short) 1);
    header.putFloat(280, 1).putFloat(300, 1).putFloat(320, 1).putInt(344, 0x00312b6e);
    header.position(148).put("ZQname".getBytes(StandardCharsets.US_ASCII));
    Path file = directory.resolve("a.nii");
    collect(() -> NiftiReader.read(Files.write(file, right)));
    assertThat(messages).isEmpty();
    for (int at = 0; at < 350; at += 2) {
      for (boolean isReal : new boolean[] {true, false}) {
        ByteBuffer broken = ByteBuffer.wrap(right.clone()).order(ByteOrder.LITTLE_ENDIAN);
        if (isReal) {
          broken.putFloat(at, FLOAT);
        } else {
          broken.putShort(at, SHORT);
        }
        collect(() -> NiftiReader.read(Files.write(file, broken.array())));
      }
    }
    least = 10;
  }

  @Test
  void medMnist_headersBrokenInManyWays_causeErrorsWithoutThem() throws IOException {
    for (String header :
        List.of(
            "{'descr': '|u1', 'fortran_order': False, 'shape': (7351, 28, 28), }",
            "{'descr': '|u1', 'fortran_order': False, 'shape': (7351, 7351, 7351), }",
            "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 7351), }",
            "{'descr': '|u1', 'fortran_order': False, 'shape': (ZQ,), }",
            "{'descr': '<u7351', 'fortran_order': False, 'shape': (1,), }",
            "{'descr': '<c7', 'fortran_order': False, 'shape': (7351,), }",
            "{'descr': '|O', 'fortran_order': False, 'shape': (7351,), }",
            "{'descr': '|u1', 'fortran_order': ZQ, 'shape': (1,), }",
            "{'ZQ': 7351}",
            "ZQ7351")) {
      for (String name : List.of("train_images", "train_labels", "ZQ7351")) {
        Map<String, byte[]> entries = new TreeMap<>();
        for (String part : List.of("train", "val", "test")) {
          entries.put(part + "_images.npy", array(shape("1, 28, 28"), 784));
          entries.put(part + "_labels.npy", array(shape("1, 1"), 1));
        }
        entries.put(name + ".npy", array(header, 7351));
        byte[] zip = Envelope.zip(entries);
        collect(() -> readSet(zip));
        for (int length = 0; length < zip.length; length += zip.length / 7) {
          byte[] cut = Arrays.copyOf(zip, length);
          collect(() -> readSet(cut));
        }
      }
    }
    least = 8;
  }

  private void readSet(byte[] zip) throws IOException {
    new MedMnistReader(MedMnist.PNEUMONIA, MedMnistReader.Validation.LEAVE_OUT, new Scaling.None())
        .read(Files.write(directory.resolve("a.npz"), zip));
  }

  private static String shape(String sizes) {
    return "{'descr': '|u1', 'fortran_order': False, 'shape': (" + sizes + "), }";
  }

  private static byte[] array(String header, int values) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(
        new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length(), 0});
    bytes.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(new byte[values]);
    return bytes.toByteArray();
  }

  @Test
  void images_bytesBrokenEverywhere_causeErrorsWithoutThem() throws IOException {
    for (String format : List.of("png", "jpg", "tiff")) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ImageIO.write(new BufferedImage(4, 3, BufferedImage.TYPE_INT_RGB), format, bytes);
      byte[] right = bytes.toByteArray();
      for (int at = 0; at + 4 < right.length; at++) {
        for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
          ByteBuffer broken = ByteBuffer.wrap(right.clone()).order(order);
          broken.putShort(at, SHORT);
          collect(
              () ->
                  ImageLoader.of(3, 3, 4)
                      .read(Files.write(directory.resolve("a." + format), broken.array())));
        }
      }
    }
    least = 8;
  }

  @Test
  void labels_brokenInManyWays_causeErrorsWithoutThem() throws IOException {
    Path image = directory.resolve("images/north/p1/a.png");
    Files.createDirectories(image.getParent());
    Files.createFile(image);
    for (String text :
        List.of(
            "ZQ,label\n",
            "path,label,ZQ\n",
            "path,label\nnorth/p1,ZQ\n",
            "path,label\nnorth/p1,a\nZQ,a\n",
            "path,label\nnorth/p1,a\nZQ,a\nZQ,b\n",
            "path,label\nZQ\n",
            "path,label\n\"ZQ,a\n",
            "path,label\nZQ,a\n",
            "path,label\nZQ\u0001,a\n")) {
      Path labels = Files.writeString(directory.resolve("labels.csv"), text);
      collect(
          () ->
              ImageFolder.withLabels(
                  directory.resolve("images"), labels, List.of("a", "b"), Unit.PATIENT));
    }
    least = 8;
  }

  private interface Reading {
    void read() throws IOException;
  }

  private void collect(Reading reading) {
    try {
      reading.read();
    } catch (IOException | RuntimeException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        messages.add(cause.toString().replace(directory.toString(), ""));
      }
    }
  }
}
