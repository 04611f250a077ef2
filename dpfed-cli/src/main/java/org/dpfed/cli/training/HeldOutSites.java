package org.dpfed.cli.training;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.dpfed.data.LabelledData;

/**
 * The sites of held-out rows as reports may show them. Results of few units would be results of
 * each of them, so sites with fewer than {@value #FEWEST} held-out units are shown together. Where
 * these are still fewer, the smallest other sites join them: what is not shown could otherwise be
 * had by taking the sites that are shown from all rows.
 *
 * @param shown in the order of their names, those shown together last; empty where there are none
 * @param notShown why there are none although the data name sites
 */
record HeldOutSites(List<HeldOutSite> shown, Optional<String> notShown) {
  /** Held-out units that results are shown of. */
  static final int FEWEST = 5;

  /** Of data that name no sites. */
  static final HeldOutSites NONE = new HeldOutSites(List.of(), Optional.empty());

  private static final String UNKNOWN = "site unknown";
  private static final String OTHERS = "other sites";

  /** Rows of a site, or of several, and whose they are. */
  private record Found(String name, Set<Integer> units, List<Integer> rows) {
    Found(String name) {
      this(name, new HashSet<>(), new ArrayList<>());
    }

    boolean isFew() {
      return areFew(units.size());
    }

    void add(Found other) {
      units.addAll(other.units);
      rows.addAll(other.rows);
    }

    HeldOutSite site() {
      return new HeldOutSite(name, units.size(), rows.stream().sorted().toList());
    }
  }

  /** Whether results of so many units would be results of each of them. */
  static boolean areFew(int units) {
    return units < FEWEST;
  }

  /**
   * @param areNamed whether reports may show the names; sites are numbered if not
   */
  static HeldOutSites of(LabelledData data, boolean areNamed) {
    List<Found> sites = found(data, areNamed);
    List<Found> few = sites.stream().filter(Found::isFew).toList();
    if (few.isEmpty()) {
      return new HeldOutSites(sites.stream().map(Found::site).toList(), Optional.empty());
    }
    Found others = new Found(OTHERS);
    few.forEach(others::add);
    sites.removeAll(few);
    while (others.isFew() && !sites.isEmpty()) {
      Found smallest =
          sites.stream().min(Comparator.comparingInt(site -> site.units().size())).orElseThrow();
      others.add(smallest);
      sites.remove(smallest);
    }
    if (sites.isEmpty()) {
      return new HeldOutSites(
          List.of(),
          Optional.of(
              "results by site are not shown: they need a site with %d or more held-out units, and as many in all others together"
                  .formatted(FEWEST)));
    }
    sites.add(others);
    return new HeldOutSites(sites.stream().map(Found::site).toList(), Optional.empty());
  }

  /**
   * The sites in the order of their names, rows of unknown sites last; none where none is named.
   */
  private static List<Found> found(LabelledData data, boolean areNamed) {
    Map<String, Found> byName = new TreeMap<>();
    List<String> siteOfRow = data.sites().orElse(List.of());
    for (int row = 0; row < siteOfRow.size(); row++) {
      int unit = unit(data, row);
      Found site = byName.computeIfAbsent(siteOfRow.get(row), name -> new Found(shown(name)));
      site.units().add(unit);
      site.rows().add(row);
    }
    Optional<Found> unknown = Optional.ofNullable(byName.remove(""));
    List<Found> sites = new ArrayList<>();
    for (Found site : byName.values()) {
      sites.add(
          areNamed ? site : new Found("site " + (sites.size() + 1), site.units(), site.rows()));
    }
    if (!sites.isEmpty()) {
      unknown.ifPresent(sites::add);
    }
    return sites;
  }

  private static int unit(LabelledData data, int row) {
    return data.keys().map(keys -> keys.keyOf(row)).orElse(row);
  }

  /** Names come from files, and a terminal would obey what is no text. */
  private static String shown(String name) {
    return name.isEmpty() ? UNKNOWN : name.replaceAll("\\p{C}", "?");
  }
}
