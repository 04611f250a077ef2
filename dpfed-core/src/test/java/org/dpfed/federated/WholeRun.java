package org.dpfed.federated;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.dpfed.faults.Fault;
import org.dpfed.faults.FaultyFileSystem;
import org.dpfed.federated.CrashingRun.Kind;

/**
 * A run that nothing happened to, against which others are held.
 *
 * @param models that it showed, by round
 * @param operations that it asked of the disk
 */
record WholeRun(Kind kind, Map<Integer, String> models, int operations) {
  static WholeRun of(Kind kind, Path empty) throws IOException {
    Path root = empty.toRealPath();
    FaultyFileSystem disk = new FaultyFileSystem(root, Fault.none());
    Map<Integer, String> models = new HashMap<>();
    CrashingRun.live(disk.path(root), kind, models::put);
    return new WholeRun(kind, models, disk.asked());
  }
}
