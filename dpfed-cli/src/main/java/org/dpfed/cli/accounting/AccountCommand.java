package org.dpfed.cli.accounting;

import java.util.concurrent.Callable;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.RdpAccountant;
import org.dpfed.cli.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dpfed account}: what a run of sampled, noisy rounds costs. */
@Command(name = "account", description = "Epsilon of a run with a given noise multiplier.")
public final class AccountCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private SampledRounds run = new SampledRounds();

  @Option(
      names = "--noise-multiplier",
      required = true,
      description = "Noise standard deviation divided by the clip norm.")
  private double noiseMultiplier;

  @Option(
      names = "--unit",
      defaultValue = "client",
      description = "What one client stands for. Default: ${DEFAULT-VALUE}.")
  private String unit = "";

  @Override
  public Integer call() {
    try {
      Guarantee guarantee =
          new RdpAccountant(run.relation())
              .compose(run.event(noiseMultiplier))
              .guarantee(run.delta(), unit);
      spec.commandLine().getOut().println(guarantee);
      return 0;
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }
}
