package org.dpfed.cli.training;

import java.util.List;

/**
 * The held-out rows of one site, or of several together.
 *
 * @param name as reports show it
 * @param units how many keys they have, such as patients
 * @param rows their numbers among the held-out rows
 */
record HeldOutSite(String name, int units, List<Integer> rows) {
  /** Such as {@code 60 rows of 3 units}. */
  String size() {
    return "%d rows of %d %s".formatted(rows.size(), units, units == 1 ? "unit" : "units");
  }
}
