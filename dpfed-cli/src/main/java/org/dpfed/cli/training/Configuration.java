package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.dpfed.cli.UsageException;
import picocli.CommandLine.ParseResult;

/**
 * The values of the settings of one run, each with its source. Every value is valid on its own;
 * {@link #complete} checks that they are consistent. Errors are one line with source, key, bound
 * and value.
 */
final class Configuration {
  /** What takes back, as the text of a flag, what a file says. */
  static final String NONE = "none";

  private static final String DEFAULT_RUN = "wdbc.yaml";

  /** Where data come from, how long that may take, and how results are shown. */
  private static final Set<String> NOT_OF_PREPARATION =
      Set.of("data.url", "data.timeLimitSeconds", "data.siteNames");

  /** Who gave a value, from the weakest to the strongest. */
  private enum Giver {
    DEFAULT,
    BUILT_IN,
    FILE,
    FLAG
  }

  /**
   * A value.
   *
   * @param raw as it was written
   * @param value what its kind reads there
   * @param source the file and line, or the flag
   */
  private record Given(JsonNode raw, JsonNode value, Giver giver, String source) {}

  private final String name;
  private final Map<String, Given> values = new LinkedHashMap<>();

  private Configuration(String name) {
    this.name = name;
    Settings.ALL.forEach(this::setDefault);
  }

  private void setDefault(Setting setting) {
    values.remove(setting.key());
    if (!setting.fallback().isEmpty()) {
      set(setting.key(), raw(setting, setting.fallback()), Giver.DEFAULT, "default");
    }
  }

  /** What stands in a flag's text: YAML for lists and maps, otherwise the text itself. */
  private static JsonNode raw(Setting setting, String text) {
    return setting.kind().shape().isYaml()
        ? SettingsReader.value(text, setting.flag())
        : TextNode.valueOf(text);
  }

  /** The run that needs no file: breast cancer records, each patient a client. */
  static Configuration standard() {
    try (InputStream stream = Configuration.class.getResourceAsStream(DEFAULT_RUN)) {
      if (stream == null) {
        throw new IllegalStateException("resource " + DEFAULT_RUN + " is missing");
      }
      Configuration configuration = new Configuration("built-in settings");
      String yaml = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      for (SettingsReader.Entry entry : SettingsReader.sections(yaml, configuration.name)) {
        configuration.set(entry.key(), entry.raw(), Giver.BUILT_IN, entry.source());
      }
      return configuration;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The settings of a file, whose paths are relative to it. */
  static Configuration of(Path file) {
    return of(file, SettingsReader.sections(SettingsFile.text(file), file.toString()));
  }

  /** The settings of these entries of a file. */
  static Configuration of(Path file, List<SettingsReader.Entry> entries) {
    Configuration configuration = new Configuration(file.toString());
    for (SettingsReader.Entry entry : entries) {
      configuration.set(entry.key(), beside(file, entry), Giver.FILE, entry.source());
    }
    return configuration;
  }

  private static JsonNode beside(Path file, SettingsReader.Entry entry) {
    return Settings.find(entry.key())
        .map(Setting::kind)
        .filter(kind -> kind.read(entry.raw()).isPresent())
        .map(kind -> paths(kind, entry.raw(), path -> file.resolveSibling(path).toString()))
        .orElse(entry.raw());
  }

  /** The value with each path in it changed; as it is when it holds none. */
  private static JsonNode paths(Kind kind, JsonNode raw, UnaryOperator<String> change) {
    return switch (kind.shape()) {
      case PATH -> TextNode.valueOf(change.apply(raw.asText()));
      case PATHS -> {
        ArrayNode changed = JsonNodeFactory.instance.arrayNode();
        raw.forEach(path -> changed.add(change.apply(path.asText())));
        yield changed;
      }
      default -> raw;
    };
  }

  /**
   * Sets what a flag says, over whatever a file said.
   *
   * @param text a value, or {@link #NONE} to take back what the file says where that is no value
   */
  Configuration withFlag(Setting setting, String text) {
    boolean isName =
        setting.kind().shape() == Kind.Shape.NAME
            && setting.kind().read(TextNode.valueOf(text)).isPresent();
    if (text.equals(NONE) && !isName) {
      setDefault(setting);
    } else {
      set(setting.key(), raw(setting, text), Giver.FLAG, setting.flag());
    }
    return this;
  }

  private void set(String key, JsonNode raw, Giver giver, String source) {
    values.put(key, new Given(raw, read(key, raw, source), giver, source));
  }

  /**
   * What a setting's kind reads in a raw value.
   *
   * @throws UsageException when there is no such setting, or it has no such value
   */
  static JsonNode read(String key, JsonNode raw, String source) {
    Setting setting =
        Settings.find(key)
            .orElseThrow(() -> new UsageException(source + ": " + Settings.unknown(key)));
    return setting
        .kind()
        .read(raw)
        .orElseThrow(
            () ->
                new UsageException(
                    "%s: %s must be %s, %s"
                        .formatted(source, key, setting.kind().bound(), shown(raw))));
  }

  /** Sets those of the settings that were given as flags. */
  Configuration withFlags(List<Setting> settings, ParseResult flags) {
    for (Setting setting : settings) {
      if (flags.hasMatchedOption(setting.flag())) {
        withFlag(setting, flags.matchedOptionValue(setting.flag(), ""));
      }
    }
    return this;
  }

  /** Sets what follows from how the run was asked for, over whatever a file said. */
  Configuration with(String key, String text) {
    set(key, TextNode.valueOf(text), Giver.BUILT_IN, "built-in");
    return this;
  }

  /** What a value was, cut short, and without what an address has before its host. */
  static String shown(JsonNode raw) {
    if (raw.isNull()) {
      return "has no value";
    }
    String text = raw.isTextual() ? raw.asText() : raw.toString();
    String printable = text.replaceAll("\\p{C}", "?").replaceAll("://[^/]*@", "://…@");
    return "was " + (printable.length() > 60 ? printable.substring(0, 60) + "…" : printable);
  }

  /** Names the run unless a file or flag did. */
  Configuration named(String run, String source) {
    if (!has("run.name")) {
      set("run.name", TextNode.valueOf(run), Giver.BUILT_IN, source);
    }
    return this;
  }

  /**
   * Requires that the settings belong together: each that was given has an effect, none is missing.
   * Built-in values without effect give way to the defaults, since nobody asked for them.
   *
   * @throws UsageException when a setting has no effect with the others or is missing
   */
  Configuration complete() {
    for (Setting setting : Settings.ALL) {
      Given given = values.get(setting.key());
      Optional<Choice> contradicted = setting.contradicted(this::value);
      if (given != null && contradicted.isPresent()) {
        refuseIfAskedFor(setting, given, contradicted.get());
        setDefault(setting);
      }
      if (given == null && setting.isNeeded(this::value)) {
        throw missing(setting);
      }
    }
    return this;
  }

  private void refuseIfAskedFor(Setting setting, Given given, Choice contradicted) {
    if (given.giver() != Giver.FLAG && given.giver() != Giver.FILE) {
      return;
    }
    Given other = values.get(contradicted.key());
    throw new UsageException(
        "%s: %s has no effect %s%s; leave it out%s"
            .formatted(
                given.source(),
                setting.key(),
                other == null
                    ? "without " + contradicted.key()
                    : "with %s %s"
                        .formatted(contradicted.key(), other.raw().asText())
                        .stripTrailing(),
                contradicted.isNegated() ? "" : ", it is taken " + contradicted.taken(),
                given.giver() == Giver.FILE ? " or give %s none".formatted(setting.flag()) : ""));
  }

  private UsageException missing(Setting setting) {
    return new UsageException(
        "%s: %s is %s: %s (flag %s)"
            .formatted(
                name, setting.key(), setting.need(), setting.kind().bound(), setting.flag()));
  }

  /** An error in this configuration that no single setting is to blame for. */
  UsageException refused(IllegalArgumentException problem) {
    String message = String.valueOf(problem.getMessage());
    boolean hasFlags = values.values().stream().anyMatch(given -> given.giver() == Giver.FLAG);
    return new UsageException(
        "%s%s: %s%s".formatted(name, hasFlags ? " with flags" : "", message, settings(message)),
        problem);
  }

  /** Which settings the library's names in a message are, where they are not named as such. */
  private static String settings(String message) {
    List<String> named =
        Settings.ALL.stream()
            .filter(setting -> isNamed(setting, message))
            .map(setting -> setting.key() + " (" + setting.flag() + ")")
            .toList();
    return named.isEmpty() ? "" : "; the settings are " + String.join(", ", named);
  }

  /** Whether the message holds the last part of the key, written as no plain word is. */
  private static boolean isNamed(Setting setting, String message) {
    String last = setting.key().substring(setting.key().indexOf('.') + 1);
    return !last.equals(last.toLowerCase(Locale.ROOT))
        && Pattern.compile("(?<![.\\w])" + last + "\\b").matcher(message).find();
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  /** Whether a flag gave the value. */
  boolean isFromFlag(String key) {
    Given given = values.get(key);
    return given != null && given.giver() == Giver.FLAG;
  }

  String text(String key) {
    return required(key).asText();
  }

  int integer(String key) {
    return required(key).asInt();
  }

  long longInteger(String key) {
    return required(key).asLong();
  }

  double number(String key) {
    return required(key).asDouble();
  }

  boolean yes(String key) {
    return required(key).asBoolean();
  }

  Optional<String> optionalText(String key) {
    return value(key).map(JsonNode::asText);
  }

  OptionalDouble optionalNumber(String key) {
    return value(key)
        .map(value -> OptionalDouble.of(value.asDouble()))
        .orElse(OptionalDouble.empty());
  }

  /** The texts of a list; empty when it is not set. */
  List<String> texts(String key) {
    return value(key).map(Configuration::texts).orElse(List.of());
  }

  /** The numbers of a list; empty when it is not set. */
  List<Double> numbers(String key) {
    return texts(key).stream().map(Double::valueOf).toList();
  }

  /** Lists of texts by name; empty when the setting is not set. */
  Map<String, List<String>> textsByName(String key) {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    value(key)
        .ifPresent(
            map -> map.properties().forEach(e -> lists.put(e.getKey(), texts(e.getValue()))));
    return lists;
  }

  /** Texts by name; empty when the setting is not set. */
  Map<String, String> textByName(String key) {
    Map<String, String> texts = new LinkedHashMap<>();
    value(key)
        .ifPresent(
            map -> map.properties().forEach(e -> texts.put(e.getKey(), e.getValue().asText())));
    return texts;
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  private JsonNode required(String key) {
    return value(key).orElseThrow(() -> missing(Settings.named(key)));
  }

  Optional<JsonNode> value(String key) {
    return Optional.ofNullable(values.get(key)).map(Given::value);
  }

  /** All values that have an effect, by section, for reports. */
  ObjectNode toTree() {
    return tree(key -> true, (setting, given) -> given.value());
  }

  /** Settings that {@link #toYaml(Predicate)} wrote, elsewhere. */
  static Configuration ofText(String yaml) {
    Configuration configuration = new Configuration("settings of the run");
    for (SettingsReader.Entry entry : SettingsReader.sections(yaml, configuration.name)) {
      configuration.set(entry.key(), entry.raw(), Giver.FILE, entry.source());
    }
    return configuration;
  }

  /** A file that says the same from any directory: its paths are absolute. */
  String toYaml() {
    return toYaml(key -> true);
  }

  /** As {@link #toYaml()}, of some settings alone. */
  String toYaml(Predicate<String> keys) {
    return SettingsWriter.write(
        tree(
            keys,
            (setting, given) ->
                paths(
                    setting.kind(),
                    given.raw(),
                    path -> Path.of(path).toAbsolutePath().toString())),
        tree(keys, (setting, given) -> given.value()));
  }

  /**
   * How clients and held-out rows are made of the data, on one line: the settings of data and
   * partition that are not their defaults. Without paths and addresses, since data may be moved.
   */
  String preparation() {
    Configuration defaults = new Configuration(name);
    return tree(
            key -> isOfPreparation(key) && !value(key).equals(defaults.value(key)),
            (setting, given) -> given.value())
        .toString();
  }

  private static boolean isOfPreparation(String key) {
    Kind.Shape shape = Settings.named(key).kind().shape();
    return (key.startsWith("data.") || key.startsWith("partition."))
        && !NOT_OF_PREPARATION.contains(key)
        && shape != Kind.Shape.PATH
        && shape != Kind.Shape.PATHS;
  }

  private ObjectNode tree(Predicate<String> keys, BiFunction<Setting, Given, JsonNode> node) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    for (Setting setting : Settings.ALL) {
      Given given = values.get(setting.key());
      if (given != null
          && keys.test(setting.key())
          && setting.contradicted(this::value).isEmpty()) {
        String[] path = setting.key().split("\\.", 2);
        root.withObjectProperty(path[0]).set(path[1], node.apply(setting, given));
      }
    }
    return root;
  }
}
