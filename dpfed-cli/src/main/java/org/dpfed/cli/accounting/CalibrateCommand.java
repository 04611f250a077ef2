package org.dpfed.cli.accounting;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dpfed.cli.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code dpfed calibrate}: the setting that just meets a target. The smallest noise multiplier;
 * with a noise multiplier given, the most rounds; with a ratio of noise to signal given, the
 * smallest expected cohort.
 */
@Command(
    name = "calibrate",
    description =
        "The smallest noise multiplier that meets a target; or the most rounds, or the smallest"
            + " expected cohort.")
public final class CalibrateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private RunOptions run = new RunOptions();

  @Option(names = "--epsilon", required = true, description = "The epsilon that may be spent.")
  private double epsilon;

  @Option(
      names = "--noise-multiplier",
      description = "Ask for the most rounds at this noise multiplier instead.")
  private @Nullable Double noiseMultiplier;

  @Option(
      names = "--noise-to-signal",
      description =
          "Ask for the smallest expected cohort instead, at this standard deviation of the"
              + " averaged noise, in clip norms; needs --population and --rounds.")
  private @Nullable Double noiseToSignal;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    try {
      PrivacyCase target = run.asCase(noiseMultiplier, epsilon);
      if (noiseToSignal != null) {
        print("expectedCohortSize", (double) target.smallestExpectedCohort(noiseToSignal));
      } else if (noiseMultiplier != null) {
        print("rounds", (double) target.mostRounds());
      } else {
        print("noiseMultiplier", target.smallestNoiseMultiplier());
      }
      return 0;
    } catch (IllegalArgumentException | UnsupportedOperationException | ArithmeticException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  private void print(String name, double value) {
    PrintWriter out = spec.commandLine().getOut();
    boolean whole = value == Math.rint(value) && !name.equals("noiseMultiplier");
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    if (whole) {
      answer.put(name, (long) value);
    } else {
      answer.put(name, value);
    }
    out.println(
        json
            ? answer.toString()
            : whole ? String.format(Locale.ROOT, "%s %d", name, (long) value) : name + " " + value);
  }
}
