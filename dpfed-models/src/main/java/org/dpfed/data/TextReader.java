package org.dpfed.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The characters of a text file, plain or gzipped. Decoding is strict: bytes that are invalid in
 * the file's encoding, and control characters, are refused with their position.
 */
final class TextReader extends Reader {
  /** A record this long is a quote that was never closed, or no text at all. */
  static final int LONGEST_RECORD = 1 << 26;

  /** The byte order marks, in hexadecimal digits. */
  private enum Mark {
    UTF_8(StandardCharsets.UTF_8, "efbbbf"),
    // Before UTF-16, whose little-endian mark it begins with.
    UTF_32_LE(Charset.forName("UTF-32LE"), "fffe0000"),
    UTF_32_BE(Charset.forName("UTF-32BE"), "0000feff"),
    UTF_16_LE(StandardCharsets.UTF_16LE, "fffe"),
    UTF_16_BE(StandardCharsets.UTF_16BE, "feff");

    private final Charset charset;
    private final String digits;

    Mark(Charset charset, String digits) {
      this.charset = charset;
      this.digits = digits;
    }

    byte[] bytes() {
      return HexFormat.of().parseHex(digits);
    }

    /** UTF-16 without a byte order agrees with both. */
    boolean agreesWith(Charset encoding) {
      return charset.name().startsWith(encoding.name());
    }
  }

  private final MalformedDataException.Place file;
  private final InputStream bytes;
  private final Charset encoding;
  private final CharsetDecoder decoder;
  private final ByteBuffer in = ByteBuffer.allocate(1 << 13).flip();
  private final CharBuffer out = CharBuffer.allocate(1 << 13).flip();
  private boolean ended;
  private long line = 1;
  private long character;
  private boolean afterReturn;
  private long recordLine = 1;
  private long recordLength;

  /**
   * @param raw closed by {@link #close}
   * @param name of the file, for errors
   * @param encoding null for UTF-8, or what a byte order mark says
   */
  TextReader(InputStream raw, String name, @Nullable Charset encoding) throws IOException {
    this.file = MalformedDataException.in(name);
    this.bytes = PossiblyGzipped.plain(raw, file);
    this.encoding = afterMark(encoding);
    this.decoder =
        this.encoding
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  /** The encoding, after the byte order mark, if there is one. */
  private Charset afterMark(@Nullable Charset stated) throws IOException {
    for (Mark mark : Mark.values()) {
      if (PossiblyGzipped.startsWith(bytes, mark.bytes())) {
        if (stated != null && !mark.agreesWith(stated)) {
          throw file.problem(
              "the file begins with the byte order mark of %s, the encoding stated is %s; leave it out"
                  .formatted(mark.charset, stated));
        }
        bytes.skipNBytes(mark.bytes().length);
        return mark.charset;
      }
    }
    return stated == null ? StandardCharsets.UTF_8 : stated;
  }

  /** Says that a record begins in {@code startLine}: its length counts from here. */
  void beginRecord(long startLine) {
    recordLine = startLine;
    recordLength = 0;
  }

  @Override
  public int read(char[] to, int offset, int length) throws IOException {
    if (!out.hasRemaining() && !fill()) {
      return -1;
    }
    int count = Math.min(length, out.remaining());
    out.get(to, offset, count);
    return count;
  }

  private boolean fill() throws IOException {
    out.clear();
    CoderResult result = CoderResult.UNDERFLOW;
    while (out.position() == 0 && !(ended && !in.hasRemaining()) && !result.isError()) {
      if (!ended && result.isUnderflow()) {
        refill();
      }
      result = decoder.decode(in, out, ended);
    }
    out.flip();
    requireText();
    if (result.isError()) {
      throw here()
          .problem(
              "expected text in %s, found invalid bytes; state the encoding of the file, such as windows-1252"
                  .formatted(encoding));
    }
    recordLength += out.remaining();
    if (recordLength > LONGEST_RECORD) {
      throw file.line(recordLine)
          .problem(
              "expected a record of at most %d characters, found a longer one; is a quote opened and not closed?"
                  .formatted(LONGEST_RECORD));
    }
    return out.hasRemaining();
  }

  private void refill() throws IOException {
    in.compact();
    int count = bytes.read(in.array(), in.position(), in.remaining());
    ended = count < 0;
    in.position(in.position() + Math.max(count, 0));
    in.flip();
  }

  /** Counts lines and characters on the way. */
  private void requireText() throws MalformedDataException {
    for (int i = 0; i < out.limit(); i++) {
      char c = out.get(i);
      if (c < ' ' && c != '\t' && c != '\n' && c != '\r') {
        throw here()
            .problem(
                "expected text, found a control character; export a spreadsheet as CSV, or state the encoding of the file, such as UTF-16LE");
      }
      boolean secondOfBreak = c == '\n' && afterReturn;
      afterReturn = c == '\r';
      if (c == '\n' || c == '\r') {
        line += secondOfBreak ? 0 : 1;
        character = 0;
      } else {
        character++;
      }
    }
  }

  private MalformedDataException.Place here() {
    return file.line(line).character(character + 1);
  }

  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
