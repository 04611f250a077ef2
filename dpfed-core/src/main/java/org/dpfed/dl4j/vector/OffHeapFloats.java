package org.dpfed.dl4j.vector;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A window on an array's own memory, for vectors and scalars alike: nothing is copied.
 *
 * <p>The Vector API reads off-heap memory through {@code ByteBuffer} up to JDK 18 and through
 * {@code MemorySegment}, which Java 17 has not, after that. The two ways are bound once, as
 * constant method handles that the JIT compiler sees through, so that one class file runs on
 * either.
 *
 * <p>Valid only while the array is; whoever opens a window keeps the array reachable.
 */
final class OffHeapFloats {
  private static final MethodType LOAD =
      MethodType.methodType(FloatVector.class, VectorSpecies.class, Object.class, int.class);
  private static final MethodType STORE =
      MethodType.methodType(void.class, FloatVector.class, Object.class, int.class);

  private static final Access ACCESS = Access.ofThisJvm();
  private static final MethodHandle OF_BUFFER = ACCESS.ofBuffer();
  private static final MethodHandle LOAD_VECTOR = ACCESS.load();
  private static final MethodHandle STORE_VECTOR = ACCESS.store();

  private final ByteBuffer buffer;
  private final long address;
  private final Object memory;

  private OffHeapFloats(ByteBuffer buffer, long address) {
    this.address = address;
    this.buffer = buffer;
    try {
      this.memory = (Object) OF_BUFFER.invokeExact(buffer);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /**
   * The floats {@code from} to {@code from + length} of a dense array.
   *
   * @param length at most 2²⁸: a {@code ByteBuffer} holds less than 2 GiB
   */
  static OffHeapFloats window(INDArray array, long from, long length) {
    // Not data().address(), which leaves out the offset of a view.
    long address = array.data().addressPointer().address() + from * Float.BYTES;
    ByteBuffer buffer = new Region(address, length * Float.BYTES).asByteBuffer();
    return new OffHeapFloats(buffer.order(ByteOrder.nativeOrder()), address);
  }

  /** The vector whose first lane is float {@code index}. */
  FloatVector vector(VectorSpecies<Float> species, int index) {
    try {
      return (FloatVector) LOAD_VECTOR.invokeExact((VectorSpecies<?>) species, memory, index << 2);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** Stores {@code vector} so that its first lane becomes float {@code index}. */
  void put(FloatVector vector, int index) {
    try {
      STORE_VECTOR.invokeExact(vector, memory, index << 2);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  float get(int index) {
    return buffer.getFloat(index << 2);
  }

  void put(float value, int index) {
    buffer.putFloat(index << 2, value);
  }

  /** Where float 0 is. */
  long address() {
    return address;
  }

  /** Sets {@code length} floats to zero. */
  void clear(int from, int length) {
    Pointer.memset(new Region(address + 4L * from, 4L * length), 0, 4L * length);
  }

  /** Copies {@code length} floats into {@code target}. */
  void read(int from, float[] target, int length) {
    buffer.asFloatBuffer().get(from, target, 0, length);
  }

  /** Copies the first {@code length} floats of {@code source} to float {@code to}. */
  void write(float[] source, int length, int to) {
    buffer.asFloatBuffer().put(to, source, 0, length);
  }

  /** Passes on what the handles threw; they declare {@code Throwable}, but throw unchecked only. */
  private static RuntimeException impossible(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException runtime ? runtime : new IllegalStateException(thrown);
  }

  /** A pointer to memory that somebody else owns. */
  private static final class Region extends Pointer {
    Region(long address, long bytes) {
      this.address = address;
      this.limit = bytes;
      this.capacity = bytes;
    }
  }

  /** How this JVM's Vector API reaches off-heap memory. */
  private record Access(MethodHandle ofBuffer, MethodHandle load, MethodHandle store) {
    static Access ofThisJvm() {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      try {
        return throughByteBuffer(lookup);
      } catch (NoSuchMethodException e) {
        try {
          return throughMemorySegment(lookup);
        } catch (ReflectiveOperationException newer) {
          newer.addSuppressed(e);
          throw new ExceptionInInitializerError(newer);
        }
      } catch (IllegalAccessException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private static Access throughByteBuffer(MethodHandles.Lookup lookup)
        throws NoSuchMethodException, IllegalAccessException {
      MethodHandle identity =
          MethodHandles.identity(ByteBuffer.class)
              .asType(MethodType.methodType(Object.class, ByteBuffer.class));
      return bind(lookup, identity, "ByteBuffer", ByteBuffer.class, int.class);
    }

    private static Access throughMemorySegment(MethodHandles.Lookup lookup)
        throws ReflectiveOperationException {
      Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
      MethodHandle ofBuffer =
          lookup
              .findStatic(
                  segment, "ofBuffer", MethodType.methodType(segment, java.nio.Buffer.class))
              .asType(MethodType.methodType(Object.class, ByteBuffer.class));
      return bind(lookup, ofBuffer, "MemorySegment", segment, long.class);
    }

    private static Access bind(
        MethodHandles.Lookup lookup,
        MethodHandle ofBuffer,
        String suffix,
        Class<?> memory,
        Class<?> offset)
        throws NoSuchMethodException, IllegalAccessException {
      ByteOrder order = ByteOrder.nativeOrder();
      MethodHandle load =
          lookup.findStatic(
              FloatVector.class,
              "from" + suffix,
              MethodType.methodType(
                  FloatVector.class, VectorSpecies.class, memory, offset, ByteOrder.class));
      MethodHandle store =
          lookup.findVirtual(
              FloatVector.class,
              "into" + suffix,
              MethodType.methodType(void.class, memory, offset, ByteOrder.class));
      return new Access(
          ofBuffer,
          MethodHandles.insertArguments(load, 3, order).asType(LOAD),
          MethodHandles.insertArguments(store, 3, order).asType(STORE));
    }
  }
}
