package org.dpfed.cli.training;

import static org.dpfed.cli.training.Kind.anyInteger;
import static org.dpfed.cli.training.Kind.atLeastZero;
import static org.dpfed.cli.training.Kind.character;
import static org.dpfed.cli.training.Kind.classes;
import static org.dpfed.cli.training.Kind.directoryName;
import static org.dpfed.cli.training.Kind.fraction;
import static org.dpfed.cli.training.Kind.integer;
import static org.dpfed.cli.training.Kind.list;
import static org.dpfed.cli.training.Kind.map;
import static org.dpfed.cli.training.Kind.oneOf;
import static org.dpfed.cli.training.Kind.path;
import static org.dpfed.cli.training.Kind.paths;
import static org.dpfed.cli.training.Kind.positive;
import static org.dpfed.cli.training.Kind.range;
import static org.dpfed.cli.training.Kind.ranges;
import static org.dpfed.cli.training.Kind.schedule;
import static org.dpfed.cli.training.Kind.sizes;
import static org.dpfed.cli.training.Kind.text;
import static org.dpfed.cli.training.Kind.yesNo;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** All settings of a training run. A setting that is not in this table does not exist. */
final class Settings {
  static final List<Setting> ALL =
      List.of(
          of(
                  "data.set",
                  "--data",
                  oneOf("wdbc", "fashion-mnist", "idx", "csv"),
                  "",
                  "Data set: the included Wisconsin breast cancer records, Fashion-MNIST, your own IDX files or your own CSV file.")
              .needed(),
          of(
                  "data.directory",
                  "--data-directory",
                  path(),
                  "",
                  "Directory of IDX files (Fashion-MNIST has a default), or of CSV files; without a key column, each file is one client, named after the file.")
              .onlyWith("data.set", "fashion-mnist", "idx", "csv")
              .neededWith("data.set", "idx"),
          csv(
              "data.regression",
              "--regression",
              range("[0, 100]"),
              "",
              "Public range of the label, if it is a number to predict."),
          of(
                  "data.classes",
                  "--classes",
                  classes(),
                  "",
                  "Classes of the labels, in the order of their numbers; in CSV files a map gives the labels of each class.")
              .onlyWith("data.set", "idx", "csv")
              .notWith("data.regression")
              .needed(),
          csv(
                  "data.files",
                  "--data-files",
                  paths(),
                  "",
                  "CSV files; without a key column, each file is one client, named after the file.")
              .notWith("data.directory"),
          csv("data.file", "--data-file", path(), "", "CSV file, plain or gzipped.")
              .notWith("data.files")
              .notWith("data.directory")
              .needed(),
          csv("data.testFile", "--test-file", path(), "", "CSV file of rows to evaluate on."),
          csv("data.header", "--header", yesNo(), "true", "Whether CSV files have a header."),
          csv(
              "data.delimiter",
              "--delimiter",
              character("tab", "space"),
              ",",
              "Character between two values."),
          csv(
              "data.quote",
              "--quote",
              character("off"),
              "\"",
              "Character around values that contain delimiters or line breaks; off if the file does not quote values."),
          csv(
              "data.encoding",
              "--encoding",
              text(),
              "",
              "Encoding of CSV files, such as windows-1252. Default: that of their byte order mark, or UTF-8."),
          csv(
                  "data.label",
                  "--label",
                  text(),
                  "",
                  "Label column: its name in the header, or its position from 0 if there is no header.")
              .needed(),
          csv("data.key", "--key", text(), "", "Column that says which client a row belongs to.")
              .neededWith("partition.by", "by-key")
              .neededUnless("data.files")
              .neededUnless("data.directory"),
          csv(
              "data.similarKeys",
              "--similar-keys",
              oneOf("refuse", "join", "distinct"),
              "refuse",
              "How to treat keys that differ only in case, blanks or equivalent characters: as an error, as one client or as several."),
          csv(
              "data.ranges",
              "--ranges",
              ranges("{age: [0, 100]}"),
              "",
              "Public range of each numeric column; values are scaled by it, and values outside are moved to the nearer end."),
          csv(
              "data.categories",
              "--categories",
              map("{sex: [f, m]}"),
              "",
              "Values of each categorical column."),
          csv(
              "data.remainingRange",
              "--remaining-range",
              range("[0, 1]"),
              "",
              "Public range of every column that no other setting names; values outside are moved to the nearer end."),
          csv("data.ignore", "--ignore", list(), "", "Columns to leave out."),
          csv(
              "data.missing",
              "--missing",
              list(),
              "",
              "Texts that mark a missing value, such as [\"?\"]; an empty cell always does."),
          csv(
              "data.onMissing",
              "--on-missing",
              oneOf("refuse", "neutral", "drop-row"),
              "refuse",
              "What to do with a missing value: refuse the file, use the neutral value of the column (the middle of a range; none of the categories), or drop the row."),
          csv(
                  "data.testShare",
                  "--test-share",
                  fraction(true),
                  "",
                  "Share of the keys (of the rows if there is no key) to hold out for evaluation. Default: 0.2.")
              .notWith("data.testFile"),
          csv(
                  "data.testExamples",
                  "--test-examples",
                  integer(1),
                  "",
                  "Approximate number of rows to hold out; their share, rounded to one digit, becomes a public constant.")
              .notWith("data.testFile")
              .notWith("data.testShare"),
          csv(
                  "data.splitSeed",
                  "--split-seed",
                  anyInteger(),
                  "0",
                  "Seed of the hash that decides what is held out.")
              .notWith("data.testFile"),
          of("data.unit", "--unit", text(), "", "What one client represents, such as patient."),
          csv(
                  "data.rowsPerUnit",
                  "--unit-rows",
                  oneOf("one", "any"),
                  "any",
                  "Whether each unit has exactly one row. dpfed cannot check this; the guarantee lists it as an assumption.")
              .onlyWith("data.unit"),
          of(
                  "partition.by",
                  "--partition",
                  oneOf("one-per-client", "iid", "dirichlet", "shards", "by-key"),
                  "",
                  "How rows become clients.")
              .needed(),
          of(
                  "partition.examplesPerClient",
                  "--examples-per-client",
                  integer(1),
                  "",
                  "Rows of one client.")
              .onlyWith("partition.by", "iid", "dirichlet", "shards")
              .needed(),
          of(
                  "partition.alpha",
                  "--alpha",
                  positive(),
                  "",
                  "Concentration of the Dirichlet distribution of labels; the smaller, the more clients differ.")
              .onlyWith("partition.by", "dirichlet")
              .needed(),
          of(
                  "partition.shardsPerClient",
                  "--shards-per-client",
                  integer(1),
                  "2",
                  "Shards of one client.")
              .onlyWith("partition.by", "shards"),
          of(
                  "partition.seed",
                  "--partition-seed",
                  anyInteger(),
                  "0",
                  "Seed of the assignment of rows to clients.")
              .onlyWith("partition.by", "iid", "dirichlet", "shards"),
          of(
                  "model.architecture",
                  "--model",
                  oneOf("logistic", "mlp", "tanh-cnn", "lenet"),
                  "",
                  "Network.")
              .needed(),
          of("model.hidden", "--hidden", sizes(), "[16]", "Units of each hidden layer.")
              .onlyWith("model.architecture", "mlp"),
          of("model.seed", "--model-seed", integer(1), "1", "Seed of the initial weights."),
          of(
                  "client.learningRate",
                  "--client-learning-rate",
                  positive(),
                  "",
                  "Learning rate of local training.")
              .needed(),
          of(
              "client.updater",
              "--client-updater",
              oneOf("sgd", "momentum", "adam"),
              "sgd",
              "Optimizer of local training."),
          of(
              "client.epochs",
              "--epochs",
              integer(1, 1_000_000),
              "1",
              "Passes over a client's rows in a round."),
          of(
                  "client.batchSize",
                  "--batch-size",
                  integer(1),
                  "10",
                  "Rows of one local step; a client with one row has one step per epoch.")
              .notWith("partition.by", "one-per-client"),
          of(
                  "client.maxExamples",
                  "--max-examples",
                  integer(1),
                  "",
                  "Largest number of a client's rows that a round uses; a larger client uses a new random subset each round.")
              .notWith("partition.by", "one-per-client"),
          of(
              "client.maxSteps",
              "--max-steps",
              integer(1),
              "",
              "Largest number of steps of a client in a round; limits its time."),
          of(
              "client.schedule",
              "--client-schedule",
              schedule(),
              "",
              "Factors of the learning rate of local training, each from a given round on."),
          of(
              "server.schedule",
              "--server-schedule",
              schedule(),
              "",
              "Factors of the learning rate of the server's optimizer, each from a given round on."),
          of(
              "server.optimizer",
              "--server-optimizer",
              oneOf("sgd", "adam", "adagrad", "yogi"),
              "sgd",
              "Optimizer that applies the noisy mean."),
          of(
              "server.learningRate",
              "--server-learning-rate",
              positive(),
              "1",
              "Learning rate of the server's optimizer."),
          of(
                  "server.momentum",
                  "--server-momentum",
                  fraction(false),
                  "0",
                  "Momentum of the server's optimizer.")
              .onlyWith("server.optimizer", "sgd"),
          of(
                  "privacy.expectedCohortSize",
                  "--cohort",
                  positive(),
                  "",
                  "Clients sampled in a round, on average.")
              .needed(),
          of("privacy.rounds", "--rounds", integer(1), "", "Number of rounds.").needed(),
          of("privacy.clipNorm", "--clip-norm", positive(), "", "L2 bound of one client's update.")
              .neededUnless("privacy.noiseMultiplier", "0"),
          of(
                  "privacy.epsilon",
                  "--epsilon",
                  positive(),
                  "",
                  "Privacy budget of the run. Determines the noise; with a noise multiplier, a run that costs more is refused.")
              .notWith("privacy.noiseMultiplier", "0"),
          of(
                  "privacy.noiseMultiplier",
                  "--noise-multiplier",
                  atLeastZero(),
                  "",
                  "Standard deviation of the noise divided by the clip norm; 0 is the baseline without privacy.")
              .neededUnless("privacy.epsilon"),
          of(
                  "privacy.delta",
                  "--delta",
                  fraction(true),
                  "",
                  "Delta of the guarantee, below 1 / population.")
              .needed(),
          of(
                  "privacy.relation",
                  "--relation",
                  oneOf("add-or-remove-one", "replace-one", "zero-out"),
                  "add-or-remove-one",
                  "Neighbouring relation of the guarantee.")
              .notWith("privacy.noiseMultiplier", "0"),
          of(
              "privacy.seed",
              "--noise-seed",
              anyInteger(),
              "",
              "Seed of sampling and noise: reproducible, and therefore without privacy."),
          of(
              "run.name",
              "--name",
              directoryName(),
              "",
              "Name of the run's directory. If it exists, a name from a file gets a number, and a name from the flag is refused. Default: the name of the file or data set."),
          of("run.directory", "--runs", path(), "runs", "Directory of all runs."),
          of(
              "run.evaluateEvery",
              "--evaluate-every",
              integer(1),
              "10",
              "Rounds between evaluations."),
          of("run.seed", "--seed", anyInteger(), "0", "Seed of local training."),
          of(
              "run.workers",
              "--workers",
              integer(1),
              "",
              "Threads that train clients in parallel, at most 8 per processor. Default: one per processor."),
          of(
              "run.kernel",
              "--kernel",
              text(),
              "",
              "Name of the kernel for clipping and noise. Default: the fastest that works on this machine."),
          of(
              "run.diagnostics",
              "--diagnostics",
              yesNo(),
              "false",
              "Also report statistics of each round that no guarantee covers."),
          of(
              "run.showClientErrors",
              "--show-client-errors",
              yesNo(),
              "false",
              "Log which clients fail and why, for debugging: the log is not private."));

  private Settings() {}

  private static Setting of(
      String key, String flag, Kind kind, String fallback, String description) {
    return Setting.of(key, flag, kind, fallback, description);
  }

  /** A setting of CSV files alone. */
  private static Setting csv(
      String key, String flag, Kind kind, String fallback, String description) {
    return of(key, flag, kind, fallback, description).onlyWith("data.set", "csv");
  }

  /**
   * The setting of that key.
   *
   * @throws java.util.NoSuchElementException when there is none
   */
  static Setting named(String key) {
    return find(key).orElseThrow();
  }

  static Optional<Setting> find(String key) {
    return ALL.stream().filter(setting -> setting.key().equals(key)).findFirst();
  }

  /** What to say of a key that is not in the table. */
  static String unknown(String key) {
    String nearest =
        ALL.stream()
            .map(Setting::key)
            .min(Comparator.comparingInt(known -> distance(known, key)))
            .orElseThrow();
    return "%s is not a setting; did you mean %s?".formatted(key, nearest);
  }

  /** What to say of a word that stands where a section with settings should. */
  static String misplaced(String word, boolean isEmpty) {
    if (find(word).isPresent()) {
      String[] path = word.split("\\.", 2);
      return "write '%s:' and below it, indented, '%s: …' instead of '%s'"
          .formatted(path[0], path[1], word);
    }
    List<String> sections =
        ALL.stream().map(setting -> setting.key().replaceFirst("\\..*", "")).distinct().toList();
    if (sections.contains(word)) {
      return "section '%s' %s; put its settings below it, indented, or leave it out"
          .formatted(word, isEmpty ? "is empty" : "holds a value");
    }
    return "%s is not a section; the sections are %s".formatted(word, String.join(", ", sections));
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = above[0];
      above[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = above[j];
        above[j] = Math.min(replaced, 1 + Math.min(above[j], above[j - 1]));
      }
    }
    return above[b.length()];
  }
}
