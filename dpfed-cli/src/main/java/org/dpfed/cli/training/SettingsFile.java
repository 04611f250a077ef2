package org.dpfed.cli.training;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Reads a settings file as text: UTF-8 and printable; otherwise the file is refused and the error
 * names the line.
 */
final class SettingsFile {
  /** Ranges for thousands of columns; the YAML parser takes the square of a value's length. */
  private static final int MOST_BYTES = 1 << 18;

  private static final int BYTE_ORDER_MARK = 0xFEFF;

  private SettingsFile() {}

  /**
   * @throws UsageException when there is no such text in {@code file}
   */
  static String text(Path file) {
    try (InputStream stream = Files.newInputStream(file)) {
      byte[] bytes = stream.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new UsageException(
            "%s: is longer than %d bytes; --config takes a file of settings"
                .formatted(file, MOST_BYTES));
      }
      return printable(decoded(bytes, file.toString()), file.toString());
    } catch (IOException e) {
      String cause = Files.isDirectory(file) ? file + ": is a directory" : Causes.words(e);
      throw new UsageException(cause + "; --config takes a file of settings in YAML", e);
    }
  }

  private static String decoded(byte[] bytes, String source) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    out.flip();
    if (result.isError()) {
      throw new UsageException(
          "%s, line %d: is not UTF-8; save the file as UTF-8 text".formatted(source, line(out)));
    }
    return out.toString();
  }

  private static String printable(String text, String source) {
    String content =
        !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    int at = 0;
    while (at < content.length()) {
      int character = content.codePointAt(at);
      if (!StreamReader.isPrintable(character)) {
        throw new UsageException(
            "%s, line %d: holds the control character U+%04X; save the file as UTF-8 text"
                .formatted(source, line(content.subSequence(0, at)), character));
      }
      at += Character.charCount(character);
    }
    return content;
  }

  /** The number of the line on which {@code read} ends. */
  private static long line(CharSequence read) {
    return 1 + IntStream.range(0, read.length()).filter(i -> read.charAt(i) == '\n').count();
  }
}
