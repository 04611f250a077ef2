package org.dpfed.imaging.nifti;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/**
 * Writes a NIfTI-1 file of 2 × 3 × 4 voxels that hold their numbers, 1 × 2 × 3 mm apart, of which
 * the second axis runs to the back.
 */
final class Nifti {
  private static final int OFFSET = 352;

  private final ByteBuffer bytes = ByteBuffer.allocate(OFFSET + 48).order(ByteOrder.LITTLE_ENDIAN);
  private boolean isPair;

  Nifti() {
    write();
  }

  private void write() {
    bytes.putInt(0, 348);
    short[] dim = {3, 2, 3, 4, 1, 1, 1, 1};
    for (int i = 0; i < dim.length; i++) {
      bytes.putShort(40 + 2 * i, dim[i]);
    }
    bytes.putShort(70, (short) 4).putShort(72, (short) 16);
    bytes.putFloat(76, -1).putFloat(80, 1).putFloat(84, 2).putFloat(88, 3).putFloat(108, OFFSET);
    bytes.putShort(254, (short) 1);
    bytes.putFloat(280, 1).putFloat(300, -2).putFloat(320, 3);
    bytes.putFloat(292, -5).putFloat(308, 6).putFloat(324, 7);
    bytes.position(344).put("n+1\0".getBytes(StandardCharsets.ISO_8859_1));
    for (int i = 0; i < 24; i++) {
      bytes.putShort(OFFSET + 2 * i, (short) i);
    }
  }

  Nifti bigEndian() {
    bytes.order(ByteOrder.BIG_ENDIAN);
    write();
    return this;
  }

  /** The same place in another form: turned about the first axis, and mirrored on the third. */
  Nifti qform() {
    bytes.putShort(254, (short) 0).putShort(252, (short) 1);
    bytes.putFloat(256, 1).putFloat(260, 0).putFloat(264, 0);
    bytes.putFloat(268, -5).putFloat(272, 6).putFloat(276, 7);
    return this;
  }

  Nifti pair() {
    isPair = true;
    bytes.position(344).put("ni1\0".getBytes(StandardCharsets.ISO_8859_1));
    return with(108, 0f);
  }

  Nifti with(int offset, short value) {
    bytes.putShort(offset, value);
    return this;
  }

  Nifti with(int offset, float value) {
    bytes.putFloat(offset, value);
    return this;
  }

  byte[] bytes() {
    byte[] copy = new byte[isPair ? 348 : bytes.capacity()];
    bytes.get(0, copy);
    return copy;
  }

  byte[] gzipped() throws IOException {
    ByteArrayOutputStream gzipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(gzipped)) {
      gzip.write(bytes());
    }
    return gzipped.toByteArray();
  }

  /** The voxels alone, in the byte order of a new file. */
  static byte[] voxels() {
    byte[] voxels = new byte[48];
    new Nifti().bytes.get(OFFSET, voxels);
    return voxels;
  }
}
