package org.dpfed.imaging.dicom;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parts of a multipart/related answer (RFC 2046, RFC 2387), one after the other. */
final class Multipart {
  private static final Pattern BOUNDARY =
      Pattern.compile(
          ";\\s*boundary=(?:\"([^\"]{1,70})\"|([^\\s;\"]{1,70}))", Pattern.CASE_INSENSITIVE);

  private static final int MOST_HEADER_BYTES = 1 << 13;
  private static final int MOST_PREAMBLE_BYTES = 1 << 13;

  private final String source;
  private final InputStream in;
  private final byte[] delimiter;
  private final int largestPart;
  private final byte[] buffer = new byte[1 << 14];
  private int at;
  private int end;
  private boolean started;

  /**
   * @param boundary from {@link #boundary}
   * @param largestPart bytes of one part beyond which it is refused
   */
  Multipart(String source, InputStream in, String boundary, int largestPart) {
    this.source = source;
    this.in = in;
    this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    this.largestPart = largestPart;
  }

  /** The boundary that the type of an answer states. */
  static String boundary(String source, String contentType) throws DicomException {
    Matcher boundary = BOUNDARY.matcher(contentType);
    if (!contentType.toLowerCase(Locale.ROOT).startsWith("multipart/related") || !boundary.find()) {
      throw new DicomException(source, "does not send multipart/related with a boundary");
    }
    String quoted = boundary.group(1);
    return quoted != null ? quoted : boundary.group(2);
  }

  /** Whether there is another part, whose {@link #content} must be read then. */
  boolean next() throws IOException {
    if (!started) {
      started = true;
      toFirstDelimiter();
    }
    int first = require();
    int second = require();
    if (first == '-' && second == '-') {
      return false;
    }
    if (first != '\r' || second != '\n') {
      throw error("sends a boundary that is not followed by a line");
    }
    String headers = headers().toLowerCase(Locale.ROOT);
    if (headers.contains("\ncontent-type:") && !headers.contains("application/dicom")) {
      throw error("sends parts that are not application/dicom");
    }
    return true;
  }

  /** The first one may stand at the very start, without the line break before it. */
  private void toFirstDelimiter() throws IOException {
    int matched = 2;
    for (int skipped = 0; matched < delimiter.length; skipped++) {
      if (skipped > MOST_PREAMBLE_BYTES) {
        throw error("does not start with the boundary that it states");
      }
      matched = matched(matched, require());
    }
  }

  /** The carriage return occurs nowhere but at the start, so nothing else can be a new match. */
  private int matched(int before, int read) {
    return read == delimiter[before] ? before + 1 : read == delimiter[0] ? 1 : 0;
  }

  private String headers() throws IOException {
    StringBuilder headers = new StringBuilder("\r\n");
    // Two line breaks, of which the first may be that behind the boundary.
    while (headers.length() < 4 || headers.indexOf("\r\n\r\n", headers.length() - 4) < 0) {
      if (headers.length() > MOST_HEADER_BYTES) {
        throw error("sends too long a header of a part");
      }
      headers.append((char) require());
    }
    return headers.toString();
  }

  /** The bytes of the part: a new array. */
  byte[] content() throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream(buffer.length);
    int matched = 0;
    while (true) {
      int read = require();
      int now = matched(matched, read);
      if (now == delimiter.length) {
        return content.toByteArray();
      }
      if (now <= matched) {
        content.write(delimiter, 0, matched);
        if (now == 0) {
          content.write(read);
        }
      }
      matched = now;
      if (content.size() > largestPart) {
        throw error("sends an instance of more than " + largestPart + " bytes, the most allowed");
      }
    }
  }

  private int require() throws IOException {
    if (at == end) {
      at = 0;
      end = Math.max(in.read(buffer), 0);
      if (end == 0) {
        throw error("ends its answer within a part");
      }
    }
    return Byte.toUnsignedInt(buffer[at++]);
  }

  private DicomException error(String problem) {
    return new DicomException(source, problem);
  }
}
