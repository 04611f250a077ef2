package org.dpfed.cli.accounting;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.cli.UsageException;

/**
 * A run and the accountant that computes its cost.
 *
 * @param mechanism how noise is added, over all rounds
 * @param accountant with nothing composed yet, under the relation that is asked for
 */
record RunDescription(Mechanism mechanism, PrivacyAccountant accountant) {
  /**
   * The run that the options describe.
   *
   * @throws UsageException when one of them has no effect on it, or one that it needs is missing
   */
  static RunDescription of(OptionValues options) {
    Mechanism mechanism = Mechanism.of(options);
    NeighbouringRelation relation = relation(mechanism, options);
    PrivacyAccountant accountant =
        Choices.ACCOUNTANTS
            .make(options.text(Flag.ACCOUNTANT, "tightest"), options)
            .apply(relation);
    return new RunDescription(mechanism, accountant);
  }

  /** The relation that is asked for; where the mechanism has one only, that one. */
  private static NeighbouringRelation relation(Mechanism mechanism, OptionValues options) {
    Set<NeighbouringRelation> proven = mechanism.relations();
    if (proven.size() == 1) {
      return proven.iterator().next();
    }
    String label = options.text(Flag.RELATION, NeighbouringRelation.ADD_OR_REMOVE_ONE.label());
    NeighbouringRelation asked =
        Arrays.stream(NeighbouringRelation.values())
            .filter(relation -> relation.label().equals(label))
            .findFirst()
            .orElseThrow(() -> notOne(label, List.of(NeighbouringRelation.values()), options));
    if (!proven.contains(asked)) {
      throw notOne(
          label,
          Arrays.stream(NeighbouringRelation.values()).filter(proven::contains).toList(),
          options);
    }
    return asked;
  }

  private static UsageException notOne(
      String label, List<NeighbouringRelation> possible, OptionValues options) {
    List<String> labels = possible.stream().map(NeighbouringRelation::label).toList();
    return new UsageException(
        "%s must be %s for this mechanism and sampling, was '%s'"
            .formatted(options.label(Flag.RELATION), Choice.oneOf(labels), label));
  }

  /** The relation under which its answers hold. */
  NeighbouringRelation relation() {
    return accountant.relation();
  }

  /** The whole run as an event. */
  DpEvent event() {
    if (mechanism instanceof Mechanism.Accounted accounted) {
      return accounted.event();
    }
    throw new UsageException("no accountant knows the mechanism " + mechanism);
  }

  double epsilon(double delta) {
    return mechanism.epsilon(accountant, delta);
  }

  double delta(double epsilon) {
    return mechanism.delta(accountant, epsilon);
  }

  Guarantee guarantee(double delta, String unit) {
    return mechanism.guarantee(accountant, delta, unit);
  }
}
