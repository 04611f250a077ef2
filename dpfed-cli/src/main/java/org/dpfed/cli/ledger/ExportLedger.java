package org.dpfed.cli.ledger;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.dpfed.cli.CsvTable;
import org.dpfed.ledger.EventCodec;
import org.dpfed.ledger.LedgerRecord;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dpfed ledger export}: every charge, for other programs. */
@Command(
    name = "export",
    description = {
      "Print every charge of a ledger: tab-separated, with a header, or as a JSON array.",
      "Events are JSON; those of correlated noise hold their whole run."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:the charges were printed", "2:the ledger is damaged or cannot be read"},
    sortOptions = false)
final class ExportLedger implements Callable<Integer> {
  private final EventCodec codec = new EventCodec();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private LedgerArgument ledger = new LedgerArgument();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    ArrayNode charges = JsonNodeFactory.instance.arrayNode();
    ledger.read().records().forEach(record -> add(record, charges));
    if (ledger.isJson()) {
      out.println(charges);
      return CommandLine.ExitCode.OK;
    }
    out.println("record\ttime\trun\tround\trelease\tevent");
    charges.forEach(
        charge ->
            out.println(
                String.join(
                    "\t",
                    charge.path("record").asText(),
                    charge.path("time").asText(),
                    charge.path("run").asText(),
                    charge.path("round").asText(),
                    CsvTable.text(charge.path("release").asText().replaceAll("\\p{Cc}", " ")),
                    charge.path("event").toString())));
    return CommandLine.ExitCode.OK;
  }

  private void add(LedgerRecord record, ArrayNode charges) {
    if (record instanceof LedgerRecord.Charged charged) {
      ObjectNode node = charges.addObject();
      node.put("record", charged.number()).put("time", charged.time().toString());
      node.put("run", charged.run()).put("round", charged.round());
      node.put("release", charged.release()).set("event", codec.write(charged.event()));
    } else if (record instanceof LedgerRecord.Torn torn) {
      for (int run : torn.runs()) {
        ObjectNode node = charges.addObject();
        node.put("record", torn.number()).putNull("time");
        node.put("run", run).putNull("round");
        node.put("release", "unknown: the record is torn and counts as a round").putNull("event");
      }
    }
  }
}
