package org.dpfed.ledger;

import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What arrays a checkpoint can hold, and how their numbers are written. */
enum ArrayKind {
  FLOAT(float[].class, Float.BYTES) {
    @Override
    void put(Object array, int from, int count, ByteBuffer bytes) {
      bytes.asFloatBuffer().put((float[]) array, from, count);
    }

    @Override
    void get(Object array, int from, int count, ByteBuffer bytes) {
      bytes.asFloatBuffer().get((float[]) array, from, count);
    }
  },
  DOUBLE(double[].class, Double.BYTES) {
    @Override
    void put(Object array, int from, int count, ByteBuffer bytes) {
      bytes.asDoubleBuffer().put((double[]) array, from, count);
    }

    @Override
    void get(Object array, int from, int count, ByteBuffer bytes) {
      bytes.asDoubleBuffer().get((double[]) array, from, count);
    }
  },
  INT(int[].class, Integer.BYTES) {
    @Override
    void put(Object array, int from, int count, ByteBuffer bytes) {
      bytes.asIntBuffer().put((int[]) array, from, count);
    }

    @Override
    void get(Object array, int from, int count, ByteBuffer bytes) {
      bytes.asIntBuffer().get((int[]) array, from, count);
    }
  };

  private final Class<?> type;
  private final int bytes;

  ArrayKind(Class<?> type, int bytes) {
    this.type = type;
    this.bytes = bytes;
  }

  /**
   * The kind of an array.
   *
   * @throws IllegalArgumentException when it is none of these
   */
  static ArrayKind of(@Nullable Object array) {
    for (ArrayKind kind : values()) {
      if (kind.type.isInstance(array)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "a checkpoint holds arrays of float, double or int, no "
            + (array == null ? "null" : array.getClass().getSimpleName()));
  }

  /** Bytes of one number. */
  int bytes() {
    return bytes;
  }

  int length(Object array) {
    return Array.getLength(array);
  }

  Object make(int length) {
    return Array.newInstance(type.getComponentType(), length);
  }

  /** Writes numbers of the array at the position of {@code bytes}, which does not move. */
  abstract void put(Object array, int from, int count, ByteBuffer bytes);

  /** Reads numbers of the array from the position of {@code bytes}, which does not move. */
  abstract void get(Object array, int from, int count, ByteBuffer bytes);
}
