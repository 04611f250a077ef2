package org.dpfed.kernel.cuda;

import org.junit.jupiter.api.Tag;

/** The same with PTX for compute capability 7.5, which the driver compiles. */
@Tag("cuda")
class DeviceProgramPtxTest extends DeviceProgramContract {
  @Override
  DeviceProgram load() {
    return DeviceProgram.load(new Architecture(75, false));
  }
}
