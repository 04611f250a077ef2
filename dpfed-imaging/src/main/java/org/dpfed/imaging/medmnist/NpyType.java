package org.dpfed.imaging.medmnist;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The number types of NumPy arrays that can be read, each with the code in its header. */
enum NpyType {
  BOOL("b1", 1) {
    @Override
    double at(ByteBuffer values, int position) {
      return values.get(position) == 0 ? 0 : 1;
    }
  },
  INT8("i1", 1) {
    @Override
    double at(ByteBuffer values, int position) {
      return values.get(position);
    }
  },
  UINT8("u1", 1) {
    @Override
    double at(ByteBuffer values, int position) {
      return Byte.toUnsignedInt(values.get(position));
    }
  },
  INT16("i2", 2) {
    @Override
    double at(ByteBuffer values, int position) {
      return values.getShort(position);
    }
  },
  INT32("i4", 4) {
    @Override
    double at(ByteBuffer values, int position) {
      return values.getInt(position);
    }
  },
  INT64("i8", 8) {
    @Override
    double at(ByteBuffer values, int position) {
      return values.getLong(position);
    }
  },
  FLOAT32("f4", 4) {
    @Override
    double at(ByteBuffer values, int position) {
      return values.getFloat(position);
    }
  },
  FLOAT64("f8", 8) {
    @Override
    double at(ByteBuffer values, int position) {
      return values.getDouble(position);
    }
  };

  private final String code;
  private final int bytes;

  NpyType(String code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** The type that a header calls {@code code}, such as {@code u1}; the byte order left out. */
  static Optional<NpyType> of(String code) {
    return Arrays.stream(values()).filter(type -> type.code.equals(code)).findFirst();
  }

  /** Bytes of one value. */
  int bytes() {
    return bytes;
  }

  /** The value at a position in bytes; the nearest {@code double} of a 64-bit integer. */
  abstract double at(ByteBuffer values, int position);
}
