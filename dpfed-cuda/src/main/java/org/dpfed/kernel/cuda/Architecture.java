package org.dpfed.kernel.cuda;

import java.util.Arrays;

/**
 * The compilation target of NVRTC: machine code of one compute capability, or PTX that the driver
 * compiles further.
 *
 * @param capability ten times major plus minor, such as 86
 * @param isMachineCode machine code for exactly that capability, otherwise PTX for it and newer
 *     ones
 */
record Architecture(int capability, boolean isMachineCode) {

  /**
   * Machine code where the compiler knows the device, otherwise PTX of the newest capability that
   * it knows and the device has.
   *
   * @param device capability of the device
   * @param known capabilities that the compiler knows, ascending
   * @throws IllegalArgumentException when the device is older than anything the compiler knows
   */
  static Architecture choose(int device, int[] known) {
    int newest =
        Arrays.stream(known)
            .filter(capability -> capability <= device)
            .max()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the compiler knows no capability up to "
                            + device
                            + ", only "
                            + Arrays.toString(known)));
    return new Architecture(newest, newest == device);
  }

  /** The option that NVRTC takes. */
  String option() {
    return "--gpu-architecture=" + (isMachineCode ? "sm_" : "compute_") + capability;
  }
}
