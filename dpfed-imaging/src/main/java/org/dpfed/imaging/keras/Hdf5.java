package org.dpfed.imaging.keras;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.bytedeco.hdf5.Attribute;
import org.bytedeco.hdf5.DataSet;
import org.bytedeco.hdf5.DataSpace;
import org.bytedeco.hdf5.DataType;
import org.bytedeco.hdf5.Group;
import org.bytedeco.hdf5.H5File;
import org.bytedeco.hdf5.PredType;
import org.bytedeco.hdf5.global.hdf5;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Texts and weights of an HDF5 file, by the native library that comes with DL4J. Every type and
 * shape is compared with what is expected before the library fills memory. What it does inside with
 * a file made to harm is beyond that.
 *
 * <p>The library is not safe in threads: its caller holds {@code Hdf5Archive.LOCK_OBJECT}, as DL4J
 * does.
 */
final class Hdf5 implements AutoCloseable {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  private static final int SUPERBLOCK = 56;
  private static final String WEIGHTS = "model_weights";
  private static final int MAX_DEPTH = 4;

  private final H5File file;
  private final long length;

  private Hdf5(H5File file, long length) {
    this.file = file;
    this.length = length;
  }

  /**
   * @throws KerasException when it is no HDF5 file, or not all of one
   */
  static Hdf5 open(Path path) throws IOException {
    long length = Files.size(path);
    requireWhole(path, length);
    org.bytedeco.hdf5.Exception.dontPrint();
    return new Hdf5(new H5File(path.toString(), hdf5.H5F_ACC_RDONLY()), length);
  }

  /** The start of a file holds its kind and its length, HDF5 file format 1.1, section II.A. */
  private static void requireWhole(Path path, long length) throws IOException {
    byte[] start;
    try (InputStream stream = Files.newInputStream(path)) {
      start = stream.readNBytes(SUPERBLOCK);
    }
    if (start.length > 1 && start[0] == 'P' && start[1] == 'K') {
      throw new KerasException(
          "expected HDF5, found a zip archive, as Keras 3 writes (.keras); "
              + ModelConfig.SAVE_WITH_KERAS_2);
    }
    if (start.length < SUPERBLOCK
        || !Arrays.equals(SIGNATURE, 0, SIGNATURE.length, start, 0, SIGNATURE.length)) {
      throw new KerasException("expected an HDF5 file (.h5), found something else");
    }
    ByteBuffer block = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
    boolean isOld = start[8] <= 1;
    int sizeOfOffsets = start[isOld ? 13 : 9];
    long end = block.getLong(isOld ? (start[8] == 1 ? 44 : 40) : 28);
    if (start[8] < 0 || start[8] > 3 || sizeOfOffsets != Long.BYTES || end < 0 || end > length) {
      throw new KerasException("expected a whole HDF5 file, found one that is cut or damaged");
    }
  }

  /**
   * An attribute of the file, a text.
   *
   * @return empty when it has none of that name
   */
  Optional<String> text(String name) throws KerasException {
    if (!file.attrExists(name)) {
      return Optional.empty();
    }
    try (Attribute attribute = file.openAttribute(name);
        DataType type = attribute.getDataType();
        DataSpace space = attribute.getSpace()) {
      if (attribute.getTypeClass() != hdf5.H5T_STRING || space.getSimpleExtentNpoints() != 1) {
        throw new KerasException("expected attribute %s to be a text".formatted(name));
      }
      if (type.isVariableStr()) {
        return Optional.of(variableText(attribute, type));
      }
      if (type.getSize() > length) {
        throw new KerasException("attribute %s is longer than the file".formatted(name));
      }
      byte[] bytes = new byte[Math.toIntExact(type.getSize())];
      try (BytePointer memory = new BytePointer(bytes.length + 1L)) {
        attribute.read(type, (org.bytedeco.javacpp.Pointer) memory);
        memory.get(bytes);
      }
      return Optional.of(new String(bytes, StandardCharsets.UTF_8).replace("\0", ""));
    }
  }

  private static String variableText(Attribute attribute, DataType type) throws KerasException {
    try (PointerPointer<BytePointer> address = new PointerPointer<>(1)) {
      attribute.read(type, (org.bytedeco.javacpp.Pointer) address);
      BytePointer text = address.get(BytePointer.class, 0);
      if (text == null || text.isNull()) {
        throw new KerasException("expected a text in an attribute, found none");
      }
      String copy = text.getString(StandardCharsets.UTF_8);
      hdf5.H5free_memory(text);
      return copy;
    }
  }

  /**
   * The weights of a layer.
   *
   * @param layer its name
   * @param weight such as {@code kernel:0}
   * @param shape that it must have
   * @return finite values in order c, for the caller to close
   * @throws KerasException when there are none, or of another shape or type
   */
  INDArray weights(String layer, String weight, List<Long> shape) throws KerasException {
    List<String> paths = new ArrayList<>();
    if (hasGroup(layer)) {
      try (Group root = file.openGroup(WEIGHTS);
          Group group = root.openGroup(layer)) {
        collect(group, "", weight, 1, paths);
        if (paths.size() == 1) {
          return values(group, paths.get(0), layer, shape);
        }
      }
    }
    throw new KerasException(
        "layer '%s': expected one data set %s, found %d; save the model with its weights"
            .formatted(layer, weight, paths.size()));
  }

  private boolean hasGroup(String layer) {
    if (!file.nameExists(WEIGHTS) || file.childObjType(WEIGHTS) != hdf5.H5O_TYPE_GROUP) {
      return false;
    }
    try (Group root = file.openGroup(WEIGHTS)) {
      return root.nameExists(layer) && root.childObjType(layer) == hdf5.H5O_TYPE_GROUP;
    }
  }

  private static void collect(
      Group group, String prefix, String weight, int depth, List<String> paths) {
    for (long i = 0; i < group.getNumObjs(); i++) {
      String name = group.getObjnameByIdx(i).getString();
      int type = group.childObjType(i);
      if (type == hdf5.H5O_TYPE_DATASET && name.equals(weight)) {
        paths.add(prefix + name);
      } else if (type == hdf5.H5O_TYPE_GROUP && depth < MAX_DEPTH) {
        try (Group child = group.openGroup(name)) {
          collect(child, prefix + name + "/", weight, depth + 1, paths);
        }
      }
    }
  }

  private INDArray values(Group group, String path, String layer, List<Long> shape)
      throws KerasException {
    try (DataSet set = group.openDataSet(path);
        DataSpace space = set.getSpace()) {
      long[] found = new long[Math.max(1, space.getSimpleExtentNdims())];
      space.getSimpleExtentDims(found);
      if (set.asAbstractDs().getTypeClass() != hdf5.H5T_FLOAT
          || !LongStream.of(found).boxed().toList().equals(shape)) {
        throw new KerasException(
            "layer '%s': expected weights of shape %s, found others".formatted(layer, shape));
      }
      // Keras does not compress: weights take their room in the file, so that no file of a few
      // bytes makes gigabytes.
      long count = space.getSimpleExtentNpoints();
      if (count > length / Short.BYTES) {
        throw new KerasException("layer '%s': weights are larger than the file".formatted(layer));
      }
      float[] values = new float[Math.toIntExact(count)];
      try (FloatPointer memory = new FloatPointer(values.length);
          DataType type = new DataType(PredType.NATIVE_FLOAT())) {
        set.read(memory, type);
        memory.get(values);
      }
      for (float value : values) {
        if (!Float.isFinite(value)) {
          throw new KerasException(
              "layer '%s': expected finite weights, found NaN or infinity".formatted(layer));
        }
      }
      return Nd4j.create(values, found, 'c');
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
