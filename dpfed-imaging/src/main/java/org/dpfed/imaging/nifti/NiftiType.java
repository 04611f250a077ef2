package org.dpfed.imaging.nifti;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The types of voxels that can be read, each with its code in {@code nifti1.h}. */
enum NiftiType {
  UINT8(2, 1) {
    @Override
    double at(ByteBuffer values, int position) {
      return Byte.toUnsignedInt(values.get(position));
    }
  },
  INT16(4, 2) {
    @Override
    double at(ByteBuffer values, int position) {
      return values.getShort(position);
    }
  },
  INT32(8, 4) {
    @Override
    double at(ByteBuffer values, int position) {
      return values.getInt(position);
    }
  },
  FLOAT32(16, 4) {
    @Override
    double at(ByteBuffer values, int position) {
      return values.getFloat(position);
    }
  },
  FLOAT64(64, 8) {
    @Override
    double at(ByteBuffer values, int position) {
      return values.getDouble(position);
    }
  },
  INT8(256, 1) {
    @Override
    double at(ByteBuffer values, int position) {
      return values.get(position);
    }
  },
  UINT16(512, 2) {
    @Override
    double at(ByteBuffer values, int position) {
      return Short.toUnsignedInt(values.getShort(position));
    }
  },
  UINT32(768, 4) {
    @Override
    double at(ByteBuffer values, int position) {
      return Integer.toUnsignedLong(values.getInt(position));
    }
  };

  private final int code;
  private final int bytes;

  NiftiType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** The type with a code. */
  static Optional<NiftiType> of(int code) {
    return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
  }

  /** What a code that cannot be read stands for. */
  static String nameOfOther(int code) {
    return switch (code) {
      case 1 -> "single bits";
      case 32, 1792, 2048 -> "complex numbers";
      case 128 -> "colours (RGB)";
      case 2304 -> "colours (RGBA)";
      case 1024 -> "64-bit integers";
      case 1280 -> "unsigned 64-bit integers";
      case 1536 -> "128-bit numbers";
      default -> "a type that NIfTI-1 does not define";
    };
  }

  /** Bytes of one voxel. */
  int bytes() {
    return bytes;
  }

  /** The value at a position in bytes, exactly. */
  abstract double at(ByteBuffer values, int position);
}
