package org.dpfed.cli.accounting;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.cli.UsageException;

/**
 * The names of mechanisms, samplings, relations and accountants in the golden cases, and the
 * corresponding names of the command line. Both are accepted, others are not: an unknown variant
 * may cost more than a similar known one.
 */
final class GoldenNames {
  /** A banded matrix of unit columns, of which only the squared sensitivity is given. */
  static final String BANDED_MATRIX = "matrix_factorization_banded";

  /** How noise is shared by adaptive clipping; no run. */
  static final String ADAPTIVE_SPLIT = "adaptive_clipping_split";

  static final Map<String, String> MECHANISMS =
      withOwn(
          Map.ofEntries(
              Map.entry("tree_aggregation_gaussian", "tree"),
              Map.entry("matrix_factorization_banded_toeplitz", "matrix"),
              Map.entry("matrix_factorization_toeplitz_with_negative_coefs", "matrix"),
              Map.entry("matrix_factorization_blt", "matrix"),
              Map.entry("matrix_factorization_amplified_banded", "amplified-banded"),
              Map.entry(BANDED_MATRIX, "gaussian"),
              Map.entry(ADAPTIVE_SPLIT, "gaussian"),
              Map.entry("distributed_ddgauss", "discrete-gaussian"),
              Map.entry("distributed_skellam", "skellam"),
              Map.entry("pure_ldp", "local-dp"),
              Map.entry("approximate_ldp", "local-dp"),
              Map.entry("shuffled_pure_ldp", "shuffled")),
          // Noise of single clients has two answers, and a case has one.
          Choices.MECHANISMS.names().stream()
              .filter(name -> !name.equals("local-gaussian"))
              .toList());

  /** Sampling from groups of clients in turn, which the amplified banded mechanism always does. */
  static final String CYCLIC_POISSON = "cyclic_poisson";

  static final Map<String, String> SAMPLINGS =
      withOwn(
          Map.of(
              "truncated_poisson",
              "capped-poisson",
              "without_replacement",
              "without-replacement",
              CYCLIC_POISSON,
              CYCLIC_POISSON),
          Choices.SAMPLINGS.names());

  static final Map<String, NeighbouringRelation> RELATIONS =
      Map.of(
          "add_or_remove_one", NeighbouringRelation.ADD_OR_REMOVE_ONE,
          "add-or-remove-one", NeighbouringRelation.ADD_OR_REMOVE_ONE,
          "sensitivity_1", NeighbouringRelation.ADD_OR_REMOVE_ONE,
          "replace_special (zero-out)", NeighbouringRelation.ZERO_OUT,
          "zero_out", NeighbouringRelation.ZERO_OUT,
          "zero-out", NeighbouringRelation.ZERO_OUT,
          "replace_one", NeighbouringRelation.REPLACE_ONE,
          "replace-one", NeighbouringRelation.REPLACE_ONE);

  /** What computes the cost of shuffled messages; there is no other. */
  static final String SHUFFLING = "feldman_mcmillan_talwar_2021_numeric";

  static final Map<String, String> ACCOUNTANTS =
      withOwn(
          Map.of(
              "rdp_wbk_theorem27",
              "rdp",
              "pld_connect_the_dots_pessimistic",
              "pld",
              "analytic_gaussian",
              "analytic-gaussian",
              "optimal_composition_kov (grid of k-2i multiples)",
              "optimal-composition",
              SHUFFLING,
              SHUFFLING),
          Choices.ACCOUNTANTS.names());

  private GoldenNames() {}

  private static Map<String, String> withOwn(Map<String, String> golden, Collection<String> own) {
    Map<String, String> names = new TreeMap<>(golden);
    own.forEach(name -> names.put(name, name));
    return names;
  }

  /**
   * The meaning of the name in a field.
   *
   * @throws UsageException when it is not known; the message lists the names
   */
  static <T> T one(CaseField field, JsonNode fields, String otherwise, Map<String, T> known) {
    String name = field.text(fields, otherwise);
    T meant = known.get(name);
    if (meant == null) {
      throw new UsageException(
          "%s must be one of %s, was '%s'"
              .formatted(field.label(), String.join(", ", new TreeMap<>(known).keySet()), name));
    }
    return meant;
  }
}
