package org.dpfed.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a CSV file is written with: bytes, characters, quotes and line ends. */
class CsvTextTest {
  private static final String CONTENT = "site,x,y\nZürich,1,0\nNorth,2,1\n";

  @TempDir private Path directory;

  @Test
  void read_gzippedUnderAnyName_isRead() throws IOException {
    for (String name : List.of("rows.csv.gz", "rows.csv", "rows")) {
      assertThat(read(schema(), write(name, gzip(CONTENT.getBytes(UTF_8)))).size()).isEqualTo(2);
    }
  }

  @Test
  void read_gzipCutShortOrDamaged_isRefused() throws IOException {
    byte[] whole = gzip((CONTENT + "North,2,1\n".repeat(100)).getBytes(UTF_8));
    for (int length : new int[] {2, 9, 20, whole.length - 1}) {
      assertRefused(schema(), Arrays.copyOf(whole, length), "expected a complete gzip file");
    }
    // The checksum.
    whole[whole.length - 8] ^= 1;
    assertRefused(schema(), whole, "expected a complete gzip file");
  }

  @Test
  void read_byteOrderMark_saysTheEncoding() throws IOException {
    for (Charset encoding :
        List.of(
            UTF_8, UTF_16LE, UTF_16BE, Charset.forName("UTF-32LE"), Charset.forName("UTF-32BE"))) {
      LabelledData data = read(schema(), write("bom", ("\ufeff" + CONTENT).getBytes(encoding)));
      assertThat(data.keys().orElseThrow().names()).containsExactly("Zürich", "North");
    }
  }

  @Test
  void read_encodingStated_isUsed() throws IOException {
    Path latin = write("latin", CONTENT.getBytes(ISO_8859_1));
    LabelledData data = read(schema().encoding(ISO_8859_1), latin);
    assertThat(data.keys().orElseThrow().names()).containsExactly("Zürich", "North");
    Path little = write("little", CONTENT.getBytes(UTF_16LE));
    assertThat(read(schema().encoding(UTF_16LE), little).size()).isEqualTo(2);
    Path marked = write("marked", ("\ufeff" + CONTENT).getBytes(UTF_16LE));
    assertThat(read(schema().encoding(UTF_16), marked).size()).isEqualTo(2);
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> read(schema().encoding(ISO_8859_1), marked))
        .withMessageContaining("byte order mark of UTF-16LE, the encoding stated is ISO-8859-1");
  }

  /** Z and the byte that is no UTF-8: the second character of the second line. */
  @Test
  void read_bytesThatAreNoText_areGivenByLineAndCharacter() throws IOException {
    assertRefused(
        schema(),
        CONTENT.getBytes(ISO_8859_1),
        "line 2, character 2: expected text in UTF-8, found invalid bytes");
    // Beyond the reader's first buffer, counted through \r\n, \r and characters of several bytes.
    String long1 = "site,x,y\r\n" + "ü,1,0\r".repeat(5000);
    byte[] bytes = Arrays.copyOf(long1.getBytes(UTF_8), long1.getBytes(UTF_8).length + 1);
    bytes[bytes.length - 1] = (byte) 0xc3;
    assertRefused(schema(), bytes, "line 5002, character 1: expected text in UTF-8");
  }

  @Test
  void read_controlCharacters_areNoText() throws IOException {
    assertRefused(schema(), CONTENT.getBytes(UTF_16LE), "line 1, character 2: expected text");
    assertRefused(schema(), new byte[] {'P', 'K', 3, 4}, "line 1, character 3: expected text");
    assertRefused(schema(), "site,x,y\nA,\u00001,0".getBytes(UTF_8), "line 2, character 3");
  }

  @Test
  void read_quotedLineBreaksAndDelimiters_areOneValue() throws IOException {
    Path file =
        write(
            "quoted",
            "site,note,x,y\n\"a,b\",\"one\n\ntwo \"\"2\"\"\",1,0\r\n c , \"n\" ,2,1\rd,,3,zzz\n"
                .getBytes(UTF_8));
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> read(schema().ignore("note"), file))
        // Three lines of the first record, one of the second.
        .withMessageContaining("line 6, column 4 of 4 (y): label");
  }

  @Test
  void read_quoteLeftOpenOrFollowedByText_isRefusedAtItsRecord() throws IOException {
    assertRefused(
        schema(),
        "site,x,y\na,1,0\n\"b,1,0\nc,1,0\n".getBytes(UTF_8),
        "line 3: expected the quote");
    assertRefused(schema(), "site,x,y\n\"b\"c,1,0\n".getBytes(UTF_8), "line 2: expected the quote");
  }

  @Test
  void read_otherDelimiterAndQuote_areUsed() throws IOException {
    Path tabs = write("tabs", "site\tx\ty\n'a\tb'\t1\t0\n\"c\t2\t1\n".getBytes(UTF_8));
    LabelledData data = read(schema().delimiter('\t').quote('\''), tabs);
    assertThat(data.keys().orElseThrow().names()).containsExactly("a\tb", "\"c");
    Path bare = write("bare", "site;x;y\n\"c;1;0\n".getBytes(UTF_8));
    assertThat(read(schema().delimiter(';').noQuotes(), bare).keys().orElseThrow().names())
        .containsExactly("\"c");
    for (char mark : new char[] {'a', '1', '\n', '.', '-', '"'}) {
      assertThatIllegalArgumentException().isThrownBy(() -> schema().delimiter(mark));
    }
  }

  @Test
  void read_numbersWithCommas_areRefusedWithTheReason() throws IOException {
    for (String number : List.of("\"1,234\"", "\"0,5\"", "\"1.234,5\"", "\"-1,234,567\"")) {
      assertRefused(
          schema(),
          ("site,x,y\na," + number + ",0\n").getBytes(UTF_8),
          "line 2, column 2 of 3 (x): expected a number, found digits with a comma");
    }
  }

  @Test
  void read_directoryForAFile_isRefused() {
    assertThatExceptionOfType(FileSystemException.class)
        .isThrownBy(() -> read(schema(), directory))
        .withMessageContaining("expected a CSV file, found a directory");
  }

  @Test
  void read_recordBeyondTheLimit_isRefusedAtItsLine() throws IOException {
    byte[] bytes = new byte[TextReader.LONGEST_RECORD + (1 << 14)];
    Arrays.fill(bytes, (byte) '7');
    byte[] head = "site,x,y\na,1,0\n\"".getBytes(UTF_8);
    System.arraycopy(head, 0, bytes, 0, head.length);
    assertRefused(schema(), bytes, "line 3: expected a record of at most 67108864 characters");
  }

  private static CsvSchema.Builder schema() {
    return CsvSchema.builder().key("site").label("y", List.of("0", "1")).numeric("x", 0, 9);
  }

  private static LabelledData read(CsvSchema.Builder schema, Path file) throws IOException {
    return new CsvReader(schema.build()).read(file);
  }

  private void assertRefused(CsvSchema.Builder schema, byte[] content, String problem)
      throws IOException {
    Path file = write("refused", content);
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> read(schema, file))
        .withMessageStartingWith(file + ": " + (problem.startsWith("line") ? problem : ""))
        .withMessageContaining(problem)
        .withNoCause();
  }

  private Path write(String name, byte[] content) throws IOException {
    return Files.write(directory.resolve(name), content);
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    }
    return bytes.toByteArray();
  }
}
