package org.dpfed.cli.training;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.StreamSupport;
import org.dpfed.cli.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * The values of the settings of one run, each with where it came from. Every value is known and
 * within its bound once this exists; errors are one line that names source, key, bound and value.
 */
final class Configuration {
  private static final ObjectMapper YAML =
      YAMLMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .build();
  private static final String DEFAULT_RUN = "wdbc.yaml";

  /** A value and the file or flag that gave it. */
  private record Given(JsonNode value, String source) {}

  private final String name;
  private final Map<String, Given> values = new LinkedHashMap<>();

  private Configuration(String name) {
    this.name = name;
    for (Setting setting : Settings.ALL) {
      if (!setting.fallback().isEmpty()) {
        values.put(setting.key(), new Given(parse(setting.fallback(), "default"), "default"));
      }
    }
  }

  /** The run that needs no file: breast cancer records, each patient a client. */
  static Configuration standard() {
    try (InputStream stream = Configuration.class.getResourceAsStream(DEFAULT_RUN)) {
      if (stream == null) {
        throw new IllegalStateException("resource " + DEFAULT_RUN + " is missing");
      }
      return read(new String(stream.readAllBytes(), StandardCharsets.UTF_8), "wdbc");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The settings of a file. */
  static Configuration of(Path file) {
    try {
      String fileName = String.valueOf(file.getFileName());
      Configuration read = read(Files.readString(file), file.toString());
      return read.values.containsKey("run.name")
          ? read
          : read.with(
              "run.name",
              YAML.getNodeFactory().textNode(fileName.replaceAll("\\.ya?ml$", "")),
              file.toString());
    } catch (NoSuchFileException e) {
      throw new UsageException(file + ": there is no such file", e);
    } catch (IOException e) {
      throw new UsageException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static Configuration read(String yaml, String source) {
    Configuration configuration = new Configuration(source);
    JsonNode root = parse(yaml, source);
    if (!root.isObject()) {
      throw new UsageException(source + ": must hold sections of settings, such as 'privacy:'");
    }
    for (Map.Entry<String, JsonNode> section : root.properties()) {
      if (!section.getValue().isObject()) {
        throw unknown(source, section.getKey());
      }
      for (Map.Entry<String, JsonNode> entry : section.getValue().properties()) {
        configuration.with(section.getKey() + "." + entry.getKey(), entry.getValue(), source);
      }
    }
    return configuration;
  }

  /** Sets what a flag says, over whatever a file said. */
  Configuration withFlag(Setting setting, String text) {
    JsonNode value = parse(text, setting.flag());
    boolean wantsText =
        setting.kind().accepts(YAML.getNodeFactory().textNode("x")) && value.isValueNode();
    return with(
        setting.key(), wantsText ? YAML.getNodeFactory().textNode(text) : value, setting.flag());
  }

  private Configuration with(String key, JsonNode value, String source) {
    Setting setting =
        Settings.ALL.stream()
            .filter(known -> known.key().equals(key))
            .findFirst()
            .orElseThrow(() -> unknown(source, key));
    if (!setting.kind().accepts(value)) {
      throw new UsageException(
          "%s: %s must be %s, was %s".formatted(source, key, setting.kind().bound(), value));
    }
    values.put(key, new Given(value, source));
    return this;
  }

  private static UsageException unknown(String source, String key) {
    return new UsageException(
        "%s: %s is not a setting; did you mean %s?".formatted(source, key, Settings.nearest(key)));
  }

  private static JsonNode parse(String yaml, String source) {
    try {
      JsonNode node = YAML.readTree(yaml);
      return node == null ? YAML.createObjectNode() : node;
    } catch (JacksonException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw new UsageException(
          "%s: line %d is not YAML: %s".formatted(source, line, e.getOriginalMessage()), e);
    }
  }

  /** An error in this configuration that no single setting is to blame for. */
  UsageException refused(IllegalArgumentException problem) {
    return new UsageException(name + ": " + problem.getMessage(), problem);
  }

  boolean has(String key) {
    return values.containsKey(key);
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
    return Optional.ofNullable(value(key)).map(JsonNode::asText);
  }

  OptionalDouble optionalNumber(String key) {
    JsonNode value = value(key);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value.asDouble());
  }

  /** The texts of a list; empty when it is not set. */
  List<String> texts(String key) {
    JsonNode value = value(key);
    return value == null ? List.of() : texts(value);
  }

  /** Lists of texts by name; empty when the setting is not set. */
  Map<String, List<String>> textsByName(String key) {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    JsonNode value = value(key);
    if (value != null) {
      value.properties().forEach(entry -> lists.put(entry.getKey(), texts(entry.getValue())));
    }
    return lists;
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  private JsonNode required(String key) {
    JsonNode value = value(key);
    if (value == null) {
      Setting setting =
          Settings.ALL.stream().filter(known -> known.key().equals(key)).findFirst().orElseThrow();
      throw new UsageException(
          "%s: %s is needed, %s (flag %s)"
              .formatted(name, key, setting.kind().bound(), setting.flag()));
    }
    return value;
  }

  private @Nullable JsonNode value(String key) {
    Given given = values.get(key);
    return given == null ? null : given.value();
  }

  /** All values by section, for reports and for a file that says the same. */
  ObjectNode toTree() {
    ObjectNode root = YAML.createObjectNode();
    for (Setting setting : Settings.ALL) {
      JsonNode value = value(setting.key());
      if (value != null) {
        String[] path = setting.key().split("\\.", 2);
        root.withObjectProperty(path[0]).set(path[1], value);
      }
    }
    return root;
  }

  /** A file with these values. */
  String toYaml() {
    try {
      return YAML.writeValueAsString(toTree());
    } catch (JacksonException e) {
      throw new IllegalStateException("a configuration can always be written", e);
    }
  }
}
