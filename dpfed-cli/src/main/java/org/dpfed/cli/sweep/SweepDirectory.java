package org.dpfed.cli.sweep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.dpfed.cli.UsageException;
import org.dpfed.cli.WholeFile;

/**
 * The files of a sweep: the run directories in {@code runs}, {@code results.csv}, {@code
 * results.json}, {@code summary.md} and the plots. Each table is written completely or not at all.
 *
 * @param path of the directory
 */
record SweepDirectory(Path path) {

  /**
   * The directory of that name, which need not be there.
   *
   * @throws UsageException when the name is none of a directory here
   */
  static SweepDirectory of(Path sweeps, String name) {
    Path path = sweeps.resolve(name);
    if (name.startsWith(".") || !String.valueOf(path.getFileName()).equals(name)) {
      throw new UsageException(
          "--name must be the name of a directory, without / and not beginning with a dot, was "
              + name);
    }
    return new SweepDirectory(path);
  }

  /**
   * Checks that it is there when a sweep goes on, and only then.
   *
   * @throws UsageException otherwise
   */
  void check(boolean resumes) {
    if (Files.exists(path) != resumes) {
      throw new UsageException(
          resumes
              ? path + " holds no sweep to go on with; leave out --resume"
              : path + " holds an earlier sweep; go on with --resume, or choose another --name");
    }
  }

  /** Creates it where it is not there. */
  void create() throws IOException {
    Files.createDirectories(runs());
  }

  /** Directory of the run directories. */
  Path runs() {
    return path.resolve("runs");
  }

  /** Writes the tables. */
  void write(Results results) throws IOException {
    write("results.csv", results.csv());
    write("results.json", results.jsonText());
  }

  /** Writes the plots and the page. */
  void writeSummary(Results results) throws IOException {
    Map<String, String> plots = Plots.write(Point.of(results), path);
    write("summary.md", Summary.of(String.valueOf(path.getFileName()), results, plots));
  }

  private void write(String name, String text) throws IOException {
    WholeFile.write(path.resolve(name), file -> Files.writeString(file, text));
  }
}
