package org.dpfed.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** The records of a file with the lines where they begin; blank lines are skipped. */
public final class CsvRecords implements AutoCloseable {
  private final MalformedDataException.Place file;
  private final TextReader text;
  private final CSVParser parser;
  private final Iterator<CSVRecord> records;
  private long line;

  /**
   * @param stream closed by {@link #close}, and when this fails
   * @param name of the file, for errors
   */
  CsvRecords(InputStream stream, String name, CsvSyntax syntax) throws IOException {
    this.file = MalformedDataException.in(name);
    try {
      this.text = new TextReader(stream, name, syntax.encoding());
      this.parser = CSVParser.builder().setReader(text).setFormat(syntax.format()).get();
    } catch (IOException | RuntimeException e) {
      stream.close();
      throw e;
    }
    this.records = parser.iterator();
  }

  /**
   * The records of a file with commas and double quotes (RFC 4180), plain or gzipped.
   *
   * @throws FileSystemException when there is no such file, or it may not be read
   */
  public static CsvRecords open(Path file) throws IOException {
    return open(file, CsvSyntax.COMMAS);
  }

  /**
   * The records of a file, plain or gzipped.
   *
   * @throws FileSystemException when there is no such file, or it may not be read
   */
  static CsvRecords open(Path file, CsvSyntax syntax) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FileSystemException(
          file.toString(), null, "expected a CSV file, found a directory");
    }
    if (Files.notExists(file)) {
      throw new NoSuchFileException(file.toString(), null, "expected a CSV file, found none");
    }
    try {
      return new CsvRecords(Files.newInputStream(file), file.toString(), syntax);
    } catch (AccessDeniedException e) {
      throw new AccessDeniedException(file.toString(), null, "expected a file that may be read");
    }
  }

  /**
   * The values of the next record, stripped; none at the end of the file.
   *
   * @throws MalformedDataException when the file is no text, or a quote is not closed
   */
  public List<String> next() throws IOException {
    List<String> values = List.of();
    while (values.isEmpty() && hasNext()) {
      CSVRecord record = records.next();
      if (record.size() > 1 || !record.get(0).isBlank()) {
        values = new ArrayList<>(record.size());
        for (String value : record) {
          values.add(value.strip());
        }
      }
    }
    return values;
  }

  private boolean hasNext() throws IOException {
    line = parser.getCurrentLineNumber() + 1;
    text.beginRecord(line);
    try {
      return records.hasNext();
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof CSVException) {
        throw file.line(line)
            .problem(
                "expected the quote that closes a value, then a delimiter or the end of the line; if the file does not quote values, set quote: off");
      }
      throw e.getCause();
    }
  }

  /** Where the last record begins, counted from 1. */
  public long line() {
    return line;
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
