package org.dpfed.imaging.dicom;

import java.time.Duration;

/**
 * When a call must have ended, however often its server sends something.
 *
 * @param source the server's address
 * @param start by {@link System#nanoTime}
 * @param limit from then on
 */
record Deadline(String source, long start, Duration limit) {
  /** How many timeouts one call may take. */
  private static final int TIMEOUTS = 100;

  /** Of a call that starts now. */
  static Deadline of(DicomWebServer server) {
    Duration limit = server.timeout().multipliedBy(TIMEOUTS);
    return new Deadline(server.toString(), System.nanoTime(), limit);
  }

  /**
   * Does nothing in time.
   *
   * @throws DicomException later
   */
  void check() throws DicomException {
    if (Duration.ofNanos(System.nanoTime() - start).compareTo(limit) > 0) {
      throw new DicomException(
          source,
          "does not end its answer within "
              + limit.toSeconds()
              + " s: ask for less at once, or state a longer timeout");
    }
  }
}
