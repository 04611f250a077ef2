package org.dpfed.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.LedgerPosition;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PlannedRun;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.accounting.TightestAccountant;
import org.dpfed.accounting.UnsupportedEventException;

/**
 * All records of a ledger, and what they cost together.
 *
 * @param records in order
 * @param hashes of the records, in order
 */
public record LedgerHistory(List<LedgerRecord> records, List<String> hashes) {
  private static final int MOST_NAMED = 5;

  public LedgerHistory {
    records = List.copyOf(records);
    hashes = List.copyOf(hashes);
  }

  /** The hash of the last record, which stands for the whole ledger; zeros without any. */
  public String head() {
    return hashes.isEmpty() ? RecordFormat.NO_HASH : hashes.get(hashes.size() - 1);
  }

  /**
   * Reads a ledger and checks every record. The last may be torn, or in the course of being
   * written.
   *
   * @throws DamagedLedgerException when any record is not as it was written
   */
  public static LedgerHistory read(Path file) throws IOException {
    return LedgerReader.read(file.toString(), text(file)).history();
  }

  /** The content of a file, one character for each byte. */
  static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
  }

  /** The runs by their numbers, in order; of a resumed one, with the rounds that it plans now. */
  public Map<Integer, PlannedRun> runs() {
    Map<Integer, PlannedRun> runs = new LinkedHashMap<>();
    costs().forEach((run, cost) -> runs.put(run, cost.plan()));
    return runs;
  }

  /** The unit of privacy, the same for all runs; empty before the first. */
  public Optional<String> unit() {
    return runs().values().stream().map(PlannedRun::unit).findFirst();
  }

  /** How many charges of a run count as spent, torn records included. */
  public long spentRounds(int run) {
    return charged(run).total();
  }

  /** The rounds of a run that count as spent, torn records included. */
  public ChargedRounds charged(int run) {
    RunCost cost = costs().get(run);
    return cost == null ? ChargedRounds.first(0) : cost.charged();
  }

  private Map<Integer, RunCost> costs() {
    Map<Integer, RunCost> costs = new LinkedHashMap<>();
    for (LedgerRecord record : records) {
      if (record instanceof LedgerRecord.Begun begun) {
        costs.put(begun.run(), new RunCost(begun.plan()));
      } else if (record instanceof LedgerRecord.Charged charged) {
        of(costs, charged.run()).add(charged.round(), charged.event());
      } else if (record instanceof LedgerRecord.Resumed resumed) {
        of(costs, resumed.run()).resume(resumed.round(), resumed.rounds());
      } else if (record instanceof LedgerRecord.Torn torn) {
        torn.runs().forEach(run -> of(costs, run).addTorn());
      }
    }
    return costs;
  }

  /**
   * Which of the runs in progress a torn record may be a charge of: a run whose rounds are all
   * charged charges no more. All of them where none is left, to be safe.
   */
  List<Integer> mayCharge(Set<Integer> inProgress) {
    Map<Integer, RunCost> costs = costs();
    List<Integer> incomplete =
        inProgress.stream().filter(run -> !of(costs, run).isComplete()).toList();
    return incomplete.isEmpty() ? List.copyOf(inProgress) : incomplete;
  }

  private static RunCost of(Map<Integer, RunCost> costs, int run) {
    RunCost cost = costs.get(run);
    if (cost == null) {
      throw new IllegalStateException("no record began run " + run);
    }
    return cost;
  }

  /**
   * Everything charged, composed: rounds that have a cost of their own as they are, those of a run
   * that only has a cost as a whole as that run's first rounds, up to the last recorded one.
   *
   * @throws UnsupportedEventException when something charged has no bound under the relation, alone
   *     or together with the rest
   */
  public PrivacyAccountant composed(NeighbouringRelation relation) {
    return composed(costs(), relation);
  }

  private static PrivacyAccountant composed(
      Map<Integer, RunCost> costs, NeighbouringRelation relation) {
    EventCounts events = new EventCounts();
    costs.values().forEach(cost -> cost.addTo(events));
    return events.composed(new TightestAccountant(relation));
  }

  /**
   * Checks that a run can go on on this ledger, as {@link LedgerFile#resume} does.
   *
   * @param file of the ledger, for errors
   * @param run as it is to go on
   * @param position where it was
   * @param completed rounds of the run that need not be charged again
   * @throws IllegalArgumentException when this ledger does not hold that run at that position, or
   *     the run was planned otherwise
   */
  public void requireResumable(Path file, PlannedRun run, LedgerPosition position, int completed) {
    int number = position.run();
    PlannedRun begun = runs().get(number);
    if (begun == null || !hashes.contains(position.head())) {
      throw new IllegalArgumentException(
          "%s does not hold run %d as far as the checkpoint knows it; it is another ledger or an older copy: resume with the ledger that the run was charged to"
              .formatted(file, number));
    }
    boolean mayDiffer = !begun.isAccountedAsAWhole() && run.rounds() >= completed;
    if (!run.equals(mayDiffer ? begun.withRounds(run.rounds()) : begun)) {
      throw new IllegalArgumentException(
          "run %d of %s was planned as %s, is to be resumed as %s; resume it as it was planned, or start another run"
              .formatted(number, file, begun, run));
    }
    int reached = charged(number).reached();
    if (completed < 0 || completed > reached) {
      throw new IllegalArgumentException(
          "completed must be from 0 to the %d rounds that run %d was charged, was %d"
              .formatted(reached, number, completed));
    }
    if (run.rounds() < reached) {
      throw new IllegalArgumentException(
          "run %d was charged %d rounds, is to be resumed with %d; resume it with at least %d"
              .formatted(number, reached, run.rounds(), reached));
    }
  }

  /**
   * Everything charged, and the rounds that a run would still be charged for when it goes on.
   *
   * @param run as it goes on; its relation is that of the total
   * @param number of the run in this ledger
   * @param completed rounds of the run that need not be charged again
   * @throws UnsupportedEventException as {@link #composed(NeighbouringRelation)}
   */
  public PrivacyAccountant composedWithRest(PlannedRun run, int number, int completed) {
    return composedWith(Set.of(), number, run, completed, run.rounds(), run.relation());
  }

  /**
   * As {@link #composed(NeighbouringRelation)}, as if these rounds of a run were charged as well.
   *
   * @param others runs that will be charged for all rounds that they plan
   * @param from counts from 0
   * @param to not included
   */
  PrivacyAccountant composedWith(
      Set<Integer> others,
      int number,
      PlannedRun run,
      int from,
      int to,
      NeighbouringRelation relation) {
    Map<Integer, RunCost> costs = costs();
    others.forEach(other -> of(costs, other).addRest());
    RunCost cost = costs.computeIfAbsent(number, n -> new RunCost(run));
    cost.resume(from, run.rounds());
    cost.addPlanned(to - from);
    return composed(costs, relation);
  }

  /**
   * The runs because of which everything charged has no bound: those with seeded noise or none; if
   * there are none of them, those that have no bound alone.
   */
  public List<LedgerRecord.Begun> unbounded(NeighbouringRelation relation, double delta) {
    Map<Integer, RunCost> costs = costs();
    List<LedgerRecord.Begun> charged = new ArrayList<>();
    for (LedgerRecord record : records) {
      if (record instanceof LedgerRecord.Begun begun && charged(begun.run()).total() > 0) {
        charged.add(begun);
      }
    }
    List<LedgerRecord.Begun> notPrivate =
        charged.stream().filter(LedgerHistory::isNotPrivate).toList();
    return notPrivate.isEmpty()
        ? charged.stream()
            .filter(begun -> isUnbounded(of(costs, begun.run()), relation, delta))
            .toList()
        : notPrivate;
  }

  private static boolean isNotPrivate(LedgerRecord.Begun begun) {
    return begun.plan().firstRound() instanceof DpEvent.NonPrivate;
  }

  private static boolean isUnbounded(RunCost cost, NeighbouringRelation relation, double delta) {
    try {
      return Double.isInfinite(composed(Map.of(0, cost), relation).epsilon(delta));
    } catch (UnsupportedEventException | ArithmeticException e) {
      return true;
    }
  }

  /**
   * {@link #unbounded} as a sentence that names each by its number and when it began; empty where
   * every run has a bound alone.
   */
  public Optional<String> unboundedInWords(NeighbouringRelation relation, double delta) {
    List<LedgerRecord.Begun> runs = unbounded(relation, delta);
    if (runs.isEmpty()) {
      return Optional.empty();
    }
    String named =
        runs.stream()
            .limit(MOST_NAMED)
            .map(
                begun ->
                    "run %d (begun %s)"
                        .formatted(begun.run(), begun.time().truncatedTo(ChronoUnit.SECONDS)))
            .collect(Collectors.joining(", "));
    int more = runs.size() - MOST_NAMED;
    return Optional.of(
        "%s%s of the ledger %s no finite epsilon%s"
            .formatted(
                named,
                more > 0 ? " and %d more".formatted(more) : "",
                runs.size() == 1 ? "has" : "have",
                isNotPrivate(runs.get(0)) ? ": no noise, or seeded noise" : " alone"));
  }

  /** The guarantee of everything charged; of a run's data, unit and noise it assumes nothing. */
  public Guarantee guarantee(NeighbouringRelation relation, double delta) {
    List<String> assumptions =
        new ArrayList<>(List.of("all runs over these clients are recorded on this ledger"));
    return composed(relation).guarantee(delta, unit().orElse("client")).assuming(assumptions);
  }
}
