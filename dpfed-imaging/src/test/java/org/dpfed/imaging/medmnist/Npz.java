package org.dpfed.imaging.medmnist;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes NumPy archives, right ones and wrong ones. */
final class Npz {
  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  /** An array file with a header of format version 1.0. */
  static byte[] array(String description, byte[] values) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String header = description + " ".repeat(245 - description.length()) + "\n";
    bytes.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) 246, 0});
    bytes.writeBytes(header.getBytes(StandardCharsets.UTF_8));
    bytes.writeBytes(values);
    return bytes.toByteArray();
  }

  static String description(String type, boolean fortran, String shape) {
    return "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }"
        .formatted(type, fortran ? "True" : "False", shape);
  }

  Npz with(String name, byte[] array) {
    entries.put(name + ".npy", array);
    return this;
  }

  Npz with(String name, String shape, byte[] values) {
    return with(name, array(description("|u1", false, shape), values));
  }

  /** A set of which each part has images of random pixels, and labels 0, 1, 0, … */
  static Npz set(int size, int channels, int... counts) {
    Npz npz = new Npz();
    Random random = new Random(1);
    String[] parts = {"train", "val", "test"};
    for (int part = 0; part < parts.length; part++) {
      byte[] images = new byte[counts[part] * size * size * channels];
      random.nextBytes(images);
      byte[] labels = new byte[counts[part]];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = (byte) (i % 2);
      }
      String shape = "%d, %d, %d%s".formatted(counts[part], size, size, channels == 3 ? ", 3" : "");
      npz.with(parts[part] + "_images", shape, images);
      npz.with(parts[part] + "_labels", counts[part] + ", 1", labels);
    }
    return npz;
  }

  byte[] deflated() throws IOException {
    return zip(ZipEntry.DEFLATED);
  }

  byte[] stored() throws IOException {
    return zip(ZipEntry.STORED);
  }

  private byte[] zip(int method) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    write(bytes, method);
    return bytes.toByteArray();
  }

  private void write(OutputStream to, int method) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(to)) {
      for (Map.Entry<String, byte[]> array : entries.entrySet()) {
        ZipEntry entry = new ZipEntry(array.getKey());
        CRC32 crc = new CRC32();
        crc.update(array.getValue());
        entry.setMethod(method);
        if (method == ZipEntry.STORED) {
          entry.setSize(array.getValue().length);
          entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(array.getValue());
        zip.closeEntry();
      }
    }
  }

  Path writeTo(Path file) throws IOException {
    return Files.write(file, deflated());
  }
}
