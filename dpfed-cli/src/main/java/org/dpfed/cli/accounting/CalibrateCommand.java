package org.dpfed.cli.accounting;

import java.util.concurrent.Callable;
import org.dpfed.accounting.NoiseCalibration;
import org.dpfed.accounting.RdpAccountant;
import org.dpfed.cli.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dpfed calibrate}: how much noise a privacy target needs. */
@Command(name = "calibrate", description = "The smallest noise multiplier that meets a target.")
public final class CalibrateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private SampledRounds run = new SampledRounds();

  @Option(names = "--epsilon", required = true, description = "The epsilon that may be spent.")
  private double epsilon;

  @Override
  public Integer call() {
    try {
      double noiseMultiplier =
          new NoiseCalibration(new RdpAccountant(run.relation()), epsilon, run.delta())
              .smallestNoiseMultiplier(run::event);
      spec.commandLine().getOut().println("noiseMultiplier " + noiseMultiplier);
      return 0;
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }
}
