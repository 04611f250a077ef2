package org.dpfed.cli.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.dpfed.data.LabelledData;
import org.dpfed.data.RowKeys;

/**
 * What an index says of its held-out rows, apart from their values: where the data name sites, that
 * of each row and which rows are of one unit, for results by site. Units have numbers in the order
 * of their rows, and no keys.
 *
 * @param id random; that of the index has it too
 * @param sites names in their order, an empty one for rows of unknown sites; empty for none
 * @param siteOfRow a number of {@code sites} for each row; empty where there are none
 * @param unitOfRow likewise a number of a unit
 * @param preprocessing SHA-256 of the conversion from columns to features; empty for none
 */
record IndexedHeldOut(
    String id,
    List<String> sites,
    List<Integer> siteOfRow,
    List<Integer> unitOfRow,
    String preprocessing) {

  IndexedHeldOut {
    boolean isThere =
        id != null
            && sites != null
            && siteOfRow != null
            && unitOfRow != null
            && preprocessing != null;
    if (!isThere || siteOfRow.size() != unitOfRow.size()) {
      throw new IllegalArgumentException("a site and a unit are needed of each held-out row");
    }
  }

  static IndexedHeldOut of(String id, LabelledData rows, String preprocessing) {
    if (rows.sites().isEmpty()) {
      return new IndexedHeldOut(id, List.of(), List.of(), List.of(), preprocessing);
    }
    List<String> siteOfRow = rows.sites().get();
    List<String> sites = List.copyOf(new TreeSet<>(siteOfRow));
    Map<Integer, Integer> units = new HashMap<>();
    List<Integer> unitOfRow = new ArrayList<>();
    for (int row = 0; row < rows.size(); row++) {
      int number = row;
      int key = rows.keys().map(keys -> keys.keyOf(number)).orElse(number);
      unitOfRow.add(units.computeIfAbsent(key, unit -> units.size()));
    }
    return new IndexedHeldOut(
        id, sites, siteOfRow.stream().map(sites::indexOf).toList(), unitOfRow, preprocessing);
  }

  /**
   * The rows with their sites and units.
   *
   * @throws IllegalArgumentException when they are others
   */
  LabelledData ofSites(LabelledData rows) {
    if (sites.isEmpty()) {
      return rows;
    }
    if (siteOfRow.size() != rows.size()
        || siteOfRow.stream().anyMatch(site -> site == null || site < 0 || site >= sites.size())
        || unitOfRow.stream().anyMatch(unit -> unit == null || unit < 0 || unit >= rows.size())) {
      throw new IllegalArgumentException("a site and a unit are needed of each held-out row");
    }
    int units = 1 + unitOfRow.stream().mapToInt(Integer::intValue).max().orElse(-1);
    return rows.withSites(siteOfRow.stream().map(sites::get).toList())
        .withKeys(
            new RowKeys(
                IntStream.range(0, units).mapToObj(Integer::toString).toList(),
                unitOfRow.stream().mapToInt(Integer::intValue).toArray()));
  }
}
