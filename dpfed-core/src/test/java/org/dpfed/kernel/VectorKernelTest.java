package org.dpfed.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Named through the selection only, since the compiler that builds the tests lacks the module. */
class VectorKernelTest extends DeltaKernelContract {
  private static final int[] THREADS = {1, 2, 3, 7};

  @Override
  protected DeltaKernel kernel() {
    return KernelSelection.forced("vector").kernel();
  }

  @ParameterizedTest
  @ValueSource(ints = {4097, 65_536, 5_000_003})
  void allMethods_anyNumberOfThreads_sameBits(int size) {
    INDArray deltas = ordinary(3, size);
    float[] scales = {1, 0.5f, 0.25f};
    INDArray expected = ordinary(1, size).getRow(0);
    INDArray start = expected.dup();
    double[] norms = kernel().rowNorms(deltas);
    kernel().addScaled(expected, deltas, scales);
    kernel().perturb(expected, expected, Keys.seeded(1), 2, 0.1);

    for (int threads : THREADS) {
      DeltaKernel some = kernel().withThreads(threads);
      INDArray sum = start.dup();
      assertThat(some.rowNorms(deltas)).isEqualTo(norms);
      some.addScaled(sum, deltas, scales);
      some.perturb(sum, sum, Keys.seeded(1), 2, 0.1);
      assertThat(sum.toFloatVector()).isEqualTo(expected.toFloatVector());
    }
  }

  @Test
  void addScaled_rowsTogether_sameBitsAsOneByOne() {
    INDArray deltas = ordinary(7, 4097);
    INDArray together = Nd4j.zeros(DataType.FLOAT, 4097);
    INDArray apart = Nd4j.zeros(DataType.FLOAT, 4097);
    float[] scales = {1, 2, 3, 4, 5, 6, 7};

    kernel().addScaled(together, deltas, scales);
    for (int k = 0; k < 7; k++) {
      kernel().addScaled(apart, deltas.getRow(k).reshape(1, 4097), new float[] {scales[k]});
    }

    assertThat(together.toFloatVector()).isEqualTo(apart.toFloatVector());
  }

  @Test
  void perturb_sameKey_sameDrawsAsTheReference() {
    int size = 1_000_003;
    INDArray ours = Nd4j.zeros(DataType.FLOAT, size);
    INDArray reference = Nd4j.zeros(DataType.FLOAT, size);

    kernel().perturb(ours, ours, Keys.seeded(2), 1, 1);
    new Nd4jKernel().perturb(reference, reference, Keys.seeded(2), 1, 1);

    float[] a = ours.toFloatVector();
    float[] b = reference.toFloatVector();
    for (int i = 0; i < size; i++) {
      // Either is rounded once to float; the series are off by 2⁻⁴⁰ of a radius of at most 9.5.
      assertThat((double) a[i]).isCloseTo(b[i], within(0x1p-23 * Math.abs(b[i]) + 9.5 * 0x1p-40));
    }
  }

  @Test
  void draws_sameKey_sameDrawsAsTheReference() {
    NormalDraws ours = kernel().draws(Keys.seeded(3));
    NormalDraws reference = new Nd4jKernel().draws(Keys.seeded(3));
    double[] a = new double[NormalDraws.CHUNK];
    double[] b = new double[NormalDraws.CHUNK];

    for (int chunk = 0; chunk < 10; chunk++) {
      ours.nextChunk(a);
      reference.nextChunk(b);
      for (int i = 0; i < a.length; i++) {
        // The series are off by 2⁻⁴⁰ of a radius of at most 9.5.
        assertThat(a[i]).isCloseTo(b[i], within(9.5 * 0x1p-40));
      }
    }
  }

  private static INDArray ordinary(int rows, int size) {
    Random random = new Random(rows * 31L + size);
    float[][] values = new float[rows][size];
    for (float[] row : values) {
      for (int i = 0; i < size; i++) {
        row[i] = (float) random.nextGaussian();
      }
    }
    return Nd4j.createFromArray(values);
  }
}
