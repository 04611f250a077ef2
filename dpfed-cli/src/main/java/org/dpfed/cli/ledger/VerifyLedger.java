package org.dpfed.cli.ledger;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.concurrent.Callable;
import org.dpfed.cli.UsageException;
import org.dpfed.ledger.LedgerHistory;
import org.dpfed.ledger.LedgerRecord;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dpfed ledger verify}: whether every record is as it was written. */
@Command(
    name = "verify",
    description = {
      "Check every record of a ledger, and print its head: the hash of the last record.",
      "Records that were cut off at the end show only if the head was kept elsewhere."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:the ledger is intact", "2:it is damaged or cannot be read"},
    sortOptions = false)
final class VerifyLedger implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private LedgerArgument ledger = new LedgerArgument();

  @Option(
      names = "--head",
      paramLabel = "HASH",
      defaultValue = "",
      description = "A head printed earlier: some record must have it.")
  private String head = "";

  @Override
  public Integer call() {
    LedgerHistory history = ledger.read();
    if (!head.isEmpty() && !history.hashes().contains(head)) {
      throw new UsageException(
          "%s has no record with the hash %s: records were cut off, or it is another ledger"
              .formatted(ledger.file(), head));
    }
    long torn = history.records().stream().filter(LedgerRecord.Torn.class::isInstance).count();
    spec.commandLine()
        .getOut()
        .println(
            ledger.isJson()
                ? JsonNodeFactory.instance
                    .objectNode()
                    .put("records", history.records().size())
                    .put("torn", torn)
                    .put("head", history.head())
                    .toString()
                : "%s: %d records, %d of them torn; intact%nhead %s"
                    .formatted(ledger.file(), history.records().size(), torn, history.head()));
    return CommandLine.ExitCode.OK;
  }
}
