package org.dpfed.cli.ledger;

import java.io.IOException;
import java.nio.file.Path;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;
import org.dpfed.ledger.LedgerHistory;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the commands of {@code dpfed ledger} have in common. */
final class LedgerArgument {
  @Parameters(
      paramLabel = "FILE",
      description = "The ledger, such as runs/ledgers/wdbc-patient.jsonl.")
  private Path file = Path.of("");

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  Path file() {
    return file;
  }

  boolean isJson() {
    return json;
  }

  /**
   * All records, each checked.
   *
   * @throws UsageException when the file cannot be read or is damaged
   */
  LedgerHistory read() {
    try {
      return LedgerHistory.read(file);
    } catch (IOException e) {
      throw new UsageException(Causes.words(e), e);
    }
  }
}
