package org.dpfed.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.dpfed.cli.DpfedCommand;
import org.dpfed.cli.UsageException;
import org.dpfed.fuzz.FuzzedReader;
import org.dpfed.fuzz.Fuzzing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The pages of damaged reports are made or refused. */
final class ReportFuzzTest {
  @TempDir private Path directory;

  /** Each page has half a megabyte of scripts, whatever is in the report of 20 kB. */
  @Test
  void page_damaged_isMadeOrRefused() throws Exception {
    fuzz("page of a run", report -> ReportPage.of(report.report()));
  }

  @Test
  void comparison_damaged_isMadeOrRefused() throws Exception {
    fuzz("comparison of runs", report -> ComparisonPage.of(List.of(report, report)));
  }

  private void fuzz(String name, Function<StoredReport, String> page) throws Exception {
    FuzzedReader pages =
        FuzzedReader.of(
                name,
                "report.json",
                List.of(report()),
                UsageException.class,
                file -> StoredReport.in(file.resolveSibling("")).page(page))
            .allocating(2048);
    Fuzzing.run(pages, Fuzzing.FEW, directory);
  }

  @Test
  @Tag("stress")
  void report_damagedManyTimes_isReadOrRefused() throws Exception {
    FuzzedReader reports =
        FuzzedReader.of(
            "report of a run",
            "report.json",
            List.of(report()),
            UsageException.class,
            file ->
                StoredReport.in(file.resolveSibling(""))
                    .page(report -> ModelCard.of(report.report())));
    Fuzzing.run(reports, Fuzzing.MANY, directory);
  }

  /** What a short training leaves, with all that a report can hold of each round. */
  private byte[] report() throws IOException {
    StringWriter errors = new StringWriter();
    CommandLine command = DpfedCommand.commandLine().setErr(new PrintWriter(errors, true));
    int status =
        command
            .setOut(new PrintWriter(new StringWriter()))
            .execute(
                "train",
                "--name",
                "run",
                "--rounds",
                "2",
                "--evaluate-every",
                "1",
                "--diagnostics",
                "--runs",
                directory.resolve("runs").toString());
    assertThat(status).as(errors.toString()).isZero();
    return Files.readAllBytes(directory.resolve("runs/run/report.json"));
  }
}
