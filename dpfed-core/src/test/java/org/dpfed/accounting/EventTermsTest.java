package org.dpfed.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each event is to the accountants: who has a bound, and what the bound rests on. */
class EventTermsTest {
  private static final NeighbouringRelation RELATION = NeighbouringRelation.REPLACE_ONE;
  private static final DpEvent.Gaussian GAUSSIAN = new DpEvent.Gaussian(2);
  private static final RoundedSum SUM = new RoundedSum(1, 0.1, 0.5, 10);
  private static final Participation TWICE = new Participation(20, 2, 5);

  private static final String ANALYTIC = "analytic Gaussian";
  private static final String OPTIMAL = "optimal composition";
  private static final String PLD = "PLD";
  private static final String RDP = "RDP";

  private static final String CLIPPED =
      "each Gaussian event bounds one client's contribution by its clip norm";
  private static final String SECRET =
      "the noise is drawn afresh from a secret, secure source with full tails";
  private static final String POISSON =
      "each client that a round samples from joins it independently with the sampling probability, in secret";
  private static final String ALL_ADD_NOISE =
      "every client that was counted on adds its share of the noise";
  private static final String TWO_ROUNDS =
      "no client joins more than 2 rounds, whose indices differ by at least 5";

  /** Every kind of event, the accountants that have a bound for it, and what they assume. */
  static Stream<Arguments> events() {
    return Stream.of(
        Arguments.of(GAUSSIAN, Set.of(ANALYTIC, PLD, RDP), Set.of(CLIPPED, SECRET)),
        Arguments.of(
            new DpEvent.PoissonSampled(0.1, GAUSSIAN),
            Set.of(PLD, RDP),
            Set.of(CLIPPED, POISSON, SECRET)),
        Arguments.of(
            new DpEvent.TruncatedPoissonSampled(0.1, 100, 60, GAUSSIAN),
            Set.of(PLD, RDP),
            Set.of(
                CLIPPED,
                "each client joins each round independently, in secret, and a cohort above the"
                    + " maximum is cut to a uniformly random part",
                SECRET)),
        Arguments.of(
            new DpEvent.SampledWithoutReplacement(100, 10, GAUSSIAN),
            Set.of(PLD, RDP),
            Set.of(
                CLIPPED, "each cohort is a uniformly random set of fixed size, in secret", SECRET)),
        Arguments.of(
            new AmplifiedBandedMechanism(2, 0.1, 20, 4),
            Set.of(PLD, RDP),
            Set.of(
                CLIPPED,
                POISSON,
                "clients are split into 4 groups beforehand, and round t samples from group t mod 4",
                SECRET)),
        Arguments.of(
            new TreeAggregation(2, TWICE),
            Set.of(ANALYTIC, PLD, RDP),
            Set.of(CLIPPED, TWO_ROUNDS, SECRET)),
        Arguments.of(
            new RestartedTreeAggregation(2, List.of(8, 8)),
            Set.of(ANALYTIC, PLD, RDP),
            Set.of(CLIPPED, "no client joins more than one round of each tree", SECRET)),
        Arguments.of(
            new MatrixMechanism(2, ToeplitzStrategy.of(1, 0.5), TWICE),
            Set.of(ANALYTIC, PLD, RDP),
            Set.of(CLIPPED, TWO_ROUNDS, SECRET)),
        Arguments.of(
            new DiscreteGaussianSum(SUM, 1, 10), Set.of(RDP), Set.of(ALL_ADD_NOISE, SECRET)),
        Arguments.of(new SkellamSum(SUM, 1, 10), Set.of(RDP), Set.of(ALL_ADD_NOISE, SECRET)),
        Arguments.of(
            new DpEvent.ApproximateDp(0.1, 0),
            Set.of(OPTIMAL, PLD, RDP),
            Set.of("each local mechanism has the (epsilon, delta) that it claims", SECRET)),
        Arguments.of(
            new DpEvent.ApproximateDp(0.1, 1e-9),
            Set.of(OPTIMAL, PLD),
            Set.of("each local mechanism has the (epsilon, delta) that it claims", SECRET)));
  }

  private static List<PrivacyAccountant> accountants(NeighbouringRelation relation) {
    return List.of(
        new AnalyticGaussianAccountant(relation),
        new OptimalCompositionAccountant(relation),
        new PldAccountant(relation),
        new RdpAccountant(relation));
  }

  @ParameterizedTest
  @MethodSource("events")
  void compose_everyEvent_answersOrNamesTheEventAndExactlyThoseWhoAnswer(
      DpEvent event, Set<String> able, Set<String> assumptions) {
    List<String> answered = new ArrayList<>();
    for (PrivacyAccountant accountant : accountants(RELATION)) {
      if (able.contains(accountant.name())) {
        PrivacyAccountant spent = accountant.compose(event);
        assertThat(spent.epsilon(1e-3)).isPositive().isFinite();
        assertThat(Set.copyOf(spent.assumptions())).isEqualTo(assumptions);
        answered.add(accountant.name());
      } else {
        UnsupportedEventException refusal =
            catchThrowableOfType(
                UnsupportedEventException.class, () -> accountant.compose(event, 3));
        assertThat(Set.copyOf(refusal.accountants())).isEqualTo(able);
        assertThat(refusal.event()).isNotBlank();
        assertThat(refusal).hasMessageContaining(accountant.name());
        assertThat(refusal).hasMessageContaining(refusal.event());
        able.forEach(name -> assertThat(refusal).hasMessageContaining(name));
      }
    }
    assertThat(Set.copyOf(answered)).isEqualTo(able);
  }

  @Test
  void events_ofTheTable_areAllThatThereAre() {
    Set<Class<?>> tried = events().map(row -> row.get()[0].getClass()).collect(Collectors.toSet());
    // These hold others, or nothing, or are refused on their own.
    tried.addAll(
        Set.of(
            DpEvent.SelfComposed.class,
            DpEvent.Composed.class,
            DpEvent.NonPrivate.class,
            DpEvent.RoundOf.class));

    assertThat(tried).isEqualTo(leaves(DpEvent.class).collect(Collectors.toSet()));
  }

  /** Composed one by one, rounds of such a run would seem to cost the run each, or nothing. */
  @Test
  void roundOf_onItsOwn_isRefusedByEveryAccountant() {
    DpEvent round = new DpEvent.RoundOf(new DpEvent.SelfComposed(GAUSSIAN, 10), 3);
    assertThatThrownBy(() -> new TightestAccountant(RELATION).compose(round))
        .isInstanceOf(UnsupportedEventException.class)
        .hasMessageContaining("compose the run");
  }

  private static Stream<Class<?>> leaves(Class<?> family) {
    Class<?>[] members = family.getPermittedSubclasses();
    return members == null ? Stream.of(family) : Stream.of(members).flatMap(EventTermsTest::leaves);
  }

  @Test
  void isExact_eachAccountant_saysSoItself() {
    DpEvent sampled = new DpEvent.PoissonSampled(0.1, GAUSSIAN);
    TightestAccountant none = new TightestAccountant(RELATION);

    assertThat(new AnalyticGaussianAccountant(RELATION).compose(GAUSSIAN).isExact()).isTrue();
    assertThat(new OptimalCompositionAccountant(RELATION).isExact()).isTrue();
    assertThat(new PldAccountant(RELATION).compose(GAUSSIAN).isExact()).isTrue();
    assertThat(new PldAccountant(RELATION).compose(sampled).isExact()).isFalse();
    assertThat(new RdpAccountant(RELATION).compose(GAUSSIAN).isExact()).isFalse();
    assertThat(none.compose(GAUSSIAN).isExact()).isTrue();
    assertThat(none.compose(sampled).isExact()).isFalse();
    // An exact accountant answers alone: its delta is not replaced by RDP's, which may be smaller
    // by rounding.
    assertThat(none.compose(GAUSSIAN).delta(1))
        .isEqualTo(new AnalyticGaussianAccountant(RELATION).compose(GAUSSIAN).delta(1));
  }

  @Test
  void compose_nobodyHasABoundForAll_saysWhoLacksWhat() {
    PrivacyAccountant accountant =
        new TightestAccountant(RELATION).compose(new SkellamSum(SUM, 1, 10));
    DpEvent approximate = new DpEvent.ApproximateDp(1, 1e-6);

    assertThatThrownBy(() -> accountant.compose(approximate))
        .isInstanceOf(UnsupportedEventException.class)
        .hasMessageContaining("SkellamSum")
        .hasMessageContaining("ApproximateDp")
        .hasMessageContaining("RDP");
  }

  @Test
  void compose_longEvent_isRefusedInOneShortLine() {
    ToeplitzStrategy strategy = new ToeplitzStrategy(Collections.nCopies(10_000, 1.0));
    DpEvent matrix = new MatrixMechanism(1, strategy, Participation.once(10));

    assertThatThrownBy(
            () -> new PldAccountant(NeighbouringRelation.ADD_OR_REMOVE_ONE).compose(matrix))
        .isInstanceOf(UnsupportedEventException.class)
        .hasMessageContaining("MatrixMechanism")
        .hasMessageContaining("zero-out")
        .satisfies(refusal -> assertThat(refusal.getMessage()).hasSizeLessThan(600));
  }

  @Test
  void compose_moreTimesThanALongHolds_isRefusedWithTheBound() {
    DpEvent often = new DpEvent.SelfComposed(GAUSSIAN, 1L << 40);

    for (PrivacyAccountant accountant : accountants(RELATION)) {
      assertThatThrownBy(() -> accountant.compose(often, 1L << 40))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(Long.toString(Long.MAX_VALUE));
    }
  }
}
