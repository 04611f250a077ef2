package org.dpfed.cli.training;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;
import org.dpfed.ledger.DamagedLedgerException;
import org.dpfed.ledger.InUseException;
import org.dpfed.ledger.LedgerFile;
import org.dpfed.ledger.LedgerHistory;

/**
 * The ledger of the population that a configuration trains on: the one that it names, or else one
 * that is named after the data and its unit, so that every run over them finds it.
 *
 * @param file the ledger
 */
record LedgerChoice(Path file) {
  private static final String DIRECTORY = "ledgers";

  /**
   * @param unit of privacy
   * @throws UsageException when no name of the data tells which population they are of
   */
  static LedgerChoice of(Configuration configuration, String unit) {
    if (configuration.has("data.url")
        && configuration.has("data.directory")
        && !configuration.has("run.ledger")) {
      throw new UsageException(
          "patients of a directory and of a server are one population, and neither names it: name its ledger by run.ledger (--ledger), the same in every run on any of them");
    }
    return new LedgerChoice(
        configuration
            .optionalText("run.ledger")
            .map(Path::of)
            .orElseGet(() -> standard(configuration, unit)));
  }

  /** That of an index is the one of the data that it was made of, wherever their runs are. */
  private static Path standard(Configuration configuration, String unit) {
    return configuration.text("data.set").equals(IndexedSource.SET)
        ? IndexedSource.ledger(configuration)
        : Path.of(configuration.text("run.directory"))
            .resolve(DIRECTORY)
            .resolve(plain(population(configuration)) + "-" + plain(unit) + ".jsonl");
  }

  /**
   * What names the ledger. Files of one directory share one, since nobody knows which people they
   * share.
   */
  private static String population(Configuration configuration) {
    if (configuration.has("data.file")) {
      return name(Path.of(configuration.text("data.file")));
    } else if (configuration.has("data.files")) {
      Path first = Path.of(configuration.texts("data.files").get(0)).toAbsolutePath().normalize();
      return name(first.resolveSibling(""));
    }
    return configuration.has("data.directory")
        ? name(Path.of(configuration.text("data.directory")))
        : configuration
            .optionalText("data.url")
            .map(LedgerChoice::host)
            .orElse(configuration.text("data.set"));
  }

  /** This machine has one name, whatever its address in the settings. */
  private static String host(String url) {
    String host = String.valueOf(URI.create(url).getHost());
    return host.matches("127\\..*|\\[[0:]*:0*1]") ? "localhost" : host;
  }

  private static String name(Path path) {
    Path last = path.toAbsolutePath().normalize().getFileName();
    return last == null ? "root" : last.toString().replaceFirst("(\\.[A-Za-z0-9]{1,5})+$", "");
  }

  private static String plain(String text) {
    String plain =
        text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", "-").replaceAll("^-|-$", "");
    return plain.isEmpty() ? "data" : plain.substring(0, Math.min(60, plain.length()));
  }

  /**
   * The absolute path without links, of which the last folders need not be there. The system
   * follows a link before it goes up by "..", so that without this two names would lead to two
   * ledgers.
   */
  static Path real(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    if (Files.exists(absolute)) {
      return absolute.toRealPath();
    }
    Path parent = absolute.getParent();
    Path name = absolute.getFileName();
    return parent == null || name == null ? absolute : real(parent).resolve(name).normalize();
  }

  /**
   * What it holds; empty where there is none yet.
   *
   * @throws UsageException when it is damaged or cannot be read
   */
  Optional<LedgerHistory> history() {
    try {
      return Files.exists(file) ? Optional.of(LedgerHistory.read(file)) : Optional.empty();
    } catch (IOException e) {
      throw new UsageException(Causes.words(e), e);
    }
  }

  /**
   * Opens it, or makes it.
   *
   * @throws UsageException when it is damaged or in use
   */
  LedgerFile open() throws IOException {
    try {
      return LedgerFile.open(file);
    } catch (DamagedLedgerException | InUseException e) {
      throw new UsageException(Causes.words(e), e);
    }
  }
}
