package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dpfed.cli.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in a file is what is read, and what is written is what was read. */
final class ConfigurationTest {
  @TempDir Path directory;

  /** Plain words that YAML 1.1 or 1.2 takes for numbers, booleans, nulls, dates or times. */
  private static final List<String> TYPED =
      List.of(
          "008",
          "010",
          "08.5",
          "0o17",
          "0x10",
          "0b11",
          "1_000",
          "9.90",
          "1e3",
          "1.0e-4",
          ".5",
          "5.",
          "+7",
          "-0",
          "~",
          "null",
          "Null",
          "yes",
          "no",
          "on",
          "off",
          "y",
          "N",
          "true",
          "False",
          ".inf",
          "-.INF",
          ".nan",
          "2020-01-02",
          "2001-12-14t21:59:43.10-05:00",
          "1:20",
          "190:20:30",
          "<<",
          "=");

  private static final List<String> AWKWARD =
      List.of(
          "",
          " ",
          " leading",
          "trailing ",
          "a: b",
          "a:",
          ":",
          "a #b",
          "#",
          "it's",
          "say \"x\"",
          "\\",
          "\\n",
          "a\nb",
          "a\r\nb",
          "\ttab",
          "two\n\nlines\n",
          "- x",
          "-",
          "?",
          "? x",
          "{",
          "}",
          "[a",
          "]",
          ",",
          "a,b",
          "!tag",
          "!!int 3",
          "&a",
          "*a",
          "%",
          "%YAML 1.1",
          "@",
          "`",
          "|",
          ">",
          "---",
          "...",
          "größe",
          "日本語",
          "🩺 ward",
          "\u0000",
          "\u0007",
          "\u0085",
          "\u00a0",
          "\u2028",
          "\ufeff",
          "\ufffe",
          "\ud83d",
          "none",
          "x".repeat(5000),
          "a b ".repeat(500));

  @Test
  void read_plainWords_staysAsWritten() {
    for (String word : TYPED) {
      JsonNode raw = read("data: {unit: %s}".formatted(word)).get(0).raw();
      assertThat(raw).as(word).isEqualTo(TextNode.valueOf(word));
      JsonNode list = read("data: {missing: [%s]}".formatted(word)).get(0).raw();
      assertThat(list.get(0)).as(word).isEqualTo(TextNode.valueOf(word));
      JsonNode map = read("data: {categories: {%s: [%s]}}".formatted(word, word)).get(0).raw();
      assertThat(map.at("/" + word.replace("~", "~0") + "/0"))
          .as(word)
          .isEqualTo(TextNode.valueOf(word));
    }
  }

  @Test
  void writeThenRead_textOfEveryKind_isTheSame() {
    List<String> texts = Stream.concat(TYPED.stream(), AWKWARD.stream()).toList();
    for (Setting setting : Settings.ALL) {
      for (String text : texts) {
        for (JsonNode raw : shapes(text)) {
          setting.kind().read(raw).ifPresent(value -> assertRoundTrip(setting.key(), raw, value));
        }
      }
    }
  }

  @Test
  void writeThenRead_randomText_isTheSame() {
    long seed = new SecureRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    String alphabet = "ab01 -:#'\"\\{}[],&*!|>%@`?~\n\r\t\u0000\u0085\u00e9\u2028\ufeff🩺";
    int[] characters = alphabet.codePoints().toArray();
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(12);
      for (int j = 0; j < length; j++) {
        text.appendCodePoint(characters[random.nextInt(characters.length)]);
      }
      for (JsonNode raw : shapes(text.toString())) {
        assertRoundTrip("case " + i + " of seed " + seed, raw, raw);
      }
    }
  }

  /** A text alone, in a list and in a map of lists, as key and as value. */
  private static List<JsonNode> shapes(String text) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode().add("a").add(text);
    ObjectNode map = JsonNodeFactory.instance.objectNode();
    map.set(text, list);
    return List.of(TextNode.valueOf(text), list, map);
  }

  private static void assertRoundTrip(String description, JsonNode raw, JsonNode value) {
    String yaml = SettingsWriter.write(tree(raw), tree(value));
    assertThat(read(yaml).get(0).raw()).as("%s%n%s", description, yaml).isEqualTo(raw);
  }

  private static ObjectNode tree(JsonNode value) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.putObject("section").set("name", value);
    return root;
  }

  private static List<SettingsReader.Entry> read(String yaml) {
    return SettingsReader.sections(yaml, "test");
  }

  static Stream<Arguments> badFiles() {
    return Stream.of(
        Arguments.of("data.file: x.csv", "line 1: write 'data:' and below it, indented, 'file: …'"),
        Arguments.of("privacy:\n  rounds: 1\ndata:\n", "line 3: section 'data' is empty"),
        Arguments.of("data: {}\n", "line 1: section 'data' is empty"),
        Arguments.of("data: [csv]\n", "line 1: section 'data' holds a value"),
        Arguments.of("rounds: 3\n", "line 1: rounds is not a section; the sections are data,"),
        Arguments.of("privacy:\n\trounds: 1\n", "line 2: is not YAML: found character '\\t(TAB)'"),
        Arguments.of(
            "privacy:\n  rounds: 1\n  rounds: 2\n", "line 3: 'rounds' stands here and in line 2"),
        Arguments.of(
            "data: {set: csv}\nrun: {}\ndata: {set: idx}", "line 2: section 'run' is empty"),
        Arguments.of(
            "data: {set: csv}\n\ndata: {set: idx}", "line 3: 'data' stands here and in line 1"),
        Arguments.of(
            "data:\n  set: &a csv\n", "line 2: anchors (&name) and aliases (*name) are not read"),
        Arguments.of("data:\n  set: *a\n", "line 2: "),
        Arguments.of("data:\n  set: !!str csv\n", "line 2: tags (!name) are not read"),
        Arguments.of("data: !x {set: csv}\n", "line 1: tags (!name) are not read"),
        Arguments.of(
            "data: {set: csv}\n---\ndata: {set: idx}\n", "line 2: a second document begins"),
        Arguments.of("data:\n  ? [a]\n  : b\n", "line 2: a key must be text"),
        Arguments.of(
            "data:\n  classes: [[a], [b]]\n", "line 2: data.classes must be a list of texts"),
        Arguments.of("data:\n  classes: {a: b}\n", "line 2: data.classes must be a list of texts"),
        Arguments.of("data:\n  classes: a\n", "line 2: data.classes must be a list of texts"),
        Arguments.of(
            "data:\n  classes:\n  - a\n  -\n", "line 2: data.classes must be a list of texts"),
        Arguments.of("data:\n  unit: {a: b}\n", "line 2: data.unit must be text"),
        Arguments.of("data:\n  unit:\n", "line 2: data.unit must be text, has no value"),
        Arguments.of("data:\n  unit: ''\n", "line 2: data.unit must be text"),
        Arguments.of(
            "data:\n  categories: {a: {b: {c: [d]}}}\n", "line 2: values are nested too deeply"),
        Arguments.of("[".repeat(100_000), "expected a section"),
        Arguments.of("data: " + "[".repeat(100_000), "section 'data' holds a value"),
        Arguments.of("privacy:\n  rounds: 1_000\n", "line 2: privacy.rounds must be an integer"),
        Arguments.of("privacy:\n  rounds: 0x10\n", "line 2: privacy.rounds must be an integer"),
        Arguments.of(
            "privacy:\n  rounds: 3000000000\n", "line 2: privacy.rounds must be an integer"),
        Arguments.of(
            "privacy:\n  epsilon: .inf\n", "line 2: privacy.epsilon must be a positive number"),
        Arguments.of(
            "privacy:\n  epsilon: 1e999\n", "line 2: privacy.epsilon must be a positive number"),
        Arguments.of(
            "privacy:\n  epsilon: 1e-999\n", "line 2: privacy.epsilon must be a positive number"),
        Arguments.of("data:\n  header: no\n", "line 2: data.header must be true or false, was no"),
        Arguments.of(
            "data:\n  ranges: {age: [0, x]}\n", "line 2: data.ranges must be a map of two numbers"),
        Arguments.of("data:\n  ranges: {age: [1, 0]}\n", "the lower first"),
        Arguments.of("run:\n  name: ../x\n", "line 2: run.name must be a name"),
        Arguments.of("", "holds no settings"),
        Arguments.of("# nothing\n", "holds no settings"),
        Arguments.of("---\n...\n", "expected a section"));
  }

  @ParameterizedTest
  @MethodSource("badFiles")
  void of_badFile_isOneLineWithFileAndLine(String yaml, String message) throws IOException {
    assertRefused(yaml.getBytes(StandardCharsets.UTF_8), message);
  }

  static Stream<Arguments> badBytes() {
    String yaml = "data:\n  unit: größe\n";
    return Stream.of(
        Arguments.of(yaml.getBytes(StandardCharsets.ISO_8859_1), "line 2: is not UTF-8"),
        Arguments.of(yaml.getBytes(Charset.forName("UTF-16")), "line 1: is not UTF-8"),
        Arguments.of(
            "data: 1".getBytes(StandardCharsets.UTF_16BE),
            "line 1: holds the control character U+0000"),
        Arguments.of(new byte[] {0x50, 0x4b, 3, 4}, "line 1: holds the control character U+0003"),
        Arguments.of(
            "data:\n  unit: a\u001b[0m\n".getBytes(StandardCharsets.UTF_8),
            "line 2: holds the control character U+001B"),
        Arguments.of(new byte[(1 << 18) + 1], "is longer than 262144 bytes"));
  }

  @ParameterizedTest
  @MethodSource("badBytes")
  void of_fileThatIsNoText_isOneLineWithTheLineAtFault(byte[] bytes, String message)
      throws IOException {
    assertRefused(bytes, message);
  }

  private void assertRefused(byte[] bytes, String message) throws IOException {
    Path file = Files.write(directory.resolve("bad.yaml"), bytes);
    assertThatThrownBy(() -> Configuration.of(file))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message)
        .satisfies(error -> assertThat(String.valueOf(error.getMessage()).lines()).hasSize(1));
  }

  @Test
  void of_byteOrderMark_isNoPartOfTheText() throws IOException {
    Path file = Files.writeString(directory.resolve("a.yaml"), "\ufeffdata: {set: csv}\n");
    assertThat(Configuration.of(file).text("data.set")).isEqualTo("csv");
  }

  @Test
  void of_paths_areRelativeToTheFileAndWrittenAbsolute() throws IOException {
    Path file = Files.createDirectories(directory.resolve("conf")).resolve("a.yaml");
    Files.writeString(file, "data: {set: csv, file: ../rows.csv}\nrun: {directory: /else/where}\n");
    Configuration configuration = Configuration.of(file);
    assertThat(Path.of(configuration.text("data.file")))
        .isEqualTo(directory.resolve("conf/../rows.csv"));
    assertThat(configuration.toYaml())
        .contains(directory.toAbsolutePath() + "/conf/../rows.csv", "directory: /else/where");
  }

  @Test
  void withFlag_path_isRelativeToTheWorkingDirectoryAndWrittenAbsolute() {
    Configuration configuration =
        Configuration.standard().withFlag(Settings.named("run.directory"), "here");
    assertThat(configuration.text("run.directory")).isEqualTo("here");
    assertThat(configuration.toYaml())
        .containsPattern(
            "directory: \"?" + Pattern.quote(Path.of("here").toAbsolutePath().toString()));
  }

  @Test
  void toYaml_readAgain_saysTheSame() throws IOException {
    Path file = directory.resolve("a.yaml");
    Files.writeString(
        file,
        """
        data: {set: csv, file: a.csv, label: "1", classes: [008, 010, yes], missing: ["9.90", ~, ""],
               categories: {dx: [0x10, 1_000, +7], 010: [a]}, ranges: {age: [0, 1e2]}, testExamples: 3}
        partition: {by: dirichlet, examplesPerClient: 5, alpha: .5}
        model: {architecture: logistic}
        client: {learningRate: 1e-1}
        privacy: {expectedCohortSize: 2.50, rounds: 1, clipNorm: 0.5, noiseMultiplier: 1, delta: 1.0e-3}
        run: {directory: out}
        """);
    Configuration first = Configuration.of(file).complete();
    Path written = Files.writeString(directory.resolve("b.yaml"), first.toYaml());
    Configuration second = Configuration.of(written).complete();
    assertThat(second.toTree()).isEqualTo(first.toTree());
    assertThat(second.toYaml()).isEqualTo(first.toYaml());
    assertThat(second.texts("data.classes")).containsExactly("008", "010", "yes");
    assertThat(second.texts("data.missing")).containsExactly("9.90", "~", "");
    assertThat(second.textsByName("data.categories"))
        .isEqualTo(Map.of("dx", List.of("0x10", "1_000", "+7"), "010", List.of("a")));
    assertThat(second.number("privacy.expectedCohortSize")).isEqualTo(2.5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..", ".", "a/b", "a\\b", "/abs", "C:x", "a\u0000b", "a\nb", "a\u202eb", "CON", "nul.txt",
        "com1", "LPT9.tar.gz", "x.", "x ", " x", "a*b", "a?b", "a|b", "a<b", "a\"b", ""
      })
  void directoryName_thatLeavesTheRunsDirectoryOrIsNoNameEverywhere_isRefused(String name) {
    assertThat(Kind.directoryName().read(TextNode.valueOf(name))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "a..b", "wdbc-2", "eps=3, δ=1e-5", "Größe 3", ".hidden", "console", "0"})
  void directoryName_ordinary_isTaken(String name) {
    assertThat(Kind.directoryName().read(TextNode.valueOf(name))).isPresent();
  }
}
