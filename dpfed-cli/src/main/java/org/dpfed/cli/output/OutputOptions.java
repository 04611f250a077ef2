package org.dpfed.cli.output;

import org.dpfed.cli.UsageException;
import picocli.CommandLine.Option;

/** The options that say who reads standard output. */
public final class OutputOptions {
  @Option(
      names = "--quiet",
      description = {
        "Print nothing on standard output and show no progress.",
        "Warnings, missing privacy and errors still go to standard error."
      })
  private boolean quiet;

  @Option(
      names = "--json",
      description = {
        "Print events on standard output, one JSON object a line as they happen;",
        "text for people goes to standard error. docs/configuration.md lists the events."
      })
  private boolean json;

  /** Whether nobody reads it. */
  public boolean quiet() {
    return quiet;
  }

  /** Whether a machine does. */
  public boolean json() {
    return json;
  }

  /**
   * Refuses both options together.
   *
   * @throws UsageException where both were given
   */
  public void check() {
    if (quiet && json) {
      throw new UsageException(
          "--quiet and --json exclude each other; leave out --quiet to read events");
    }
  }
}
