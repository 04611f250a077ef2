package org.dpfed.cli.training;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.dpfed.cli.Nearest;

/** All settings of a training run. A setting that is not in this table does not exist. */
final class Settings {
  static final List<Setting> ALL =
      Stream.of(
              DataSettings.ALL,
              LearningSettings.ALL,
              PrivacySettings.ALL,
              EngineSettings.ALL,
              RunSettings.ALL)
          .flatMap(List::stream)
          .toList();

  /** What the keys of the section begin with that says which settings a sweep varies. */
  static final String SWEEP = "sweep.";

  private Settings() {}

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
    if (key.startsWith(SWEEP)) {
      return "the section sweep is for 'dpfed sweep'; take it out to train one run";
    }
    String nearest = Nearest.of(ALL.stream().map(Setting::key).toList(), key).orElseThrow();
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
    if (sections.contains(word) || word.equals("sweep")) {
      return "section '%s' %s; put its settings below it, indented, or leave it out"
          .formatted(word, isEmpty ? "is empty" : "holds a value");
    }
    return "%s is not a section; the sections are %s".formatted(word, String.join(", ", sections));
  }
}
