package org.dpfed.cli.accounting;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.dpfed.cli.UsageException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code dpfed calibrate}: the setting that just meets a target. The smallest noise multiplier;
 * with a noise multiplier given, or where there is none, the most rounds; with a ratio of noise to
 * signal given, the smallest expected cohort.
 */
@Command(
    name = "calibrate",
    description = {
      "The smallest noise multiplier that meets a target of epsilon and delta. With"
          + " --noise-multiplier, or where the mechanism takes none: the most rounds. With"
          + " --noise-to-signal: the smallest expected cohort.",
      "An option that has no effect with the others is refused."
    },
    abbreviateSynopsis = true,
    sortOptions = false)
public final class CalibrateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** The command with its options. */
  public static CommandLine commandLine() {
    CommandLine command = new CommandLine(new CalibrateCommand());
    Set<Flag> flags = Flag.set(Flag.values());
    CommandOptions.declare(
        command.getCommandSpec(),
        Flag.set(flags.stream().filter(CalibrateCommand::isTaken).toList()),
        mechanisms());
    return command;
  }

  private static boolean isTaken(Flag flag) {
    return switch (flag) {
      case ALL, COUNT_STDDEV, BATCH, UNIT, PLOT -> false;
      default -> true;
    };
  }

  /** Those for which there is a choice of accountants, hence an event to vary. */
  private static List<String> mechanisms() {
    return Choices.MECHANISMS.namesTaking(Flag.ACCOUNTANT);
  }

  @Override
  public Integer call() {
    OptionValues options = OptionValues.of(spec.commandLine().getParseResult());
    try {
      Question question = question(options);
      print(question, question.answer(options), options.has(Flag.JSON));
      return CommandLine.ExitCode.OK;
    } catch (IllegalArgumentException | UnsupportedOperationException | ArithmeticException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Question question(OptionValues options) {
    String mechanism = Mechanism.name(options);
    if (!mechanisms().contains(mechanism)) {
      throw new UsageException(
          "%s must be %s to be calibrated, was '%s'"
              .formatted(options.label(Flag.MECHANISM), Choice.oneOf(mechanisms()), mechanism));
    }
    if (options.has(Flag.NOISE_TO_SIGNAL)) {
      return Question.COHORT;
    }
    boolean hasMultiplier =
        Choices.MECHANISMS.namesTaking(Flag.NOISE_MULTIPLIER).contains(mechanism);
    if (!hasMultiplier && options.has(Flag.ROUNDS)) {
      throw new UsageException(
          "%s has no effect: %s %s takes no %s, so that the most rounds are what is looked for;"
                  .formatted(
                      options.label(Flag.ROUNDS),
                      options.label(Flag.MECHANISM),
                      mechanism,
                      options.label(Flag.NOISE_MULTIPLIER))
              + " leave it out");
    }
    return hasMultiplier && !options.has(Flag.NOISE_MULTIPLIER)
        ? Question.NOISE_MULTIPLIER
        : Question.ROUNDS;
  }

  private void print(Question question, double value, boolean json) {
    PrintWriter out = spec.commandLine().getOut();
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    String text =
        switch (question) {
          case ROUNDS -> count(answer, "rounds", value);
          case COHORT -> count(answer, "expectedCohortSize", value);
          default -> {
            answer.put("noiseMultiplier", value);
            yield "noiseMultiplier " + value;
          }
        };
    out.println(json ? answer.toString() : text);
  }

  private static String count(ObjectNode answer, String name, double value) {
    answer.put(name, (long) value);
    return String.format(Locale.ROOT, "%s %d", name, (long) value);
  }
}
