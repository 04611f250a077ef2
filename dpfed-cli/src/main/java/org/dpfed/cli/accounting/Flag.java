package org.dpfed.cli.accounting;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** The options of {@code account} and {@code calibrate}, in the order of the help. */
enum Flag {
  MECHANISM(
      Section.RUN, "--mechanism", Kind.TEXT, "How noise is added. Default: gaussian. See below."),
  NOISE_MULTIPLIER(
      Section.RUN,
      "--noise-multiplier",
      Kind.NOT_NEGATIVE,
      "Standard deviation of the noise divided by the clip norm."),
  ROUNDS(Section.RUN, "--rounds", Kind.COUNT, "Number of rounds; required, no default."),
  RELATION(
      Section.RUN,
      "--relation",
      Kind.TEXT,
      "Neighbouring relation: add-or-remove-one (default), zero-out or replace-one. Tree, matrix,"
          + " banded, blt and sampling without replacement require one of the last two."),

  SAMPLING(
      Section.SAMPLING,
      "--sampling",
      Kind.TEXT,
      "Which clients take part in a round. Default: poisson if a sampling probability or a cohort"
          + " is given, otherwise none. See below."),
  SAMPLING_PROBABILITY(
      Section.SAMPLING,
      "--sampling-probability",
      Kind.PROBABILITY,
      "Probability that a client takes part in a round."),
  COHORT(
      Section.SAMPLING,
      "--cohort",
      Kind.POSITIVE,
      "Clients in one round: expected under Poisson sampling, exact without replacement."),
  POPULATION(
      Section.SAMPLING,
      "--population",
      Kind.COUNT,
      "Number of clients. --delta must be below 1 / population."),
  MAX_COHORT(
      Section.SAMPLING,
      "--max-cohort",
      Kind.COUNT,
      "Largest number of clients in one round; a larger sample is cut at random."),

  MAX_PARTICIPATIONS(
      Section.CORRELATED,
      "--max-participations",
      Kind.INDEX,
      "Largest number of rounds that one client takes part in."),
  MIN_SEPARATION(
      Section.CORRELATED,
      "--min-separation",
      Kind.INDEX,
      "Smallest difference between the indices of two rounds with the same client. Default: 1, or"
          + " once per tree with --tree-rounds."),
  TREE_ROUNDS(
      Section.CORRELATED,
      "--tree-rounds",
      Kind.INDEX,
      true,
      "Rounds of each tree, if trees are restarted. A client takes part at most once per tree, or,"
          + " with --min-separation, in rounds of a tree that are so far apart."),
  COEFFICIENTS(
      Section.CORRELATED,
      "--coefficients",
      Kind.NUMBER,
      true,
      "First column of a lower triangular Toeplitz matrix."),
  BUFFER_DECAY(
      Section.CORRELATED,
      "--buffer-decay",
      Kind.NUMBER,
      true,
      "Decay of each buffer of a buffered linear Toeplitz (BLT) matrix."),
  OUTPUT_SCALE(
      Section.CORRELATED,
      "--output-scale",
      Kind.NUMBER,
      true,
      "Output scale of each buffer of a BLT matrix."),
  BANDS(Section.CORRELATED, "--bands", Kind.COUNT, "Number of bands of a banded Toeplitz matrix."),
  GROUPS(
      Section.CORRELATED,
      "--groups",
      Kind.COUNT,
      "Groups of clients that amplified-banded samples in turn, at least as many as bands."),
  COLUMN_NORM(
      Section.CORRELATED,
      "--column-norm",
      Kind.POSITIVE,
      "Largest L2 norm of a column of the matrix of amplified-banded; a plan's report names it."
          + " Default: 1."),
  BUFFERS(
      Section.CORRELATED,
      "--buffers",
      Kind.INDEX,
      "Number of buffers of an optimised BLT matrix, from 1 to 8."),
  OBJECTIVE(
      Section.CORRELATED,
      "--objective",
      Kind.TEXT,
      "What an optimised matrix minimises over the rounds: the mean (default) or the max of the"
          + " squared error."),
  WORKLOAD(
      Section.CORRELATED,
      "--workload",
      Kind.TEXT,
      "Whose error that is: prefix (default), the sums of all rounds so far, or momentum, what a"
          + " server with momentum makes of them."),
  MOMENTUM(
      Section.CORRELATED,
      "--momentum",
      Kind.FRACTION,
      "The server's momentum, for --workload momentum. Default: 0.9."),

  CLIP_NORM(
      Section.DISTRIBUTED,
      "--clip-norm",
      Kind.POSITIVE,
      "L2 bound of one contribution before rounding."),
  GRANULARITY(
      Section.DISTRIBUTED,
      "--granularity",
      Kind.POSITIVE,
      "Width of the grid that contributions are rounded to."),
  ROUNDING_BIAS(
      Section.DISTRIBUTED,
      "--rounding-bias",
      Kind.FRACTION,
      "Probability that a rounding is drawn again. Default: 0."),
  DIMENSION(Section.DISTRIBUTED, "--dimension", Kind.COUNT, "Length of a contribution."),
  LOCAL_STDDEV(
      Section.DISTRIBUTED,
      "--local-stddev",
      Kind.POSITIVE,
      "Standard deviation of one client's noise, in the units of --clip-norm."),
  NOISY_CLIENTS(
      Section.DISTRIBUTED,
      "--noisy-clients",
      Kind.COUNT,
      "Smallest number of clients that add noise to one sum. Default for local-gaussian: 1."),
  LOCAL_EPSILON(
      Section.DISTRIBUTED, "--local-epsilon", Kind.POSITIVE, "Epsilon of one client's message."),
  LOCAL_DELTA(
      Section.DISTRIBUTED,
      "--local-delta",
      Kind.FRACTION,
      "Delta of one client's message. Default: 0."),

  EPSILON(
      Section.QUESTION,
      "--epsilon",
      Kind.NOT_NEGATIVE,
      "In account: compute delta at this epsilon, instead of --delta. In calibrate: the privacy"
          + " budget."),
  DELTA(
      Section.QUESTION,
      "--delta",
      Kind.SMALL_DELTA,
      "The delta of the guarantee, for instance 1 / population^1.1."),
  ACCOUNTANT(
      Section.QUESTION,
      "--accountant",
      Kind.TEXT,
      "Method of accounting: tightest (default), rdp, pld, analytic-gaussian or optimal-composition."),
  ORDERS(
      Section.QUESTION,
      "--orders",
      Kind.TEXT,
      "Orders of --accountant rdp, such as 1.5,2..64,128. Default: 1.1 to 16384."),
  ALL(Section.QUESTION, "--all", Kind.SWITCH, "Print the epsilon of every accountant."),
  COUNT_STDDEV(
      Section.QUESTION,
      "--count-stddev",
      Kind.POSITIVE,
      "Noise on adaptive clipping's count of clipped clients: compute the noise multiplier that"
          + " remains for the sum. Requires --noise-multiplier and accepts no other option."),
  NOISE_TO_SIGNAL(
      Section.QUESTION,
      "--noise-to-signal",
      Kind.POSITIVE,
      "Compute the smallest expected cohort at which the averaged noise has this standard"
          + " deviation, in clip norms. Requires --population, --rounds and Poisson sampling."),
  BATCH(
      Section.QUESTION,
      "--batch",
      Kind.TEXT,
      "Answer a JSON list of cases: prints the list with the field 'answer' added to each. Accepts"
          + " no other option."),

  UNIT(
      Section.OUTPUT,
      "--unit",
      Kind.TEXT,
      "What one client represents, such as patient. Default: client. This is your statement:"
          + " dpfed reads no data to check it."),
  PLOT(Section.OUTPUT, "--plot", Kind.TEXT, "Also plot epsilon over the rounds into a PNG file."),
  JSON(Section.OUTPUT, "--json", Kind.SWITCH, "Print JSON.");

  /** What the help groups options by. */
  enum Section {
    QUESTION("What is asked"),
    RUN("The run"),
    SAMPLING("Sampling (gaussian, amplified-banded; --population also shuffled)"),
    CORRELATED("Correlated noise (tree, matrix, banded, blt, amplified-banded)"),
    DISTRIBUTED("Noise that clients add (discrete-gaussian, skellam, local-*, shuffled)"),
    OUTPUT("Output");

    private final String heading;

    Section(String heading) {
      this.heading = heading;
    }

    String heading() {
      return heading;
    }
  }

  private final Section section;
  private final String option;
  private final Kind kind;
  private final boolean list;
  private final String description;

  Flag(Section section, String option, Kind kind, String description) {
    this(section, option, kind, false, description);
  }

  Flag(Section section, String option, Kind kind, boolean list, String description) {
    this.section = section;
    this.option = option;
    this.kind = kind;
    this.list = list;
    this.description = description;
  }

  Section section() {
    return section;
  }

  /** Its name on the command line, dashes included. */
  String option() {
    return option;
  }

  /** What its value is; that of each entry where it takes a list. */
  Kind kind() {
    return kind;
  }

  /** What the help calls its value. */
  String paramLabel() {
    if (this == BATCH || this == PLOT) {
      return "FILE";
    } else if (kind == Kind.TEXT) {
      return this == ORDERS ? "LIST" : "NAME";
    }
    return list ? "LIST" : "NUMBER";
  }

  boolean isList() {
    return list;
  }

  String description() {
    return description;
  }

  static Set<Flag> set(Flag... flags) {
    return set(Arrays.asList(flags));
  }

  /** These flags, in the order of the help. */
  static Set<Flag> set(Collection<Flag> flags) {
    Set<Flag> ordered = EnumSet.noneOf(Flag.class);
    ordered.addAll(flags);
    return Collections.unmodifiableSet(ordered);
  }
}
