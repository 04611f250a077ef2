package org.dpfed.bench.imaging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
          new Comparison(Runs.last(Runs.of(all)), Runs.of(privately), hospitals());
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

  private List<Comparison.Hospital> hospitals() throws IOException {
    List<Comparison.Hospital> hospitals = new ArrayList<>();
    for (Map.Entry<String, Path> each : alone.entrySet()) {
      Path open = each.getValue();
      Path privateOnes = Objects.requireNonNull(alonePrivately.get(each.getKey()), "hospital");
      hospitals.add(
          new Comparison.Hospital(
              each.getKey(), Runs.last(Runs.of(open)), Runs.last(Runs.of(privateOnes))));
    }
    return hospitals;
  }
}
