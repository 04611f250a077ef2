package org.dpfed.imaging.folder;

import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import org.dpfed.data.MalformedDataException;

/** What is done with images that cannot be read, and which those were. Thread-safe. */
public final class DamagedImages {
  private final boolean isLeftOut;
  private final ConcurrentSkipListMap<String, String> problems = new ConcurrentSkipListMap<>();

  private DamagedImages(boolean isLeftOut) {
    this.isLeftOut = isLeftOut;
  }

  /** The first one is an error, which fails what reads it. */
  public static DamagedImages refused() {
    return new DamagedImages(false);
  }

  /** They are left out of their clients, and counted as missing. */
  public static DamagedImages leftOut() {
    return new DamagedImages(true);
  }

  void add(String file, MalformedDataException problem) throws MalformedDataException {
    problems.put(file, String.valueOf(problem.getMessage()));
    if (!isLeftOut) {
      throw problem;
    }
  }

  /** How many there were so far, each counted once. */
  public int count() {
    return problems.size();
  }

  /** The file and the reason of each so far, by the name of the file. */
  public List<String> problems() {
    return List.copyOf(problems.values());
  }
}
