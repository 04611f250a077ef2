package org.dpfed.imaging.medmnist;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.dpfed.data.MalformedDataException;

/**
 * A NumPy array of numbers in memory, as its file stores it: as many bytes as there are in the
 * file, whatever the header promises.
 */
final class NpyArray {
  private final NpyHeader header;
  private final ByteBuffer values;

  private NpyArray(NpyHeader header, ByteBuffer values) {
    this.header = header;
    this.values = values;
  }

  /**
   * Reads one array, which ends where the stream does.
   *
   * @param place for errors
   */
  static NpyArray read(InputStream stream, MalformedDataException.Place place) throws IOException {
    NpyHeader header = NpyHeader.read(stream, place);
    // Grows as bytes arrive, so that a header that lies costs no memory.
    byte[] bytes = stream.readNBytes(header.bytes());
    if (bytes.length < header.bytes()) {
      throw place.problem("expected as many values as its header says, found fewer");
    }
    if (stream.read() >= 0) {
      throw place.problem("expected as many values as its header says, found more");
    }
    return new NpyArray(header, ByteBuffer.wrap(bytes).order(header.byteOrder()));
  }

  NpyType type() {
    return header.type();
  }

  /** Size of each axis. */
  List<Integer> shape() {
    return header.shape();
  }

  /** Number of values. */
  int size() {
    return header.size();
  }

  /** How far apart two neighbours on each axis are, in values. */
  int[] strides() {
    List<Integer> shape = header.shape();
    int[] strides = new int[shape.size()];
    int stride = 1;
    for (int i = 0; i < shape.size(); i++) {
      int axis = header.fortranOrder() ? i : shape.size() - 1 - i;
      strides[axis] = stride;
      stride *= shape.get(axis);
    }
    return strides;
  }

  /**
   * One value.
   *
   * @param offset the sum of position times stride over all axes
   */
  double at(int offset) {
    return header.type().at(values, offset * header.type().bytes());
  }

  @Override
  public String toString() {
    return header.type() + " " + header.shape();
  }
}
