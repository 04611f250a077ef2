package org.dpfed.cli.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import org.dpfed.data.LabelledData;
import org.dpfed.dl4j.NetworkTemplate;
import org.dpfed.federated.SiteFactory;

/**
 * Makes trainer and clients of a run from its settings, in other processes than the run's. Data are
 * read from the paths of the configuration, which must lead to the same files everywhere.
 */
public final class ConfiguredSites implements SiteFactory {
  /** Nothing else of a run concerns those who train its clients. */
  private static final Set<String> SECTIONS = Set.of("data.", "partition.", "model.", "client.");

  /** For engines, which have its name alone. */
  public ConfiguredSites() {}

  /** The text for {@link #open}. */
  static String settings(Configuration configuration) {
    return configuration.toYaml(key -> SECTIONS.stream().anyMatch(key::startsWith));
  }

  @Override
  public Site open(String settings) {
    Configuration configuration = Configuration.ofText(settings);
    DataSource source = source(configuration);
    LabelledData rows = source.split().train();
    NetworkTemplate network = NetworkChoice.of(configuration, rows);
    return new Site(
        Experiment.trainer(configuration, network, NetworkChoice.probe(rows)),
        source.clients(configuration));
  }

  /** Who trains clients has no use for held-out rows, where they are apart. */
  private static DataSource source(Configuration configuration) {
    try {
      return configuration.text("data.set").equals(IndexedSource.SET)
          ? IndexedSource.read(configuration, false)
          : DataSource.of(configuration);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
