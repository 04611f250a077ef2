package org.dpfed.accounting;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The default accountant: runs every accountant that has a proven bound for all composed events,
 * and returns the smallest epsilon.
 */
public final class TightestAccountant implements PrivacyAccountant {
  private final PrivacyTerms terms;
  private final List<Candidate> candidates;

  /** An accountant, or the reason why it can no longer answer. */
  private record Candidate(TermAccountant accountant, Optional<UnsupportedEventException> refusal) {
    Candidate(TermAccountant accountant) {
      this(accountant, Optional.empty());
    }

    boolean answers() {
      return refusal.isEmpty();
    }

    String reason() {
      return refusal.map(Throwable::getMessage).orElse("");
    }

    Candidate with(PrivacyTerms sum) {
      if (!answers()) {
        return this;
      }
      try {
        return new Candidate(accountant.with(sum));
      } catch (UnsupportedEventException e) {
        return new Candidate(accountant, Optional.of(e));
      }
    }
  }

  /**
   * One accountant's answer.
   *
   * @param accountant its name
   * @param epsilon NaN where it has none
   * @param refusal why it has none; empty where it has one
   */
  public record Answer(String accountant, double epsilon, String refusal) {}

  private TightestAccountant(PrivacyTerms terms, List<Candidate> candidates) {
    this.terms = terms;
    this.candidates = candidates;
  }

  /** Nothing composed yet. */
  public TightestAccountant(NeighbouringRelation relation) {
    this(
        PrivacyTerms.none(relation),
        List.of(
            new Candidate(new AnalyticGaussianAccountant(relation)),
            new Candidate(new OptimalCompositionAccountant(relation)),
            new Candidate(new PldAccountant(relation)),
            new Candidate(new RdpAccountant(relation))));
  }

  @Override
  public String name() {
    return "tightest";
  }

  @Override
  public NeighbouringRelation relation() {
    return terms.relation();
  }

  @Override
  public List<String> assumptions() {
    return terms.assumptions();
  }

  @Override
  public TightestAccountant compose(DpEvent event, long count) {
    PrivacyTerms sum = terms.plus(event, count);
    List<Candidate> next = candidates.stream().map(candidate -> candidate.with(sum)).toList();
    if (next.stream().noneMatch(Candidate::answers)) {
      List<String> reasons = next.stream().map(Candidate::reason).distinct().toList();
      throw new UnsupportedEventException(
          event,
          "has no bound together with all that was composed: " + String.join("; ", reasons),
          List.of());
    }
    return new TightestAccountant(sum, next);
  }

  /** What every accountant says at {@code delta}, or why it says nothing. */
  public List<Answer> answers(double delta) {
    Bounds.delta(delta);
    List<Answer> answers = new ArrayList<>();
    for (Candidate candidate : candidates) {
      PrivacyAccountant accountant = candidate.accountant;
      answers.add(
          new Answer(
              accountant.name(),
              candidate.answers() ? accountant.epsilon(delta) : Double.NaN,
              candidate.reason()));
    }
    return answers;
  }

  @Override
  public boolean isExact() {
    return answering().get(0).isExact();
  }

  /** An exact accountant alone where there is one; else all that remain. */
  private List<TermAccountant> answering() {
    List<TermAccountant> able =
        candidates.stream().filter(Candidate::answers).map(Candidate::accountant).toList();
    return able.stream().filter(PrivacyAccountant::isExact).findFirst().map(List::of).orElse(able);
  }

  /** The accountant whose epsilon at {@code delta} is smallest. */
  private PrivacyAccountant winner(double delta) {
    PrivacyAccountant best = answering().get(0);
    double smallest = Double.POSITIVE_INFINITY;
    for (PrivacyAccountant accountant : answering()) {
      double epsilon = accountant.epsilon(delta);
      if (epsilon < smallest) {
        smallest = epsilon;
        best = accountant;
      }
    }
    return best;
  }

  @Override
  public double epsilon(double delta) {
    return answering().stream().mapToDouble(a -> a.epsilon(delta)).min().orElseThrow();
  }

  @Override
  public double delta(double epsilon) {
    return answering().stream().mapToDouble(a -> a.delta(epsilon)).min().orElseThrow();
  }

  /** As epsilon, naming the accountant that gave it. */
  @Override
  public Guarantee guarantee(double delta, String unit) {
    return winner(delta).guarantee(delta, unit);
  }
}
