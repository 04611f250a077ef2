package org.dpfed.cli.training;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;

/** Small files in the formats of images, whose second class is brighter than the first. */
final class MadeImages {
  /** Height and width of a slice or a DICOM image. */
  static final int SIDE = 16;

  private static final int SLICES = 3;
  private static final int NIFTI_OFFSET = 352;
  private static final int DARK = 40;
  private static final int BRIGHT = 200;

  private final Random random = new Random(7);

  /** A file of BreastMNIST's form. */
  void medMnist(Path file) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (String part : new String[] {"train", "val", "test"}) {
        int count = part.equals("train") ? 40 : 10;
        byte[] images = new byte[count * 28 * 28];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
          labels[i] = (byte) (i % 2);
          for (int pixel = 0; pixel < 28 * 28; pixel++) {
            images[i * 28 * 28 + pixel] = (byte) value(labels[i]);
          }
        }
        array(zip, part + "_images", count + ", 28, 28", images);
        array(zip, part + "_labels", count + ", 1", labels);
      }
    }
  }

  private static void array(ZipOutputStream zip, String name, String shape, byte[] values)
      throws IOException {
    String header = "{'descr': '|u1', 'fortran_order': False, 'shape': (%s), }".formatted(shape);
    zip.putNextEntry(new ZipEntry(name + ".npy"));
    zip.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) 246, 0});
    zip.write((header + " ".repeat(245 - header.length()) + "\n").getBytes(StandardCharsets.UTF_8));
    zip.write(values);
    zip.closeEntry();
  }

  /** A colour image of each class for each of some sites. */
  void photos(Path folder, int sites) throws IOException {
    for (int site = 1; site <= sites; site++) {
      photo(folder.resolve("site-%02d/healthy/0001.png".formatted(site)), 0);
      photo(folder.resolve("site-%02d/ill/0001.png".formatted(site)), 1);
    }
  }

  /** A colour image of a class. */
  void photo(Path file, int label) throws IOException {
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_3BYTE_BGR);
    for (int i = 0; i < SIDE * SIDE; i++) {
      image.setRGB(i % SIDE, i / SIDE, 0x010101 * value(label));
    }
    ImageIO.write(image, "png", file.toFile());
  }

  /**
   * Volumes of patients with a bright block of another class in each slice, and the list of them.
   *
   * @param label the value of voxels of the block
   */
  void nifti(Path directory, int patients, int label) throws IOException {
    StringBuilder list = new StringBuilder("patient,image,labels\n");
    for (int patient = 1; patient <= patients; patient++) {
      String name = "sub-%02d".formatted(patient);
      Path folder = Files.createDirectories(directory.resolve(name).resolve("anat"));
      short[] image = new short[SIDE * SIDE * SLICES];
      short[] labels = new short[image.length];
      int left = random.nextInt(SIDE / 2);
      for (int i = 0; i < image.length; i++) {
        boolean isInside = i % SIDE >= left && i % SIDE < left + SIDE / 2;
        labels[i] = (short) (isInside ? label : 0);
        image[i] = (short) value(isInside ? 1 : 0);
      }
      nifti(folder.resolve(name + "_T1w.nii.gz"), image);
      nifti(folder.resolve(name + "_labels.nii.gz"), labels);
      list.append("%1$s,%1$s/anat/%1$s_T1w.nii.gz,%1$s/anat/%1$s_labels.nii.gz%n".formatted(name));
    }
    Files.writeString(directory.resolve("studies.csv"), list);
  }

  private static void nifti(Path file, short[] voxels) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(NIFTI_OFFSET + 2 * voxels.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(0, 348);
    short[] dim = {3, SIDE, SIDE, SLICES, 1, 1, 1, 1};
    for (int i = 0; i < dim.length; i++) {
      bytes.putShort(40 + 2 * i, dim[i]);
    }
    bytes.putShort(70, (short) 4).putShort(72, (short) 16);
    bytes.putFloat(76, 1).putFloat(80, 1).putFloat(84, 1).putFloat(88, 1);
    bytes.putFloat(108, NIFTI_OFFSET);
    bytes.putShort(254, (short) 1);
    bytes.putFloat(280, 1).putFloat(300, 1).putFloat(320, 1);
    bytes.position(344).put("n+1\0".getBytes(StandardCharsets.ISO_8859_1));
    for (int i = 0; i < voxels.length; i++) {
      bytes.putShort(NIFTI_OFFSET + 2 * i, voxels[i]);
    }
    try (GZIPOutputStream gzip = new GZIPOutputStream(Files.newOutputStream(file))) {
      gzip.write(bytes.array());
    }
  }

  /**
   * Two images of each patient below {@code archive}, from one of three institutions, and the
   * labels of the patients in {@code labels.csv}.
   *
   * @param ids begins of the Patient IDs
   */
  void dicom(Path directory, int patients, String ids) throws IOException {
    StringBuilder labels = new StringBuilder("patient,label\n");
    for (int patient = 1; patient <= patients; patient++) {
      Path study = Files.createDirectories(directory.resolve("archive").resolve("study" + patient));
      String id = ids + patient;
      labels.append("%s,%s%n".formatted(id, patient % 2 == 0 ? "ill" : "healthy"));
      for (int instance = 1; instance <= 2; instance++) {
        Files.write(
            study.resolve("IM000" + instance),
            dicom(
                id,
                "Clinic " + "CAB".charAt(patient % 3),
                "1.2.3.%d.%d".formatted(patient, instance),
                1 - patient % 2));
      }
    }
    Files.write(directory.resolve("archive").resolve("DICOMDIR"), new byte[] {1});
    Files.writeString(directory.resolve("labels.csv"), labels);
  }

  private byte[] dicom(String patient, String institution, String instance, int label) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(new byte[128]);
    file.writeBytes("DICM".getBytes(StandardCharsets.US_ASCII));
    element(file, 0x00020010, "UI", ascii("1.2.840.10008.1.2.1"));
    element(file, 0x00080018, "UI", ascii(instance));
    element(file, 0x00080060, "CS", ascii("MR"));
    element(file, 0x00080080, "LO", ascii(institution));
    element(file, 0x00100020, "LO", ascii(patient));
    element(file, 0x0020000D, "UI", ascii(instance.replaceFirst("[.][0-9]+$", "")));
    element(file, 0x0020000E, "UI", ascii(instance.replaceFirst("[0-9]+$", "0")));
    element(file, 0x00280002, "US", number(1));
    element(file, 0x00280004, "CS", ascii("MONOCHROME2"));
    element(file, 0x00280010, "US", number(SIDE));
    element(file, 0x00280011, "US", number(SIDE));
    element(file, 0x00280100, "US", number(8));
    element(file, 0x00280101, "US", number(8));
    element(file, 0x00280102, "US", number(7));
    element(file, 0x00280103, "US", number(0));
    byte[] pixels = new byte[SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) value(label);
    }
    element(file, 0x7FE00010, "OB", pixels);
    return file.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] number(int number) {
    return new byte[] {(byte) number, (byte) (number >> 8)};
  }

  private static void element(ByteArrayOutputStream file, int tag, String kind, byte[] value) {
    int length = value.length + value.length % 2;
    ByteBuffer header = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    header.putShort((short) (tag >>> 16)).putShort((short) tag).put(ascii(kind));
    if (kind.equals("OB")) {
      header.putShort((short) 0).putInt(length);
    } else {
      header.putShort((short) length);
    }
    file.write(header.array(), 0, header.position());
    file.writeBytes(value);
    if (length > value.length) {
      file.write(kind.equals("UI") ? 0 : ' ');
    }
  }

  private int value(int label) {
    return (label == 0 ? DARK : BRIGHT) + random.nextInt(20);
  }
}
