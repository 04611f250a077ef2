package org.dpfed.data;

import java.nio.charset.Charset;
import org.apache.commons.csv.CSVFormat;
import org.jspecify.annotations.Nullable;

/**
 * The syntax of a CSV file: RFC 4180 with a choice of characters.
 *
 * @param delimiter between two values
 * @param quote around a value; null for none
 * @param encoding of the file; null for UTF-8, or what a byte order mark says
 */
record CsvSyntax(char delimiter, @Nullable Character quote, @Nullable Charset encoding) {
  static final CsvSyntax COMMAS = new CsvSyntax(',', '"', null);

  private static final String OF_NUMBERS_AND_LINES = "\r\n+-.\\";

  CsvSyntax {
    requireApart("delimiter", delimiter);
    if (quote != null) {
      requireApart("quote", quote);
      if (quote == delimiter) {
        throw new IllegalArgumentException(
            "quote must differ from the delimiter, both were '" + quote + "'");
      }
    }
  }

  private static void requireApart(String name, char mark) {
    if (Character.isLetterOrDigit(mark) || OF_NUMBERS_AND_LINES.indexOf(mark) >= 0) {
      throw new IllegalArgumentException(
          "%s must not be a letter, a digit, a line break or one of + - . \\, was '%s'"
              .formatted(name, mark));
    }
  }

  CsvSyntax withDelimiter(char other) {
    return new CsvSyntax(other, quote, encoding);
  }

  CsvSyntax withQuote(char other) {
    return new CsvSyntax(delimiter, other, encoding);
  }

  CsvSyntax withoutQuotes() {
    return new CsvSyntax(delimiter, null, encoding);
  }

  CsvSyntax withEncoding(Charset other) {
    return new CsvSyntax(delimiter, quote, other);
  }

  /** For the parser: blanks around values are dropped, blank lines come as records. */
  CSVFormat format() {
    return CSVFormat.DEFAULT
        .builder()
        .setDelimiter(delimiter)
        .setQuote(quote)
        .setIgnoreSurroundingSpaces(true)
        .setIgnoreEmptyLines(false)
        .get();
  }
}
