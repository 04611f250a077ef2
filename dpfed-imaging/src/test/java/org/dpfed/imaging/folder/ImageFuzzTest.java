package org.dpfed.imaging.folder;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import javax.imageio.ImageIO;
import org.dpfed.data.MalformedDataException;
import org.dpfed.fuzz.FuzzedReader;
import org.dpfed.fuzz.Fuzzing;
import org.dpfed.fuzz.Mutation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged images, masks and label files are read or refused. */
final class ImageFuzzTest {
  private static final ImageLoader LOADER =
      ImageLoader.of(3, 8, 8).resizing().compositingOnBlack().rotating();

  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("readers")
  void read_damaged_isReadOrRefused(FuzzedReader reader) throws Exception {
    Fuzzing.run(reader, Fuzzing.FEW, directory);
  }

  @ParameterizedTest
  @MethodSource("readers")
  @Tag("stress")
  void read_damagedManyTimes_isReadOrRefused(FuzzedReader reader) throws Exception {
    Fuzzing.run(reader, Fuzzing.MANY, directory);
  }

  static Stream<FuzzedReader> readers() throws IOException {
    return Stream.of(
        images("PNG", "a.png", "png").in(ImageFuzzTest::inPng),
        images("JPEG", "a.jpg", "jpg"),
        images("TIFF", "a.tif", "tiff"),
        reader(
                "PNG masks",
                "a.png",
                List.of(
                    image("png", BufferedImage.TYPE_BYTE_GRAY),
                    image("png", BufferedImage.TYPE_BYTE_INDEXED)),
                file -> new MaskLoader(8, 8, 128, true).read(file))
            .in(ImageFuzzTest::inPng)
            .allocating(8 * ImageHeader.MOST_EXPANSION),
        reader(
                "TIFF masks",
                "a.tif",
                List.of(
                    image("tiff", BufferedImage.TYPE_BYTE_GRAY),
                    image("tiff", BufferedImage.TYPE_BYTE_INDEXED)),
                file -> new MaskLoader(8, 8, 128, true).read(file))
            .allocating(8 * ImageHeader.MOST_EXPANSION),
        reader(
            "labels of images",
            "labels.csv",
            List.of(
                "path,label\nnorth/p1,a\n\"north/p 2/x.png\",b\n".getBytes(StandardCharsets.UTF_8)),
            ImageFuzzTest::readLabels));
  }

  private static FuzzedReader images(String name, String file, String format) throws IOException {
    List<byte[]> seeds =
        List.of(
            image(format, BufferedImage.TYPE_BYTE_GRAY),
            image(format, BufferedImage.TYPE_3BYTE_BGR));
    return reader(name, file, seeds, LOADER::read).allocating(8 * ImageHeader.MOST_EXPANSION);
  }

  private static FuzzedReader reader(
      String name, String file, List<byte[]> seeds, FuzzedReader.Reading reading) {
    return FuzzedReader.of(name, file, seeds, MalformedDataException.class, reading);
  }

  private static void readLabels(Path file) throws IOException {
    LabelFile.read(file, List.of("a", "b"));
  }

  private static byte[] image(String format, int type) throws IOException {
    BufferedImage image = new BufferedImage(12, 10, type);
    for (int i = 0; i < 120; i++) {
      image.getRaster().setSample(i % 12, i / 12, 0, i);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, format, bytes);
    return bytes.toByteArray();
  }

  /**
   * Changes the content of one chunk, or the pixels, and makes lengths and checksums right again.
   */
  private static byte[] inPng(byte[] file, Mutation mutation) throws IOException {
    ByteBuffer chunks = ByteBuffer.wrap(file).position(8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(file, 0, 8);
    while (chunks.remaining() >= 12) {
      byte[] content = new byte[chunks.getInt()];
      int type = chunks.getInt();
      chunks.get(content).getInt();
      if (type == 0x49444154) {
        byte[] pixels = new InflaterInputStream(new ByteArrayInputStream(content)).readAllBytes();
        content = deflated(mutation.below(2) == 0 ? mutation.of(pixels) : pixels);
      } else if (mutation.below(3) == 0) {
        content = mutation.of(content);
      }
      ByteBuffer chunk = ByteBuffer.allocate(content.length + 12);
      chunk.putInt(content.length).putInt(type).put(content);
      CRC32 crc = new CRC32();
      crc.update(chunk.array(), 4, content.length + 4);
      bytes.writeBytes(chunk.putInt((int) crc.getValue()).array());
    }
    return bytes.toByteArray();
  }

  private static byte[] deflated(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(bytes)) {
      deflater.write(plain);
    }
    return bytes.toByteArray();
  }
}
