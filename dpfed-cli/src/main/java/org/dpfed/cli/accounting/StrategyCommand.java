package org.dpfed.cli.accounting;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.dpfed.cli.UsageException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dpfed strategy}: the error of every kind of noise for a run, at equal privacy. */
@Command(
    name = "strategy",
    description = {
      "The error of every kind of noise for a run, at equal privacy: independent noise, trees,"
          + " optimised banded and buffered (BLT) matrices, and, if clients can be sampled, banded"
          + " matrices with Poisson sampling.",
      "An option that has no effect with the others is refused."
    },
    abbreviateSynopsis = true,
    sortOptions = false)
public final class StrategyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** The command with its options. */
  public static CommandLine commandLine() {
    CommandLine command = new CommandLine(new StrategyCommand());
    CommandOptions.declare(command.getCommandSpec(), descriptions());
    return command;
  }

  /** What its options mean here, in the order of the help. */
  private static Map<Flag, String> descriptions() {
    Map<Flag, String> descriptions = new LinkedHashMap<>();
    descriptions.put(Flag.ROUNDS, Flag.ROUNDS.description());
    descriptions.put(Flag.MAX_PARTICIPATIONS, Flag.MAX_PARTICIPATIONS.description());
    descriptions.put(Flag.MIN_SEPARATION, Flag.MIN_SEPARATION.description());
    descriptions.put(
        Flag.POPULATION,
        "Number of clients, instead of the two options above: clients take turns in a fixed order,"
            + " or are sampled.");
    descriptions.put(Flag.COHORT, "Clients in one round, expected if they are sampled.");
    descriptions.put(
        Flag.EPSILON, "The privacy budget, under zero-out. Without it losses are compared.");
    descriptions.put(Flag.DELTA, Flag.DELTA.description());
    descriptions.put(
        Flag.NOISE_MULTIPLIER,
        "Instead of --epsilon and --delta: noise divided by sensitivity and clip norm, the same for"
            + " all kinds of noise.");
    descriptions.put(
        Flag.CLIP_NORM, "L2 bound of one contribution, the unit of errors. Default: 1.");
    descriptions.put(
        Flag.BANDS,
        "Numbers of bands to compare. Default: 32, 100 and the separation; with sampling powers of 2"
            + " up to 128.");
    descriptions.put(Flag.BUFFERS, "Numbers of buffers to compare, from 1 to 8. Default: 1,2,3,4.");
    descriptions.put(
        Flag.OBJECTIVE,
        "The error that is compared, and minimised by matrices: the mean (default) or the max of"
            + " its square over the rounds.");
    descriptions.put(Flag.WORKLOAD, Flag.WORKLOAD.description());
    descriptions.put(Flag.MOMENTUM, Flag.MOMENTUM.description());
    descriptions.put(Flag.JSON, Flag.JSON.description());
    return descriptions;
  }

  @Override
  public Integer call() {
    OptionValues options = OptionValues.of(spec.commandLine().getParseResult());
    PrintWriter out = spec.commandLine().getOut();
    try {
      StrategyRequest request = StrategyRequest.of(options);
      StrategyTable table = new StrategyTable(request, StrategyWays.of(request));
      if (options.has(Flag.JSON)) {
        out.println(table.json());
      } else {
        table.print(out);
      }
      return CommandLine.ExitCode.OK;
    } catch (IllegalArgumentException | UnsupportedOperationException | ArithmeticException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }
}
