package org.dpfed.dl4j.internal;

import org.bytedeco.openblas.global.openblas_nolapack;
import org.dpfed.nativememory.NativeFloats;

/**
 * Matrix products on memory outside the heap, with the library that ND4J's CPU backend has loaded.
 * All matrices are row-major; a stride is the distance between two rows. The caller checks sizes.
 *
 * <p>Not thread-safe: each layer has its own instance, so that no call allocates.
 */
final class Blas {
  private final NativeFloats.Cursor a = new NativeFloats.Cursor();
  private final NativeFloats.Cursor b = new NativeFloats.Cursor();
  private final NativeFloats.Cursor c = new NativeFloats.Cursor();

  /** {@code c[m, n] = a[m, k] · b[k, n]}. */
  void multiply(
      int m, int n, int k, long left, long right, int rightStride, long product, int stride) {
    gemm(false, false, m, n, k, left, k, right, rightStride, 0, product, stride);
  }

  /** {@code c[m, n] = a[m, k] · b[n, k]ᵀ + beta · c}, with b and c dense. */
  void multiplyByTransposed(
      int m, int n, int k, long left, int leftStride, long right, float beta, long product) {
    gemm(false, true, m, n, k, left, leftStride, right, k, beta, product, n);
  }

  /** {@code c[m, n] = a[m, k] · b[n, k]ᵀ}, with c dense. */
  void multiplyByTransposedRows(
      int m, int n, int k, long left, int leftStride, long right, int rightStride, long product) {
    gemm(false, true, m, n, k, left, leftStride, right, rightStride, 0, product, n);
  }

  /** {@code c[m, n] = a[k, m]ᵀ · b[k, n]}, with a and c dense. */
  void multiplyTransposed(
      int m, int n, int k, long left, long right, int rightStride, long product) {
    gemm(true, false, m, n, k, left, m, right, rightStride, 0, product, n);
  }

  /** {@code y += alpha · x}, both of {@code length} floats. */
  void add(int length, float alpha, long x, long y) {
    openblas_nolapack.cblas_saxpy(length, alpha, a.at(x), 1, b.at(y), 1);
  }

  private void gemm(
      boolean transposeLeft,
      boolean transposeRight,
      int m,
      int n,
      int k,
      long left,
      int leftStride,
      long right,
      int rightStride,
      float beta,
      long product,
      int productStride) {
    openblas_nolapack.cblas_sgemm(
        openblas_nolapack.CblasRowMajor,
        transposeLeft ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans,
        transposeRight ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans,
        m,
        n,
        k,
        1,
        a.at(left),
        leftStride,
        b.at(right),
        rightStride,
        beta,
        c.at(product),
        productStride);
  }
}
