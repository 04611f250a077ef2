package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dpfed.cli.UsageException;

/**
 * A file of settings with a section {@code sweep} that lists values for some of them: each key is a
 * setting with a list of values, all of which are combined; the lists below {@code zip} go
 * together, first with first; {@code seeds} repeats every combination.
 *
 * <p>Errors are one line with file, line and, for a value, its place in the list.
 */
public final class SweepSettings {
  private static final String ZIP = Settings.SWEEP + "zip";
  private static final String SEEDS = Settings.SWEEP + "seeds";
  private static final int MOST_RUNS = 10_000;
  private static final List<String> OWN = List.of("run.name", "run.directory", "run.ledger");

  private final Path file;
  private final List<SettingsReader.Entry> fixed = new ArrayList<>();
  private final List<Axis> axes = new ArrayList<>();
  private final List<String> seeds = new ArrayList<>();

  /**
   * Settings whose values go together.
   *
   * @param points the entries of each choice of values
   */
  private record Axis(List<List<SettingsReader.Entry>> points) {}

  private SweepSettings(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @throws UsageException when it is no such file
   */
  public static SweepSettings of(Path file) {
    SweepSettings sweep = new SweepSettings(file);
    SettingsReader.sections(SettingsFile.text(file), file.toString()).forEach(sweep::add);
    sweep.axes.stream()
        .flatMap(axis -> axis.points.get(0).stream())
        .forEach(sweep::requireNotFixed);
    if (!sweep.seeds.isEmpty()) {
      sweep.fixed.stream()
          .filter(entry -> entry.key().equals("run.seed"))
          .forEach(SweepSettings::refuseSeed);
    }
    if (sweep.axes.isEmpty() && sweep.seeds.isEmpty()) {
      throw new UsageException(
          file
              + ": has no section 'sweep:' with lists of values; 'dpfed train' trains a single run");
    }
    double runs = Math.max(1, sweep.seeds.size());
    for (Axis axis : sweep.axes) {
      runs *= axis.points.size();
    }
    if (runs > MOST_RUNS) {
      throw new UsageException(
          "%s: the sweep has %.0f runs, more than %d; leave values out"
              .formatted(file, runs, MOST_RUNS));
    }
    return sweep;
  }

  private void add(SettingsReader.Entry entry) {
    if (entry.key().equals(SEEDS)) {
      values("model.seed", "seeds", entry).forEach(seed -> seeds.add(seed.raw().asText()));
    } else if (entry.key().equals(ZIP)) {
      axes.add(zipped(entry));
    } else if (entry.key().startsWith(Settings.SWEEP)) {
      String key = entry.key().substring(Settings.SWEEP.length());
      axes.add(new Axis(values(key, key, entry).stream().map(List::of).toList()));
    } else if (entry.key().equals("run.name")) {
      throw new UsageException(
          entry.source() + ": a sweep numbers its runs; leave run.name out and use --name");
    } else {
      fixed.add(entry);
    }
  }

  private static Axis zipped(SettingsReader.Entry entry) {
    if (!entry.raw().isObject() || entry.raw().isEmpty()) {
      throw new UsageException(
          "%s: zip must be a map from settings to lists of values, %s"
              .formatted(entry.source(), Configuration.shown(entry.raw())));
    }
    List<List<SettingsReader.Entry>> points = new ArrayList<>();
    String first = "";
    for (Map.Entry<String, JsonNode> list : entry.raw().properties()) {
      String key = list.getKey();
      List<SettingsReader.Entry> values =
          entries(key, key, new SettingsReader.Entry(key, list.getValue(), entry.source()), false);
      if (first.isEmpty()) {
        first = key;
        values.forEach(value -> points.add(new ArrayList<>()));
      } else if (values.size() != points.size()) {
        throw new UsageException(
            "%s: the lists below zip must have the same length, %s has %d values and %s has %d"
                .formatted(entry.source(), first, points.size(), key, values.size()));
      }
      for (int i = 0; i < values.size(); i++) {
        points.get(i).add(values.get(i));
      }
    }
    return new Axis(points);
  }

  /** The values of a list, each another. */
  private static List<SettingsReader.Entry> values(
      String key, String shown, SettingsReader.Entry list) {
    return entries(key, shown, list, true);
  }

  private static List<SettingsReader.Entry> entries(
      String key, String shown, SettingsReader.Entry list, boolean isDistinct) {
    if (Settings.find(key).isEmpty()) {
      throw new UsageException(list.source() + ": " + Settings.unknown(key));
    } else if (OWN.contains(key)) {
      throw new UsageException(
          "%s: %s is one for the whole sweep; leave it out here".formatted(list.source(), key));
    } else if (!list.raw().isArray() || list.raw().isEmpty()) {
      throw new UsageException(
          "%s: %s must be a list of values, such as [%s], %s"
              .formatted(
                  list.source(),
                  shown,
                  Settings.named(key).kind().example(),
                  Configuration.shown(list.raw())));
    }
    List<SettingsReader.Entry> entries = new ArrayList<>();
    List<JsonNode> read = new ArrayList<>();
    for (JsonNode raw : list.raw()) {
      String source = "%s, value %d of the list".formatted(list.source(), read.size() + 1);
      JsonNode value = Configuration.read(key, raw, source);
      if (isDistinct && read.contains(value)) {
        throw new UsageException(
            "%s: %s repeats value %d; leave it out"
                .formatted(source, shown, read.indexOf(value) + 1));
      }
      read.add(value);
      entries.add(new SettingsReader.Entry(key, raw, source));
    }
    return entries;
  }

  @SuppressWarnings("ReferenceEquality") // Another entry may say the same.
  private void requireNotFixed(SettingsReader.Entry varied) {
    List<SettingsReader.Entry> others = new ArrayList<>(fixed);
    axes.forEach(axis -> others.addAll(axis.points.get(0)));
    others.stream()
        .filter(other -> other != varied && other.key().equals(varied.key()))
        .findFirst()
        .ifPresent(
            other -> {
              throw new UsageException(
                  "%s: %s is also set in %s; keep one"
                      .formatted(list(varied), varied.key(), list(other).replace(file + ", ", "")));
            });
  }

  private static void refuseSeed(SettingsReader.Entry entry) {
    throw new UsageException(
        "%s: run.seed is one of the seeds of the sweep; leave it out".formatted(entry.source()));
  }

  private static String list(SettingsReader.Entry entry) {
    return entry.source().replaceFirst(", value \\d+ of the list$", "");
  }

  /** The keys of the settings that differ between runs, in order, then {@code seed}. */
  public List<String> varied() {
    List<String> keys = new ArrayList<>();
    axes.forEach(axis -> axis.points.get(0).forEach(entry -> keys.add(entry.key())));
    if (!seeds.isEmpty()) {
      keys.add(VariedRun.SEED);
    }
    return keys;
  }

  /** All runs; the last list of values varies fastest, and seeds faster. */
  public List<VariedRun> runs() {
    List<List<SettingsReader.Entry>> points = List.of(List.of());
    for (Axis axis : axes) {
      List<List<SettingsReader.Entry>> longer = new ArrayList<>();
      for (List<SettingsReader.Entry> point : points) {
        for (List<SettingsReader.Entry> further : axis.points) {
          List<SettingsReader.Entry> all = new ArrayList<>(point);
          all.addAll(further);
          longer.add(all);
        }
      }
      points = longer;
    }
    SharedData data = new SharedData();
    List<VariedRun> runs = new ArrayList<>();
    for (List<SettingsReader.Entry> point : points) {
      if (seeds.isEmpty()) {
        runs.add(run(runs.size() + 1, point, Optional.empty(), data));
      }
      for (String seed : seeds) {
        runs.add(run(runs.size() + 1, point, Optional.of(seed), data));
      }
    }
    return runs;
  }

  private VariedRun run(
      int number, List<SettingsReader.Entry> point, Optional<String> seed, SharedData data) {
    List<SettingsReader.Entry> all = new ArrayList<>(fixed);
    all.addAll(point);
    Map<String, String> shown = new LinkedHashMap<>();
    for (SettingsReader.Entry entry : point) {
      shown.put(entry.key(), text(entry.raw()));
    }
    seed.ifPresent(text -> shown.put(VariedRun.SEED, text));
    return new VariedRun(file, number, shown, all, seed, data);
  }

  private static String text(JsonNode raw) {
    return raw instanceof TextNode ? raw.asText() : raw.toString().replace("\"", "");
  }
}
