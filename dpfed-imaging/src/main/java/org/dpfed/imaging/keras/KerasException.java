package org.dpfed.imaging.keras;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file is no Keras 2 network that can be trained here: it is damaged, of another kind, or has a
 * layer or an option that is refused. The message is one line and names the file, the layer and,
 * where there is one, the remedy.
 */
public final class KerasException extends IOException {
  private static final long serialVersionUID = 1L;

  KerasException(String problem) {
    super(problem);
  }

  private KerasException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The same with the file in front. */
  KerasException in(Path file) {
    return new KerasException(file + ": " + getMessage(), this);
  }
}
