package org.dpfed.cli.accounting;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.accounting.ShuffleAmplification;

/**
 * How a run adds noise over all its rounds. Each member declares the options that describe it, so
 * options that do not apply to the chosen mechanism can be refused.
 */
sealed interface Mechanism {
  /**
   * Relations for mechanisms that depend on who takes part when, which a new client would shift.
   */
  Set<NeighbouringRelation> FIXED_POPULATION =
      Set.of(NeighbouringRelation.ZERO_OUT, NeighbouringRelation.REPLACE_ONE);

  /** The relation for single messages: the client sends one in any case, from other data. */
  Set<NeighbouringRelation> SAME_CLIENTS = Set.of(NeighbouringRelation.REPLACE_ONE);

  /** The relations under which it has a guarantee. */
  Set<NeighbouringRelation> relations();

  /** An upper bound of epsilon. */
  double epsilon(PrivacyAccountant accountant, double delta);

  /** An upper bound of delta. */
  double delta(PrivacyAccountant accountant, double epsilon);

  /** The guarantee of the run. */
  Guarantee guarantee(PrivacyAccountant accountant, double delta, String unit);

  /** The mechanism that the options describe. */
  static Mechanism of(OptionValues options) {
    return Choices.MECHANISMS.make(name(options), options);
  }

  /** The name that the options choose. */
  static String name(OptionValues options) {
    return options.text(Flag.MECHANISM, Gaussian.NAME);
  }

  /** A mechanism whose cost accountants know from what happened. */
  sealed interface Accounted extends Mechanism permits Gaussian, CorrelatedNoise, ClientNoise {
    /** Options that every such mechanism takes, and the relation where it has more than one. */
    Set<Flag> OPTIONS =
        Flag.set(Flag.RELATION, Flag.ACCOUNTANT, Flag.ORDERS, Flag.EPSILON, Flag.ALL, Flag.PLOT);

    /** The whole run. */
    DpEvent event();

    @Override
    default Set<NeighbouringRelation> relations() {
      return EnumSet.allOf(NeighbouringRelation.class);
    }

    @Override
    default double epsilon(PrivacyAccountant accountant, double delta) {
      return accountant.compose(event()).epsilon(delta);
    }

    @Override
    default double delta(PrivacyAccountant accountant, double epsilon) {
      return accountant.compose(event()).delta(epsilon);
    }

    @Override
    default Guarantee guarantee(PrivacyAccountant accountant, double delta, String unit) {
      return accountant.compose(event()).guarantee(delta, unit);
    }
  }

  /** The server adds fresh Gaussian noise to the sum of each round. */
  record Gaussian(double noiseMultiplier, long rounds, Sampling sampling) implements Accounted {
    static final String NAME = "gaussian";

    static Form<Mechanism> form() {
      Set<Flag> optional = EnumSet.of(Flag.SAMPLING);
      optional.addAll(Accounted.OPTIONS);
      optional.addAll(Choices.SAMPLINGS.flags());
      return new Form<>(
          NAME,
          Flag.set(Flag.NOISE_MULTIPLIER, Flag.ROUNDS),
          optional,
          options ->
              new Gaussian(
                  options.number(Flag.NOISE_MULTIPLIER),
                  options.whole(Flag.ROUNDS),
                  Sampling.of(options)));
    }

    @Override
    public DpEvent event() {
      return new DpEvent.SelfComposed(sampling.of(new DpEvent.Gaussian(noiseMultiplier)), rounds);
    }

    @Override
    public Set<NeighbouringRelation> relations() {
      return sampling.relations();
    }
  }

  /** Each client sends one locally private message, and a shuffler hides who sent which. */
  record Shuffled(double localEpsilon, long clients) implements Mechanism {
    static Form<Mechanism> form() {
      return new Form<>(
          "shuffled",
          Flag.set(Flag.LOCAL_EPSILON, Flag.POPULATION),
          Flag.set(Flag.EPSILON),
          options ->
              new Shuffled(options.number(Flag.LOCAL_EPSILON), options.whole(Flag.POPULATION)));
    }

    @Override
    public Set<NeighbouringRelation> relations() {
      return SAME_CLIENTS;
    }

    @Override
    public double epsilon(PrivacyAccountant accountant, double delta) {
      return new ShuffleAmplification(localEpsilon, clients).epsilonAt(delta);
    }

    @Override
    public double delta(PrivacyAccountant accountant, double epsilon) {
      return new ShuffleAmplification(localEpsilon, clients).deltaAt(epsilon);
    }

    @Override
    public Guarantee guarantee(PrivacyAccountant accountant, double delta, String unit) {
      return new Guarantee(
          epsilon(accountant, delta),
          delta,
          NeighbouringRelation.REPLACE_ONE,
          unit,
          "shuffling",
          List.of(
              "each message comes from a pure-DP local randomiser",
              "the shuffler hides who sent what"));
    }
  }
}
