package org.dpfed.cli.training;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dpfed data verify}: whether every record of an index is as it was written. */
@Command(
    name = "verify",
    description = {
      "Read all of an index that 'dpfed data index' wrote, and check every checksum.",
      "Prints how many clients are right, and the numbers of those that are damaged."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:the index is intact", "2:it is damaged or cannot be read"},
    sortOptions = false)
final class DataVerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DIR", description = "Folder of the index.")
  private Path folder = Path.of("");

  @Override
  public Integer call() {
    IndexedSource.Verified found;
    try {
      found = IndexedSource.verify(folder);
    } catch (IOException e) {
      throw new UsageException(Causes.words(e), e);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%s: %d of %d clients are right, with %d rows; %d of %d held-out rows are right%n",
        folder,
        found.clients() - found.damagedClients().size(),
        found.clients(),
        found.rows(),
        found.heldOut() - found.damagedHeldOut().size(),
        found.heldOut());
    print(out, "damaged clients: ", found.damagedClients());
    print(out, "damaged held-out rows: ", found.damagedHeldOut());
    found.otherDamage().forEach(out::println);
    out.flush();
    if (!found.isIntact()) {
      throw new UsageException(
          folder
              + " is damaged: bring it back from a copy, or make it anew by 'dpfed data index', as another population");
    }
    return CommandLine.ExitCode.OK;
  }

  private static void print(PrintWriter out, String what, List<Integer> numbers) {
    if (!numbers.isEmpty()) {
      out.println(what + ranges(numbers));
    }
  }

  /** Such as {@code 3, 17 to 20}. */
  private static String ranges(List<Integer> ascending) {
    List<String> ranges = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= ascending.size(); i++) {
      if (i == ascending.size() || ascending.get(i) != ascending.get(i - 1) + 1) {
        int first = ascending.get(from);
        int last = ascending.get(i - 1);
        ranges.add(first == last ? "" + first : first + " to " + last);
        from = i;
      }
    }
    return String.join(", ", ranges);
  }
}
