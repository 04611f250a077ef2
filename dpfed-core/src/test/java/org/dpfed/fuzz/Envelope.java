package org.dpfed.fuzz;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * What surrounds the content of a file and guards it: compression, checksums, hashes. Behind it,
 * mutations reach what an intact envelope is followed by.
 */
@FunctionalInterface
public interface Envelope {
  /** No envelope: the bytes are the content. */
  Envelope NONE = (file, mutation) -> mutation.of(file);

  /** A gzip stream. */
  Envelope GZIP = (file, mutation) -> gzip(mutation.of(gunzip(file)));

  /** A zip file: changes, adds or removes one entry. */
  Envelope ZIP = Envelope::inZip;

  /**
   * The file with a mutation of its content and everything around it as it must be.
   *
   * @param file a valid one
   */
  byte[] mutate(byte[] file, Mutation mutation) throws IOException;

  /** Compresses. */
  static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(plain);
    }
    return bytes.toByteArray();
  }

  private static byte[] gunzip(byte[] gzipped) throws IOException {
    try (GZIPInputStream stream = new GZIPInputStream(new ByteArrayInputStream(gzipped))) {
      return stream.readAllBytes();
    }
  }

  private static byte[] inZip(byte[] file, Mutation mutation) throws IOException {
    Map<String, byte[]> entries = unzip(file);
    List<String> names = new ArrayList<>(entries.keySet());
    String name = names.get(mutation.below(names.size()));
    byte[] content = entries.getOrDefault(name, new byte[0]);
    switch (mutation.below(16)) {
      case 0 -> entries.remove(name);
      case 1 -> {
        String renamed = new String(mutation.of(utf8(name)), StandardCharsets.ISO_8859_1);
        entries.put(renamed.substring(0, Math.min(renamed.length(), 1000)), content);
      }
      default -> entries.put(name, mutation.of(content));
    }
    return zip(entries);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The entries of a zip file, in order. */
  static Map<String, byte[]> unzip(byte[] file) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), zip.readAllBytes());
      }
    }
    return entries;
  }

  /** A zip file with these entries. */
  static byte[] zip(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }
}
