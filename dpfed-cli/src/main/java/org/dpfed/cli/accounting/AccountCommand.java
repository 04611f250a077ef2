package org.dpfed.cli.accounting;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.LocalNoise;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.accounting.TightestAccountant;
import org.dpfed.cli.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dpfed account}: what a run costs, without running it. */
@Command(
    name = "account",
    description = "Epsilon of a run, or delta at a given epsilon; of many runs with --batch.")
public final class AccountCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private RunOptions run = new RunOptions();

  @Option(
      names = "--noise-multiplier",
      description = "Noise standard deviation divided by the clip norm.")
  private @Nullable Double noiseMultiplier;

  @Option(names = "--epsilon", description = "Ask for delta at this epsilon instead.")
  private @Nullable Double epsilon;

  @Option(
      names = "--unit",
      defaultValue = "client",
      description = "What one client stands for. Default: ${DEFAULT-VALUE}.")
  private String unit = "client";

  @Option(names = "--all", description = "Every accountant's answer, side by side.")
  private boolean all;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = "--batch",
      paramLabel = "FILE",
      description = "A JSON list of cases; prints it with the field 'answer' added to each.")
  private @Nullable Path batch;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "Plot epsilon over the rounds into a PNG file.")
  private @Nullable Path plot;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      if (batch != null) {
        return CaseFile.answer(batch, out, spec.commandLine().getErr());
      }
      PrivacyCase question = run.asCase(noiseMultiplier, epsilon);
      if (plot != null) {
        EpsilonPlot.write(question, plot);
      }
      answer(question, out);
      return 0;
    } catch (IllegalArgumentException | UnsupportedOperationException | ArithmeticException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  private void answer(PrivacyCase question, PrintWriter out) {
    if (question.mechanism().equals("shuffled_pure_ldp")) {
      print(shuffled(question), out);
    } else if (question.has("clipped_count_stddev")) {
      print("valueNoiseMultiplier", question.valueNoiseMultiplier(), out);
    } else if (question.mechanism().equals("local_gaussian")) {
      bothSides(question, out);
    } else if (epsilon != null) {
      double delta = question.accountant().compose(question.event()).delta(epsilon);
      print("delta", delta, out);
    } else if (all) {
      sideBySide(question, out);
    } else {
      PrivacyAccountant spent = question.accountant().compose(question.event());
      print(spent.guarantee(question.number("delta"), unit), out);
    }
  }

  /** What a client's own noise gives it against everybody, and what the sum gives it. */
  private void bothSides(PrivacyCase question, PrintWriter out) {
    LocalNoise noise = question.localNoise();
    double delta = question.number("delta");
    Guarantee local = noise.local(delta, unit);
    Guarantee central = noise.central(delta, unit, NeighbouringRelation.REPLACE_ONE);
    if (json) {
      ObjectNode both = JsonNodeFactory.instance.objectNode();
      both.set("local", tree(local));
      both.set("central", tree(central));
      out.println(both.toString());
    } else {
      out.println("each message: " + local);
      out.println("the sums alone: " + central);
    }
  }

  private void print(String name, double value, PrintWriter out) {
    out.println(
        json
            ? JsonNodeFactory.instance.objectNode().put(name, value).toString()
            : name + " " + value);
  }

  private Guarantee shuffled(PrivacyCase question) {
    return new Guarantee(
        question.answer(),
        question.number("delta"),
        NeighbouringRelation.REPLACE_ONE,
        unit,
        "shuffling",
        List.of(
            "each message comes from a pure-DP local randomiser",
            "the shuffler hides who sent what"));
  }

  private void sideBySide(PrivacyCase question, PrintWriter out) {
    DpEvent event = question.event();
    TightestAccountant spent = new TightestAccountant(question.relation()).compose(event, 1);
    List<TightestAccountant.Answer> answers = spent.answers(question.number("delta"));
    if (json) {
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      for (TightestAccountant.Answer answer : answers) {
        ObjectNode entry = list.addObject().put("accountant", answer.accountant());
        if (answer.refusal().isEmpty()) {
          entry.put("epsilon", answer.epsilon());
        } else {
          entry.putNull("epsilon").put("refusal", answer.refusal());
        }
      }
      out.println(list.toString());
      return;
    }
    for (TightestAccountant.Answer answer : answers) {
      String result =
          answer.refusal().isEmpty()
              ? String.format(Locale.ROOT, "ε %.6f", answer.epsilon())
              : "no answer: " + answer.refusal();
      out.println(String.format(Locale.ROOT, "%-20s %s", answer.accountant(), result));
    }
    out.println(spent.guarantee(question.number("delta"), unit));
  }

  private void print(Guarantee guarantee, PrintWriter out) {
    if (!json) {
      out.println(guarantee);
      return;
    }
    out.println(tree(guarantee).toString());
  }

  private static ObjectNode tree(Guarantee guarantee) {
    ObjectNode tree = new ObjectMapper().valueToTree(guarantee);
    tree.put("relation", guarantee.relation().label()).remove("private");
    return tree;
  }
}
