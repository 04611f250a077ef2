package org.dpfed.bench.imaging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Compares training on the patients of all hospitals with training at each of them alone: tables of
 * accuracy and area under the ROC curve on held-out images, and plots of the accuracy.
 */
public final class HospitalTable implements Runnable {
  @Option(names = "--text", required = true, description = "What the page begins with.")
  private Path text = Path.of("");

  @Option(names = "--out", required = true, description = "Path without .md or .png.")
  private Path out = Path.of("");

  @Option(names = "--all", required = true, description = "Sweep of all, without privacy.")
  private Path all = Path.of("");

  @Option(names = "--private", required = true, description = "Sweep of all over epsilon.")
  private Path privately = Path.of("");

  @Option(
      names = "--alone",
      required = true,
      description = "HOSPITAL=SWEEP: its own patients alone, without privacy.")
  private Map<String, Path> alone = new LinkedHashMap<>();

  @Option(
      names = "--alone-private",
      required = true,
      description = "HOSPITAL=SWEEP: its own patients alone, with the largest epsilon.")
  private Map<String, Path> alonePrivately = new LinkedHashMap<>();

  public static void main(String[] args) {
    System.exit(new CommandLine(new HospitalTable()).execute(args));
  }

  @Override
  public void run() {
    try {
      Comparison comparison =
          new Comparison(last(all), Runs.byEpsilon(privately), last(alone), last(alonePrivately));
      Files.writeString(
          Path.of(out + ".md"),
          Files.readString(text)
              + comparison.together()
              + "\n![accuracy over ε](%s-epsilon.png)\n".formatted(out.getFileName())
              + comparison.byHospital()
              + "\n![accuracy at each hospital](%s-hospitals.png)\n".formatted(out.getFileName()));
      Plots plots = new Plots(comparison);
      plots.overEpsilon(Path.of(out + "-epsilon.png"));
      plots.atHospitals(Path.of(out + "-hospitals.png"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Runs last(Path sweep) throws IOException {
    var byEpsilon = Runs.byEpsilon(sweep);
    return byEpsilon.get(byEpsilon.lastKey());
  }

  private static Map<String, Runs> last(Map<String, Path> sweeps) throws IOException {
    Map<String, Runs> runs = new LinkedHashMap<>();
    for (Map.Entry<String, Path> each : sweeps.entrySet()) {
      runs.put(each.getKey(), last(each.getValue()));
    }
    return runs;
  }
}
