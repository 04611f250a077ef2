package org.dpfed.cli;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * A table as CSV (RFC 4180) in which a spreadsheet finds no formula. Names of files, folders,
 * columns and classes come from whoever made the data, and a spreadsheet computes a cell that
 * begins with {@code =}, {@code +}, {@code -} or {@code @}. As OWASP advises (<a
 * href="https://owasp.org/www-community/attacks/CSV_Injection">CSV injection</a>), an apostrophe
 * stands before these; also behind what could end the cell in a spreadsheet that separates by
 * something else. Control characters are written out as {@link TerminalText} does it, in files too,
 * which are shown on terminals like what was printed there. Numbers stay as they are.
 */
public final class CsvTable {
  /**
   * What may begin a formula, full-width forms too, at the start of a cell or of what may be one.
   */
  private static final Pattern FORMULA =
      Pattern.compile("(?<=^|[,;|\\t\\r\\n\"'])(?=[=+\\-@\\t\\r\\n\\uff1d\\uff0b\\uff0d\\uff20])");

  private static final Pattern NUMBER = Pattern.compile("[+-]?\\d+(\\.\\d+)?([eE][+-]?\\d+)?");

  private final CSVPrinter printer;

  /**
   * A table without a line yet.
   *
   * @param out flushed and closed by its owner
   * @param lineEnd at the end of each line
   */
  public CsvTable(Appendable out, String lineEnd) throws IOException {
    this.printer =
        new CSVPrinter(out, CSVFormat.DEFAULT.builder().setRecordSeparator(lineEnd).get());
  }

  /**
   * Adds a line.
   *
   * @param cells numbers, and texts that are neutralised
   */
  public void add(List<?> cells) throws IOException {
    printer.printRecord(
        cells.stream().map(cell -> cell instanceof String text ? text(text) : cell).toList());
  }

  /** A text that no spreadsheet takes for a formula, and no terminal for commands. */
  public static String text(String text) {
    return NUMBER.matcher(text).matches()
        ? text
        : TerminalText.harmless(FORMULA.matcher(text).replaceAll("'"));
  }
}
