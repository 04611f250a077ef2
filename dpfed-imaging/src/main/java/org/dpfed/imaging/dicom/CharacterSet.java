package org.dpfed.imaging.dicom;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The characters of texts (Part 3, C.12.1.1.2). Those that switch within a text by escape sequences
 * are not read; a text of ASCII alone is read whatever the set.
 */
final class CharacterSet {
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("ISO_IR 100", "ISO-8859-1"),
          Map.entry("ISO_IR 101", "ISO-8859-2"),
          Map.entry("ISO_IR 109", "ISO-8859-3"),
          Map.entry("ISO_IR 110", "ISO-8859-4"),
          Map.entry("ISO_IR 144", "ISO-8859-5"),
          Map.entry("ISO_IR 127", "ISO-8859-6"),
          Map.entry("ISO_IR 126", "ISO-8859-7"),
          Map.entry("ISO_IR 138", "ISO-8859-8"),
          Map.entry("ISO_IR 148", "ISO-8859-9"),
          Map.entry("ISO_IR 203", "ISO-8859-15"),
          Map.entry("ISO_IR 166", "TIS-620"),
          Map.entry("ISO_IR 192", "UTF-8"),
          Map.entry("GB18030", "GB18030"),
          Map.entry("GBK", "GBK"));

  private static final byte ESCAPE = 0x1b;

  private final @Nullable Charset beyondAscii;

  private CharacterSet(@Nullable Charset beyondAscii) {
    this.beyondAscii = beyondAscii;
  }

  static CharacterSet of(DataSet file) throws DicomException {
    // The first applies to all that no escape sequence precedes.
    String first = file.ascii(Tag.CHARACTER_SET).orElse("").split("\\\\", -1)[0].strip();
    String charset = NAMES.get(first.replace("ISO 2022 IR ", "ISO_IR "));
    boolean here = charset != null && Charset.isSupported(charset);
    return new CharacterSet(here ? Charset.forName(charset) : null);
  }

  /** The text; empty when it has bytes that this set does not explain. */
  Optional<String> decode(byte[] bytes) {
    boolean ascii = true;
    for (byte one : bytes) {
      if (one == ESCAPE) {
        return Optional.empty();
      }
      ascii &= one >= 0;
    }
    Charset charset = ascii ? StandardCharsets.US_ASCII : beyondAscii;
    if (charset == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
