package org.dpfed.cli.training;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dpfed.cli.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dpfed data index}: writes the clients of a run into files that are read one by one. */
@Command(
    name = "index",
    customSynopsis = "dpfed data index [--config=FILE] [--FLAG VALUE]... DIR",
    description = {
      "Write the clients and held-out rows of a run's data into a new folder, to train from.",
      "Clients are then read one by one: by several machines, and with more clients than memory holds.",
      "The folder holds the examples, readable to you alone, no keys, and of sites the names of",
      "those of held-out rows alone.",
      "'dpfed train --data indexed --data-directory DIR' then trains what the data would."
    },
    sortOptions = false)
public final class DataIndexCommand implements Callable<Integer> {
  /** What decides which rows are whose, and which ledger belongs to these clients. */
  private static final List<String> SECTIONS =
      List.of("data.", "partition.", "run.ledger", "run.directory");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings of the run in YAML; flags override.")
  private @Nullable Path config;

  @Parameters(paramLabel = "DIR", description = "The new folder.")
  private Path folder = Path.of("");

  /** The command with a flag for every setting of the data. */
  static CommandLine commandLine() {
    CommandLine command = new CommandLine(new DataIndexCommand());
    settings().forEach(setting -> command.getCommandSpec().addOption(TrainCommand.option(setting)));
    return command;
  }

  private static List<Setting> settings() {
    return Settings.ALL.stream()
        .filter(setting -> SECTIONS.stream().anyMatch(setting.key()::startsWith))
        .toList();
  }

  @Override
  public Integer call() throws IOException {
    Configuration configuration =
        config == null ? Configuration.standard() : Configuration.of(config);
    configuration.withFlags(settings(), spec.commandLine().getParseResult()).complete();
    try {
      IndexedSource.Written written = IndexedSource.write(configuration, folder);
      spec.commandLine()
          .getOut()
          .printf(
              Locale.ROOT,
              "%s: %d clients; train with --data %s --data-directory %s%nLedger of runs on it: %s%n",
              folder,
              written.clients(),
              IndexedSource.SET,
              ReportedRun.quoted(folder),
              written.ledger());
      ImageSource.conversions(configuration)
          .ifPresent(note -> spec.commandLine().getOut().println("note: " + note));
      return CommandLine.ExitCode.OK;
    } catch (FileAlreadyExistsException e) {
      throw new UsageException(folder + " exists already; name a new folder", e);
    } catch (IllegalArgumentException e) {
      throw configuration.refused(e);
    }
  }
}
