package org.dpfed.accounting;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * The sensitivity of a binary tree without restarts: the largest sum, over the complete nodes of
 * the tree, of the squared number of participations below the node.
 *
 * <p>Dynamic programming from small nodes to large ones. A node no longer than the separation holds
 * at most one participation, and where it lies inside does not change the sum; so such nodes are
 * the leaves of the recursion. Of any larger node only this matters to its neighbours: how early
 * the last participation can be, given where the first one is. With c participations and the first
 * one at f, the earliest last one is max(f + (c − 1)·separation, earliestLast), for every f up to
 * latestFirst. A last participation further from the end than the separation, or a first one as far
 * from the start, constrains no neighbour, so both are moved up to there. Choices that another one
 * beats in all three of (earliestLast, latestFirst, sum) are dropped, and nodes of one size share
 * one table.
 */
final class TreeSensitivity {
  /** Counts up to here can be squared and added over all nodes without overflow. */
  private static final int MOST_PARTICIPATIONS = 1_000_000;

  /** Pairs of choices looked at before the search gives way to a bound; some 0.1 s of work. */
  private static final long SEARCH_LIMIT = 10_000_000;

  /** A tree with room for more participations than this is bounded only, among several trees. */
  private static final int MOST_IN_A_TREE = 32;

  private final int separation;
  private final int most;
  private long visited;

  /** One undominated way to place c participations in a node; positions count from its start. */
  private record Choice(long earliestLast, long latestFirst, long sum) {
    boolean beats(Choice other) {
      return earliestLast <= other.earliestLast
          && latestFirst >= other.latestFirst
          && sum >= other.sum;
    }

    Choice shifted(long offset) {
      return new Choice(earliestLast + offset, latestFirst + offset, sum);
    }
  }

  private TreeSensitivity(int separation, int most) {
    this.separation = separation;
    this.most = most;
  }

  /**
   * The squared L2 sensitivity in clip norms under {@code participation}; a bound of it where there
   * are too many ways to take part.
   */
  static long squared(Participation participation) {
    int rounds = participation.rounds();
    requireFew(participation.attainable());
    TreeSensitivity dynamics =
        new TreeSensitivity(participation.minSeparation(), participation.attainable());
    List<List<Choice>> run = List.of(List.of());
    long start = 0;
    int top = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(rounds);
    List<List<List<Choice>>> tables = dynamics.completeNodes(top);
    // The nodes of a tree over n rounds are those of the complete trees in the binary digits of n.
    for (int level = top; level >= 0; level--) {
      if ((rounds & (1 << level)) != 0) {
        long end = start + (1L << level);
        run = dynamics.joined(run, tables.get(level), start, end, false);
        start = end;
      }
    }
    return dynamics.visited > SEARCH_LIMIT
        ? bound(rounds, participation.attainable(), participation.minSeparation())
        : run.stream().flatMap(List::stream).mapToLong(Choice::sum).max().orElse(0);
  }

  /**
   * The same over trees one after the other, with so many participations in all and this separation
   * within each tree: the best way to deal the participations to the trees, by dynamic programming
   * over the trees. A bound of it where one tree has room for more than a few dozen.
   */
  static long squared(List<Integer> treeRounds, int participations, int separation) {
    int longest = treeRounds.stream().mapToInt(Integer::intValue).max().orElse(0);
    int most = new Participation(longest, participations, separation).attainable();
    if (most == 1) {
      // A leaf of a tree over n rounds lies in at most ⌊log₂ n⌋ + 1 complete nodes.
      return treeRounds.stream()
          .map(n -> (long) Integer.SIZE - Integer.numberOfLeadingZeros(n))
          .sorted(Comparator.reverseOrder())
          .limit(participations)
          .mapToLong(Long::longValue)
          .sum();
    }
    requireFew(participations);
    if (most > MOST_IN_A_TREE
        || (double) most * participations * treeRounds.size() > SEARCH_LIMIT) {
      return bound(longest, participations, separation);
    }
    Map<Integer, long[]> tables = new HashMap<>();
    long[] best = new long[participations + 1];
    for (int rounds : treeRounds) {
      long[] gains = tables.computeIfAbsent(rounds, n -> table(n, most, separation));
      for (int all = participations; all > 0; all--) {
        for (int here = 1; here < gains.length && here <= all; here++) {
          best[all] = Math.max(best[all], best[all - here] + gains[here]);
        }
      }
    }
    return best[participations];
  }

  private static void requireFew(int participations) {
    if (participations > MOST_PARTICIPATIONS) {
      throw new UnsupportedOperationException(
          "a tree is accounted for with at most "
              + MOST_PARTICIPATIONS
              + " participations of one client, was "
              + participations
              + "; restart the tree, raise minSeparation or lower maxParticipations");
    }
  }

  /** The squared sensitivity of one tree by the number of participations in it. */
  private static long[] table(int rounds, int most, int separation) {
    int attainable = new Participation(rounds, most, separation).attainable();
    return LongStream.rangeClosed(0, attainable)
        .map(count -> count == 0 ? 0 : squared(new Participation(rounds, (int) count, separation)))
        .toArray();
  }

  /**
   * Level by level: of n participations in all a node holds at most as many as the separation
   * leaves room for, m, so the squares of a level add up to at most n·m.
   */
  private static long bound(int rounds, long all, int separation) {
    long sum = 0;
    for (long size = 1; size <= rounds; size *= 2) {
      sum += all * Math.min(all, 1 + (size - 1) / separation);
    }
    return sum;
  }

  /**
   * The Gaussian that a further draw of one round is: of at most one node of each level, which
   * holds at most as many of the client's participations as the separation leaves room for.
   *
   * @param rounds of the longest tree
   */
  static DpEvent.Gaussian roundAgain(
      double noiseMultiplier, int rounds, long participations, int separation) {
    double squares = 0;
    for (long size = 1; size <= rounds; size *= 2) {
      double held = Math.min(participations, 1 + (size - 1) / separation);
      squares += held * held;
    }
    return new DpEvent.Gaussian(
        Math.max(0, Math.nextDown(noiseMultiplier / Math.nextUp(Math.sqrt(squares)))));
  }

  /** For every level up to {@code top}, the choices by number of participations. */
  private List<List<List<Choice>>> completeNodes(int top) {
    List<List<List<Choice>>> tables = new ArrayList<>();
    for (int level = 0; level <= top; level++) {
      long size = 1L << level;
      if (size <= separation) {
        tables.add(List.of(List.of(), List.of(new Choice(0, size - 1, level + 1))));
      } else {
        List<List<Choice>> half = tables.get(level - 1);
        tables.add(joined(half, half, size / 2, size, true));
      }
    }
    return tables;
  }

  /**
   * The choices of two neighbouring stretches taken as one, the second from {@code offset} to
   * {@code size}.
   *
   * @param isNode whether the two together are a node, which then counts itself
   */
  private List<List<Choice>> joined(
      List<List<Choice>> left, List<List<Choice>> right, long offset, long size, boolean isNode) {
    if (visited > SEARCH_LIMIT) {
      return left;
    }
    int counts = Math.min(most + 1, left.size() + right.size() - 1);
    List<List<Choice>> joined = new ArrayList<>();
    joined.add(List.of());
    for (int count = 1; count < counts; count++) {
      long own = isNode ? (long) count * count : 0;
      List<Choice> found = new ArrayList<>();
      for (int first = Math.max(0, count - right.size() + 1);
          first <= Math.min(count, left.size() - 1);
          first++) {
        pair(first, left.get(first), count - first, right.get(count - first), offset, found);
      }
      joined.add(undominated(found, size, own));
    }
    return joined;
  }

  private void pair(
      int first, List<Choice> left, int second, List<Choice> right, long offset, List<Choice> out) {
    if (first == 0) {
      right.forEach(choice -> out.add(choice.shifted(offset)));
      return;
    }
    if (second == 0) {
      out.addAll(left);
      return;
    }
    visited += (long) left.size() * right.size();
    if (visited > SEARCH_LIMIT) {
      return;
    }
    for (Choice l : left) {
      for (Choice unshifted : right) {
        Choice r = unshifted.shifted(offset);
        long latestFirst = Math.min(l.latestFirst, r.latestFirst - (long) first * separation);
        if (l.earliestLast + separation <= r.latestFirst && latestFirst >= 0) {
          long earliestLast = Math.max(l.earliestLast + (long) second * separation, r.earliestLast);
          out.add(new Choice(earliestLast, latestFirst, l.sum + r.sum));
        }
      }
    }
  }

  private List<Choice> undominated(List<Choice> found, long size, long own) {
    found.sort(Comparator.comparingLong(Choice::sum).reversed());
    List<Choice> kept = new ArrayList<>();
    for (Choice choice : found) {
      visited += kept.size();
      Choice clamped =
          new Choice(
              Math.max(choice.earliestLast, size - separation),
              Math.min(choice.latestFirst, separation - 1),
              choice.sum + own);
      if (kept.stream().noneMatch(better -> better.beats(clamped))) {
        kept.add(clamped);
      }
    }
    return kept;
  }
}
