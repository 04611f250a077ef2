package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.dpfed.cli.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every choice that the table of settings declares, met and not met. */
final class SettingsTest {

  /** Each setting with each choice on which it depends. */
  static Stream<Arguments> dependentSettings() {
    return Settings.ALL.stream()
        .flatMap(
            setting -> setting.takenWith().stream().map(choice -> Arguments.of(setting, choice)));
  }

  static Stream<Arguments> neededSettings() {
    return Settings.ALL.stream().filter(Setting::isNeeded).map(Arguments::of);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("dependentSettings")
  void complete_settingWithoutItsChoice_isRefusedByName(Setting setting, Choice choice) {
    Map<String, String> flags = completeWith(setting);
    contradict(flags, setting, choice);
    flags.put(setting.key(), setting.kind().example());
    assertThatThrownBy(() -> configuration(flags).complete())
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(setting.flag() + ": " + setting.key() + " has no effect with")
        .hasMessageContaining(choice.key());
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("dependentSettings")
  void complete_settingWithItsChoice_isAccepted(Setting setting, Choice choice) {
    Map<String, String> flags = completeWith(setting);
    flags.put(setting.key(), setting.kind().example());
    Configuration complete = configuration(flags).complete();
    assertThat(complete.toTree().at("/" + setting.key().replace('.', '/')).isMissingNode())
        .isFalse();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("dependentSettings")
  void complete_defaultWithoutItsChoice_doesNotCountAsGiven(Setting setting, Choice choice) {
    Map<String, String> flags = completeWith(setting);
    contradict(flags, setting, choice);
    flags.remove(setting.key());
    Configuration complete = configuration(flags).complete();
    assertThat(complete.toTree().at("/" + setting.key().replace('.', '/')).isMissingNode())
        .isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("neededSettings")
  void complete_neededSettingMissing_isNamedWithWhatNeedsIt(Setting setting) {
    Map<String, String> flags = completeWith(setting);
    flags.remove(setting.key());
    assertThatThrownBy(() -> configuration(flags).complete())
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(setting.key() + " is " + setting.need())
        .hasMessageContaining(setting.flag());
  }

  @Test
  void table_choices_nameSettingsAndValuesThatExist() {
    for (Setting setting : Settings.ALL) {
      for (Choice choice :
          Stream.concat(setting.takenWith().stream(), setting.neededWith().stream()).toList()) {
        Kind kind = Settings.named(choice.key()).kind();
        for (String value : choice.values()) {
          assertThat(kind.read(TextNode.valueOf(value)))
              .as(setting.key() + " " + choice)
              .isPresent();
        }
      }
    }
  }

  @Test
  void table_keysAndFlags_areDistinctAndDefaultsAreOfTheirKind() {
    assertThat(Settings.ALL.stream().map(Setting::key)).doesNotHaveDuplicates();
    assertThat(Settings.ALL.stream().map(Setting::flag)).doesNotHaveDuplicates();
    for (Setting setting : Settings.ALL) {
      for (String yaml : List.of(setting.fallback(), setting.kind().example())) {
        assertThat(yaml.isEmpty() || read(setting, yaml)).as(setting.key() + " " + yaml).isTrue();
      }
    }
  }

  private static boolean read(Setting setting, String yaml) {
    return setting
        .kind()
        .read(
            setting.kind().shape().isYaml()
                ? SettingsReader.value(yaml, "--x")
                : TextNode.valueOf(yaml))
        .isPresent();
  }

  @Test
  void withFlag_none_takesBackWhatAFileSaysForEverySetting() {
    for (Setting setting : Settings.ALL) {
      Configuration configuration = Configuration.standard();
      configuration.withFlag(setting, setting.kind().example());
      configuration.withFlag(setting, Configuration.NONE);
      assertThat(configuration.has(setting.key()))
          .as(setting.key())
          .isEqualTo(!setting.fallback().isEmpty());
    }
  }

  /** Flags that make a complete run in which {@code setting} is taken, and needed if it can be. */
  private static Map<String, String> completeWith(Setting setting) {
    Map<String, String> flags = new LinkedHashMap<>();
    Stream.concat(setting.takenWith().stream(), setting.neededWith().stream())
        .forEach(choice -> meet(flags, choice));
    return completed(flags, setting.key());
  }

  private static void meet(Map<String, String> flags, Choice choice) {
    if (!choice.isNegated()) {
      give(flags, choice);
    } else if (choice.values().isEmpty()) {
      flags.put(choice.key(), Configuration.NONE);
    } else if (choice.values().contains(flags.getOrDefault(choice.key(), choice.values().get(0)))) {
      flags.put(choice.key(), another(choice));
    }
  }

  /** Flags under which all choices of {@code setting} hold but this. */
  private static void contradict(Map<String, String> flags, Setting setting, Choice choice) {
    Map<String, String> kept = new LinkedHashMap<>();
    setting.takenWith().stream()
        .filter(other -> !other.equals(choice))
        .forEach(other -> meet(kept, other));
    if (choice.isNegated()) {
      give(kept, choice);
    } else if (!choice.values().isEmpty()) {
      kept.put(choice.key(), another(choice));
    }
    flags.clear();
    flags.putAll(completed(kept, ""));
  }

  /** Gives the other setting a value that is the choice's, and what that needs to be taken. */
  private static void give(Map<String, String> flags, Choice choice) {
    Settings.named(choice.key()).takenWith().forEach(further -> meet(flags, further));
    flags.put(choice.key(), one(choice));
  }

  /** A value of the other setting that is the choice's. */
  private static String one(Choice choice) {
    return choice.values().isEmpty()
        ? Settings.named(choice.key()).kind().example()
        : choice.values().get(choice.values().size() - 1);
  }

  /** A value of the other setting that is none of the choice's. */
  private static String another(Choice choice) {
    Setting other = Settings.named(choice.key());
    // The example first: it needs the fewest others.
    Set<String> candidates = new LinkedHashSet<>(List.of(other.kind().example()));
    candidates.addAll(List.of(other.kind().bound().replaceFirst("^one of ", "").split(", ")));
    return candidates.stream()
        .filter(value -> !choice.values().contains(value))
        .filter(value -> read(other, value))
        .findFirst()
        .orElseThrow();
  }

  /** Adds what a run needs beside these flags, without what has no effect. */
  private static Map<String, String> completed(Map<String, String> flags, String wanted) {
    Map<String, String> all = new LinkedHashMap<>(flags);
    // What a choice brings with it is needed in turn: three passes reach the end of every chain.
    if (!wanted.isEmpty()) {
      all.computeIfAbsent(wanted, key -> Settings.named(key).kind().example());
    }
    Configuration soFar = configuration(all);
    for (int pass = 0; pass < 3; pass++) {
      for (Setting setting : Settings.ALL) {
        boolean isTaken = setting.contradicted(soFar::value).isEmpty();
        if (isTaken && setting.isNeeded(soFar::value)) {
          String value = all.computeIfAbsent(setting.key(), key -> setting.kind().example());
          soFar.withFlag(setting, value);
        }
      }
    }
    return all;
  }

  private static Configuration configuration(Map<String, String> flags) {
    Configuration configuration = Configuration.standard();
    Settings.ALL.forEach(setting -> configuration.withFlag(setting, Configuration.NONE));
    flags.forEach((key, value) -> configuration.withFlag(Settings.named(key), value));
    return configuration;
  }
}
