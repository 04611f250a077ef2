package org.dpfed.cli.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.dpfed.data.LabelledData;

/**
 * The held-out rows of one site.
 *
 * @param name as reports show it
 * @param units how many keys they have, such as patients
 * @param rows their numbers among the held-out rows
 */
record HeldOutSite(String name, int units, List<Integer> rows) {
  private static final String UNKNOWN = "site unknown";

  /**
   * The sites in the order of their names, rows of unknown sites last.
   *
   * @param areNamed whether reports may show the names; sites are numbered if not
   * @return empty where no row says its site
   */
  static List<HeldOutSite> of(LabelledData data, boolean areNamed) {
    Map<String, List<Integer>> rowsOf = new TreeMap<>();
    List<String> sites = data.sites().orElse(List.of());
    for (int row = 0; row < sites.size(); row++) {
      rowsOf.computeIfAbsent(sites.get(row), site -> new ArrayList<>()).add(row);
    }
    List<Integer> unknown = rowsOf.getOrDefault("", List.of());
    rowsOf.remove("");
    List<HeldOutSite> all = new ArrayList<>();
    rowsOf.forEach(
        (site, rows) ->
            all.add(of(areNamed ? printable(site) : "site " + (all.size() + 1), rows, data)));
    if (!all.isEmpty() && !unknown.isEmpty()) {
      all.add(of(UNKNOWN, unknown, data));
    }
    return all;
  }

  private static HeldOutSite of(String name, List<Integer> rows, LabelledData data) {
    int units =
        data.keys()
            .map(keys -> rows.stream().map(keys::keyOf).collect(Collectors.toSet()).size())
            .orElse(rows.size());
    return new HeldOutSite(name, units, List.copyOf(rows));
  }

  /** Names come from files, and a terminal would obey what is no text. */
  private static String printable(String name) {
    return name.replaceAll("\\p{C}", "?");
  }
}
