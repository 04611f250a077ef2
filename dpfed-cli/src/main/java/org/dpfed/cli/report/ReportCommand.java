package org.dpfed.cli.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.dpfed.cli.UsageException;
import org.dpfed.cli.WholeFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dpfed report}: writes the pages of runs again, and one that compares several. */
@Command(
    name = "report",
    description = {
      "Write report.html and model-card.md again from the report.json of a run.",
      "Of several runs, also write one page that compares them."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:the pages were written", "2:a directory has no intact report"},
    sortOptions = false)
public final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "1..*",
      paramLabel = "DIR",
      description = "Directories of runs, such as runs/wdbc.")
  private List<Path> directories = List.of();

  @Option(
      names = "--comparison",
      paramLabel = "FILE",
      description =
          "The page that compares several runs. Default: comparison.html beside the first of them.")
  private @Nullable Path comparison;

  @Override
  public Integer call() throws IOException {
    if (directories.stream().map(path -> path.toAbsolutePath().normalize()).distinct().count()
        < directories.size()) {
      throw new UsageException("a run is named twice; name each once");
    }
    List<StoredReport> runs = directories.stream().map(StoredReport::in).toList();
    if (comparison != null && runs.size() < 2) {
      throw new UsageException(
          "--comparison needs at least 2 directories, was given 1; name the runs to compare");
    }
    PrintWriter out = spec.commandLine().getOut();
    for (Map.Entry<Path, String> page : pages(runs).entrySet()) {
      WholeFile.write(page.getKey(), part -> Files.writeString(part, page.getValue()));
      out.println(page.getKey());
    }
    out.flush();
    return CommandLine.ExitCode.OK;
  }

  /** All of them, before any is written. */
  private Map<Path, String> pages(List<StoredReport> runs) {
    Map<Path, String> pages = new LinkedHashMap<>();
    for (StoredReport run : runs) {
      pages.put(run.directory().resolve(ModelCard.FILE), run.page(r -> ModelCard.of(r.report())));
      pages.put(run.directory().resolve(ReportPage.FILE), run.page(r -> ReportPage.of(r.report())));
    }
    if (runs.size() > 1) {
      // Each alone, so that an error names the report that cannot be shown.
      runs.forEach(run -> run.page(r -> ComparisonPage.of(List.of(r))));
      Path beside = runs.get(0).directory().toAbsolutePath().resolveSibling("comparison.html");
      pages.put(comparison == null ? beside : comparison, ComparisonPage.of(runs));
    }
    return pages;
  }
}
