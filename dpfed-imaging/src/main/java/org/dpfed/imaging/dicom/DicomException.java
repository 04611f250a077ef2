package org.dpfed.imaging.dicom;

import java.io.IOException;

/**
 * A DICOM file or a server's answer cannot be used. The message names the file as it was given, the
 * attribute, what is wrong and, where there is one, the remedy. It never contains a value from the
 * file.
 */
public final class DicomException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param source the file or address, as given by the caller
   * @param problem no text that was read from the source
   */
  DicomException(String source, String problem) {
    super(source + ": " + problem);
  }

  /**
   * @param source the file or address, as given by the caller
   * @param tag of the attribute that is wrong
   * @param problem no text that was read from the source
   */
  DicomException(String source, Tag tag, String problem) {
    this(source, tag + ": " + problem);
  }
}
