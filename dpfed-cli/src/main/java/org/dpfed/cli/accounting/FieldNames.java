package org.dpfed.cli.accounting;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.dpfed.cli.UsageException;

/**
 * The fields of a case that are read. Others are notes to whoever reads the file and are left
 * alone, but one that is likely meant for one of these is refused: a misspelt number of rounds,
 * say, would make a run look cheaper than it is.
 */
final class FieldNames {
  private static final Set<String> READ =
      Set.of(
          "id",
          "query",
          "mechanism",
          "sampling",
          "accountant",
          "neighbouring_relation",
          "orders",
          "delta",
          "epsilon",
          "target_epsilon",
          "rounds",
          "segments",
          "noise_multiplier",
          "noise_multiplier_relative_to_clip_norm",
          "sampling_prob",
          "n",
          "batch",
          "max_batch",
          "steps_list",
          "max_participations",
          "min_separation_index_difference",
          "rounds_strictly_between",
          "coefs",
          "buf_decay",
          "output_scale",
          "bands",
          "column_norm",
          "sensitivity_squared",
          "sensitivity_squared_rounded",
          "gamma",
          "beta",
          "dim",
          "l2_clip",
          "local_stddev",
          "num_clients",
          "clipped_count_stddev",
          "local_epsilon",
          "local_delta");

  private static final Map<String, String> MISNOMERS =
      Map.of(
          "sampling_probability", "sampling_prob",
          "population", "n",
          "cohort", "batch",
          "max_cohort", "max_batch",
          "relation", "neighbouring_relation",
          "neighboring_relation", "neighbouring_relation",
          "clip_norm", "l2_clip",
          "coefficients", "coefs",
          "min_separation", "min_separation_index_difference",
          "num_rounds", "rounds");

  private FieldNames() {}

  /**
   * @throws UsageException when a field is not read and was probably meant to be
   */
  static void check(JsonNode fields) {
    for (Iterator<String> names = fields.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (READ.contains(name)) {
        continue;
      }
      String meant =
          MISNOMERS.containsKey(name)
              ? MISNOMERS.get(name)
              : READ.stream().filter(known -> isOneSlipFrom(known, name)).findFirst().orElse("");
      if (!meant.isEmpty()) {
        throw new UsageException("unknown field '" + name + "'; did you mean '" + meant + "'?");
      }
    }
  }

  /** Whether one letter more, less or other makes one of the other; short names are no guide. */
  private static boolean isOneSlipFrom(String known, String name) {
    if (known.length() < 4 || Math.abs(known.length() - name.length()) > 1) {
      return false;
    }
    int same = 0;
    int shorter = Math.min(known.length(), name.length());
    while (same < shorter && known.charAt(same) == name.charAt(same)) {
      same++;
    }
    int skipKnown = known.length() >= name.length() ? 1 : 0;
    int skipName = name.length() >= known.length() ? 1 : 0;
    return known
        .substring(Math.min(same + skipKnown, known.length()))
        .equals(name.substring(Math.min(same + skipName, name.length())));
  }
}
