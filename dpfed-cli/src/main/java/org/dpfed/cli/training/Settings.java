package org.dpfed.cli.training;

import static org.dpfed.cli.training.Setting.anyInteger;
import static org.dpfed.cli.training.Setting.atLeastZero;
import static org.dpfed.cli.training.Setting.fraction;
import static org.dpfed.cli.training.Setting.integer;
import static org.dpfed.cli.training.Setting.list;
import static org.dpfed.cli.training.Setting.map;
import static org.dpfed.cli.training.Setting.oneOf;
import static org.dpfed.cli.training.Setting.positive;
import static org.dpfed.cli.training.Setting.text;
import static org.dpfed.cli.training.Setting.yesNo;

import java.util.Comparator;
import java.util.List;
import org.dpfed.cli.training.Setting.Kind;

/** Everything that can be set of a training run. What is not in this table does not exist. */
final class Settings {
  static final List<Setting> ALL =
      List.of(
          of("data.set", "--data", oneOf("wdbc", "fashion-mnist", "idx", "csv"), "", "Data set."),
          of("data.directory", "--data-directory", text(), "", "Directory of IDX files."),
          of("data.classes", "--classes", list(), "", "Classes of the labels, in order."),
          of("data.file", "--data-file", text(), "", "CSV file."),
          of("data.header", "--header", yesNo(), "true", "Whether the CSV file has a header."),
          of("data.label", "--label", text(), "", "Label column, by name or position from 0."),
          of("data.key", "--key", text(), "", "Column that says which client a row belongs to."),
          of("data.ranges", "--ranges", map("{age: [0, 100]}"), "", "Public range of each number."),
          of(
              "data.categories",
              "--categories",
              map("{sex: [0, 1]}"),
              "",
              "Values of each category."),
          of("data.ignore", "--ignore", list(), "", "Columns to leave out."),
          of(
              "data.missing",
              "--missing",
              list(),
              "",
              "Markers of missing values, such as [\"?\"]."),
          of(
              "data.onMissing",
              "--on-missing",
              oneOf("refuse", "neutral", "drop-row"),
              "refuse",
              "What a missing value does."),
          of(
              "data.testExamples",
              "--test-examples",
              integer(1),
              "",
              "Rows of a CSV file held out."),
          of("data.unit", "--unit", text(), "", "What one client stands for, such as patient."),
          of(
              "partition.by",
              "--partition",
              oneOf("one-per-client", "iid", "dirichlet", "shards", "by-key"),
              "",
              "How rows become clients."),
          of(
              "partition.examplesPerClient",
              "--examples-per-client",
              integer(1),
              "",
              "Rows of one client."),
          of(
              "partition.alpha",
              "--alpha",
              positive(),
              "",
              "Dirichlet concentration; small is skewed."),
          of(
              "partition.shardsPerClient",
              "--shards-per-client",
              integer(1),
              "2",
              "Shards of one client."),
          of("partition.seed", "--partition-seed", anyInteger(), "0", "Seed of the partition."),
          of(
              "model.architecture",
              "--model",
              oneOf("logistic", "mlp", "tanh-cnn", "lenet"),
              "",
              "Network."),
          of("model.hidden", "--hidden", list(), "[16]", "Hidden layer sizes of the MLP."),
          of("model.seed", "--model-seed", integer(1), "1", "Seed of the initial weights."),
          of(
              "client.learningRate",
              "--client-learning-rate",
              positive(),
              "",
              "Learning rate of local training."),
          of(
              "client.updater",
              "--client-updater",
              oneOf("sgd", "momentum", "adam"),
              "sgd",
              "Optimizer of local training."),
          of(
              "client.epochs",
              "--epochs",
              integer(1),
              "1",
              "Passes over a client's rows in a round."),
          of("client.batchSize", "--batch-size", integer(1), "10", "Rows of one local step."),
          of(
              "server.optimizer",
              "--server-optimizer",
              oneOf("sgd", "adam", "adagrad", "yogi"),
              "sgd",
              "What applies the noisy mean."),
          of(
              "server.learningRate",
              "--server-learning-rate",
              positive(),
              "1",
              "Its learning rate."),
          of("server.momentum", "--server-momentum", fraction(false), "0", "Momentum of sgd."),
          of(
              "privacy.expectedCohortSize",
              "--cohort",
              positive(),
              "",
              "Clients sampled in a round, on average."),
          of("privacy.rounds", "--rounds", integer(1), "", "Number of rounds."),
          of("privacy.clipNorm", "--clip-norm", positive(), "", "L2 bound of one client's update."),
          of("privacy.epsilon", "--epsilon", positive(), "", "Target epsilon; chooses the noise."),
          of(
              "privacy.noiseMultiplier",
              "--noise-multiplier",
              atLeastZero(),
              "",
              "Noise stddev over clip norm; 0 is the baseline without privacy."),
          of(
              "privacy.delta",
              "--delta",
              fraction(true),
              "",
              "Delta of the guarantee, below 1 / population."),
          of(
              "privacy.relation",
              "--relation",
              oneOf("add-or-remove-one", "replace-one", "zero-out"),
              "add-or-remove-one",
              "Neighbouring relation."),
          of(
              "privacy.seed",
              "--noise-seed",
              anyInteger(),
              "",
              "Seed of sampling and noise: reproducible, no privacy."),
          of("run.name", "--name", text(), "", "Name of the run's directory."),
          of("run.directory", "--runs", text(), "runs", "Where runs are kept."),
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
              "Threads that train clients; one per processor."),
          of("run.kernel", "--kernel", text(), "", "Kernel by name; the fastest usable otherwise."),
          of(
              "run.diagnostics",
              "--diagnostics",
              yesNo(),
              "false",
              "Report values that are not private."),
          of(
              "run.showClientErrors",
              "--show-client-errors",
              yesNo(),
              "false",
              "Log which clients fail and why, for debugging: the log is not private."));

  private Settings() {}

  private static Setting of(
      String key, String flag, Kind kind, String fallback, String description) {
    return new Setting(key, flag, kind, fallback, description);
  }

  /** The known key nearest to {@code key}. */
  static String nearest(String key) {
    return ALL.stream()
        .map(Setting::key)
        .min(Comparator.comparingInt(known -> distance(known, key)))
        .orElseThrow();
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
