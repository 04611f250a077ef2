package org.dpfed.cli.training;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.dpfed.data.LabelledData;
import org.dpfed.federated.FederatedDataset;

/**
 * What is not trained on.
 *
 * @param rows to evaluate on
 * @param idle clients without a row to train on, since theirs are held out or dropped
 * @param named how many of them are held out because a setting names their sites
 * @param clients the population, which counts them all
 * @param unit what one client is
 * @param classes names of the classes that are told apart; empty for regression
 * @param sites that the rows are from
 */
record HeldOut(
    int rows,
    int idle,
    int named,
    int clients,
    String unit,
    List<String> classes,
    HeldOutSites sites) {
  /**
   * @param areSitesNamed whether reports may show the names of sites
   * @param areChosen whether the sites that are held out are named, and clients with them
   */
  static HeldOut of(
      LabelledData data, FederatedDataset clients, boolean areSitesNamed, boolean areChosen) {
    int idle =
        (int)
            IntStream.range(0, clients.population())
                .filter(client -> clients.examples(client) == 0)
                .count();
    return new HeldOut(
        data.size(),
        idle,
        areChosen ? Math.min(idle, keys(data)) : 0,
        clients.population(),
        clients.unit(),
        data.classNames(),
        HeldOutSites.of(data, areSitesNamed));
  }

  /** How many clients the rows are of, where clients come by key. */
  private static int keys(LabelledData data) {
    return data.keys()
        .map(keys -> (int) IntStream.range(0, data.size()).map(keys::keyOf).distinct().count())
        .orElse(0);
  }

  /** Such as {@code 797 rows; 3 of 4 clients have no training rows}. */
  String describe() {
    return rows
        + " rows"
        + (idle == 0 ? "" : "; %d of %d clients have no training rows".formatted(idle, clients))
        + (named == 0 ? "" : ", %d of them by data.testSites".formatted(named));
  }

  /**
   * A line of warning when half of the clients or more train nothing that no setting asks for by
   * name: those at sites that are held out do what the user wanted.
   */
  Optional<String> warning() {
    return 2L * (idle - named) < clients
        ? Optional.empty()
        : Optional.of(
            "warning: %d of %d clients (each one %s) have no training rows and add only noise; hold out less, choose another split seed, or give a test file"
                .formatted(idle, clients, unit));
  }
}
