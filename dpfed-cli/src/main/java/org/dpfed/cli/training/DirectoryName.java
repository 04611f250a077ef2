package org.dpfed.cli.training;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Names that make a directory beside the others and nowhere else, on every system. */
final class DirectoryName {
  static final int LONGEST_BYTES = 200;

  private static final Pattern NOT_IN_NAMES =
      Pattern.compile("[/\\\\:*?\"<>|]|\\p{C}|\\p{Zl}|\\p{Zp}");
  private static final Pattern DEVICE =
      Pattern.compile("(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])( *\\..*)?");

  private DirectoryName() {}

  static boolean isOne(String text) {
    return !text.isBlank()
        && text.getBytes(StandardCharsets.UTF_8).length <= LONGEST_BYTES
        && text.equals(text.strip())
        && !text.endsWith(".")
        && !NOT_IN_NAMES.matcher(text).find()
        && !DEVICE.matcher(text).matches();
  }
}
