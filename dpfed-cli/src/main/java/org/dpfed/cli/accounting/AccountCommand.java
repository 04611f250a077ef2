package org.dpfed.cli.accounting;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.TightestAccountant;
import org.dpfed.cli.GuaranteeJson;
import org.dpfed.cli.UsageException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dpfed account}: what a run costs, without running it. */
@Command(
    name = "account",
    description = {
      "What a run costs: epsilon at a given delta, or delta at a given epsilon.",
      "An option that has no effect with the others is refused."
    },
    abbreviateSynopsis = true,
    sortOptions = false)
public final class AccountCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** The command with its options. */
  public static CommandLine commandLine() {
    CommandLine command = new CommandLine(new AccountCommand());
    EnumSet<Flag> flags = EnumSet.allOf(Flag.class);
    flags.remove(Flag.NOISE_TO_SIGNAL);
    CommandOptions.declare(command.getCommandSpec(), flags, Choices.MECHANISMS.names());
    return command;
  }

  @Override
  public Integer call() {
    OptionValues options = OptionValues.of(spec.commandLine().getParseResult());
    PrintWriter out = spec.commandLine().getOut();
    if (options.has(Flag.BATCH)) {
      return batch(options, out);
    }
    try {
      answer(options, out);
      return CommandLine.ExitCode.OK;
    } catch (IllegalArgumentException | UnsupportedOperationException | ArithmeticException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  private int batch(OptionValues options, PrintWriter out) {
    for (Flag given : options.texts().keySet()) {
      if (given != Flag.BATCH) {
        throw Question.noEffect(options, given, Flag.BATCH);
      }
    }
    Path file = Path.of(options.text(Flag.BATCH, ""));
    return CaseFile.answer(file, out, spec.commandLine().getErr());
  }

  private static void answer(OptionValues options, PrintWriter out) {
    boolean json = options.has(Flag.JSON);
    if (options.has(Flag.COUNT_STDDEV)) {
      double left = Question.VALUE_NOISE_MULTIPLIER.answer(options);
      print("valueNoiseMultiplier", left, json, out);
    } else if (options.has(Flag.EPSILON)) {
      print("delta", Question.DELTA.answer(options), json, out);
    } else {
      boolean all = options.has(Flag.ALL);
      (all ? Question.EVERY_EPSILON : Question.EPSILON).check(options);
      guarantees(options, all, out);
    }
  }

  private static void print(String name, double value, boolean json, PrintWriter out) {
    out.println(
        json
            ? JsonNodeFactory.instance.objectNode().put(name, value).toString()
            : name + " " + value);
  }

  private static void guarantees(OptionValues options, boolean all, PrintWriter out) {
    boolean json = options.has(Flag.JSON);
    double delta = options.delta();
    String unit = unit(options);
    RunDescription run = RunDescription.of(options);
    if (options.has(Flag.PLOT)) {
      EpsilonPlot.write(options, run.relation(), Path.of(options.text(Flag.PLOT, "")));
    }
    Guarantee guarantee = claimed(run.guarantee(delta, unit), options);
    if (run.mechanism() instanceof ClientNoise.LocalGaussian local) {
      bothSides(guarantee, claimed(local.sums(delta, unit), options), json, out);
    } else if (all) {
      sideBySide(guarantee, run, delta, json, out);
    } else {
      out.println(json ? GuaranteeJson.of(guarantee).toString() : guarantee.toString());
    }
  }

  private static String unit(OptionValues options) {
    String unit = options.text(Flag.UNIT, "client");
    if (unit.isBlank() || unit.chars().anyMatch(Character::isISOControl)) {
      throw new UsageException(
          options.label(Flag.UNIT) + " must name what one client stands for, such as patient");
    }
    return unit;
  }

  /** The guarantee, saying that nothing but the asker's word stands behind the unit's name. */
  private static Guarantee claimed(Guarantee guarantee, OptionValues options) {
    if (!options.has(Flag.UNIT)) {
      return guarantee;
    }
    List<String> assumptions = new ArrayList<>(guarantee.assumptions());
    assumptions.add(
        "each client holds all data of one %s and nothing of another: %s is a claim, no data was read"
            .formatted(guarantee.unit(), Flag.UNIT.option()));
    return new Guarantee(
        guarantee.epsilon(),
        guarantee.delta(),
        guarantee.relation(),
        guarantee.unit(),
        guarantee.accountant(),
        assumptions);
  }

  /** What a client's own noise gives it against everybody, and what the sum gives it. */
  private static void bothSides(Guarantee local, Guarantee central, boolean json, PrintWriter out) {
    if (json) {
      ObjectNode both = JsonNodeFactory.instance.objectNode();
      both.set("local", GuaranteeJson.of(local));
      both.set("central", GuaranteeJson.of(central));
      out.println(both.toString());
    } else {
      out.println("each message: " + local);
      out.println("the sums alone: " + central);
    }
  }

  private static void sideBySide(
      Guarantee guarantee, RunDescription run, double delta, boolean json, PrintWriter out) {
    List<TightestAccountant.Answer> answers =
        new TightestAccountant(run.relation()).compose(run.event(), 1).answers(delta);
    if (json) {
      ObjectNode both = JsonNodeFactory.instance.objectNode();
      ArrayNode list = both.putArray("accountants");
      answers.forEach(answer -> put(list.addObject(), answer));
      both.set("guarantee", GuaranteeJson.of(guarantee));
      out.println(both.toString());
      return;
    }
    for (TightestAccountant.Answer answer : answers) {
      out.println(String.format(Locale.ROOT, "%-20s %s", answer.accountant(), text(answer)));
    }
    out.println(guarantee);
  }

  private static void put(ObjectNode entry, TightestAccountant.Answer answer) {
    entry.put("accountant", answer.accountant());
    if (answer.refusal().isEmpty()) {
      GuaranteeJson.putEpsilon(entry, Question.number(answer.epsilon()));
    } else {
      entry.putNull("epsilon").put("refusal", answer.refusal());
    }
  }

  private static String text(TightestAccountant.Answer answer) {
    if (!answer.refusal().isEmpty()) {
      return "no answer: " + answer.refusal();
    }
    double epsilon = Question.number(answer.epsilon());
    return Double.isInfinite(epsilon) ? "no privacy" : "ε " + Guarantee.displayed(epsilon);
  }
}
