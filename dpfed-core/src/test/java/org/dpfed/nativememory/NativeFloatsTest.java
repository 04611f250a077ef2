package org.dpfed.nativememory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

final class NativeFloatsTest {
  /** A window that says it is longer than its array would let a caller overrun it. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 9, 255, 4097})
  void window_ofAnArray_isAsLongAsAskedForAndNoLonger(int length) {
    try (INDArray array = Nd4j.arange(length).castTo(DataType.FLOAT)) {
      assertThat(NativeFloats.window(array, 0, length).capacity()).isEqualTo(length);
      FloatBuffer last = NativeFloats.window(array, length - 1, 1);
      assertThat(last.capacity()).isEqualTo(1);
      assertThat(last.get(0)).isEqualTo(length - 1f);
      last.put(0, -3);
      assertThat(array.getFloat(length - 1)).isEqualTo(-3f);
    }
  }

  @Test
  void window_outsideTheArray_isRefused() {
    try (INDArray array = Nd4j.zeros(DataType.FLOAT, 8)) {
      assertThatThrownBy(() -> NativeFloats.window(array, 0, 9))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> NativeFloats.window(array, 8, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> NativeFloats.window(array, -1, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> NativeFloats.window(array, 0, -1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> NativeFloats.window(array, Long.MAX_VALUE, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void view_startsAtItsOwnFirstElement() {
    INDArray array = Nd4j.arange(10).castTo(DataType.FLOAT);
    INDArray view = array.get(NDArrayIndex.interval(4, 8));
    float[] read = new float[2];
    NativeFloats.read(view, 1, read, 2);
    assertThat(read).containsExactly(5, 6);
    assertThat(NativeFloats.address(view)).isEqualTo(NativeFloats.address(array) + 4 * Float.BYTES);
    assertThatThrownBy(() -> NativeFloats.read(view, 3, read, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> NativeFloats.read(view, 0, read, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void readAll_otherOrderTypeOrStride_givesCOrder() {
    float[] expected = {1, 2, 3, 4, 5, 6};
    INDArray array = Nd4j.createFromArray(expected).reshape(2, 3);
    INDArray wide = Nd4j.zeros(DataType.FLOAT, 2, 6);
    INDArray everySecond = wide.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2, 6));
    everySecond.assign(array);
    for (INDArray same :
        new INDArray[] {array, array.dup('f'), array.castTo(DataType.DOUBLE), everySecond}) {
      float[] read = new float[6];
      NativeFloats.readAll(same, read);
      assertThat(read).containsExactly(expected);
    }
    assertThatThrownBy(() -> NativeFloats.readAll(array, new float[5]))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void writeAll_longerSource_writesTheArrayOnly() {
    INDArray array = Nd4j.zeros(DataType.FLOAT, 6);
    INDArray view = array.get(NDArrayIndex.interval(1, 4));
    NativeFloats.writeAll(new float[] {1, 2, 3, 4, 5}, view);
    assertThat(array.toFloatVector()).containsExactly(0, 1, 2, 3, 0, 0);
    assertThatThrownBy(() -> NativeFloats.writeAll(new float[2], view))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4_095, 4_096, 4_097, 40_000})
  void forEachBlock_anyLength_givesEachFloatOnce(int length) {
    try (INDArray array = Nd4j.arange(length).castTo(DataType.FLOAT)) {
      float[] copied = new float[length];
      NativeFloats.forEachBlock(
          array, (block, count, from) -> System.arraycopy(block, 0, copied, from, count));
      assertThat(copied).containsExactly(array.toFloatVector());
    }
  }

  @Test
  void array_values_inOrderAndOfThatShape() {
    FloatBuffer some = FloatBuffer.wrap(new float[] {9, 1, 2, 3, 4, 5, 6, 9}, 1, 6);
    try (INDArray array = NativeFloats.array(some, 2, 3);
        INDArray empty = NativeFloats.array(new float[0], 0, 3)) {
      assertThat(array.toFloatMatrix()).isDeepEqualTo(new float[][] {{1, 2, 3}, {4, 5, 6}});
      assertThat(array.ordering()).isEqualTo('c');
      assertThat(empty.shape()).containsExactly(0, 3);
    }
    assertThatThrownBy(() -> NativeFloats.array(new float[5], 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5 values")
        .hasMessageContaining("[2, 3]");
  }
}
