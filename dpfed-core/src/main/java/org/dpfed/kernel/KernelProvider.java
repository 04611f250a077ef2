package org.dpfed.kernel;

/**
 * Opens one kernel, or explains why it cannot be used. Other modules register an implementation in
 * {@code META-INF/services/org.dpfed.kernel.KernelProvider}.
 */
public interface KernelProvider {
  /** The name of the kernel; the same as that of the kernel it opens. */
  String name();

  /**
   * Opens the kernel on the current backend and machine.
   *
   * @throws KernelUnavailableException when it cannot run here; its message says why and, where
   *     there is one, what would help
   */
  DeltaKernel open() throws KernelUnavailableException;
}
