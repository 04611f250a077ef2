package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.emitter.Emitter;
import org.yaml.snakeyaml.events.DocumentEndEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.ImplicitTuple;
import org.yaml.snakeyaml.events.MappingEndEvent;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceEndEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.events.StreamEndEvent;
import org.yaml.snakeyaml.events.StreamStartEvent;

/**
 * Writes settings in YAML. Numbers and switches are written as they were read; text is quoted
 * unless it is a plain word, so that any YAML reader reads it as text.
 */
final class SettingsWriter {
  private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*|/[A-Za-z0-9_./-]*");
  private static final Set<String> NOT_TEXT_TO_ALL =
      Set.of("true", "false", "yes", "no", "on", "off", "y", "n", "null");

  private final Emitter emitter;

  private SettingsWriter(StringWriter out) {
    DumperOptions options = new DumperOptions();
    options.setWidth(Integer.MAX_VALUE);
    options.setSplitLines(false);
    options.setAllowUnicode(true);
    this.emitter = new Emitter(out, options);
  }

  /**
   * The text of a file.
   *
   * @param raw what was read, by section and name
   * @param values what it stands for, of the same structure
   */
  static String write(JsonNode raw, JsonNode values) {
    StringWriter out = new StringWriter();
    try {
      new SettingsWriter(out).document(raw, values);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.append(System.lineSeparator()).toString();
  }

  private void document(JsonNode raw, JsonNode values) throws IOException {
    emitter.emit(new StreamStartEvent(null, null));
    emitter.emit(new DocumentStartEvent(null, null, false, null, null));
    map(raw, values, 0);
    emitter.emit(new DocumentEndEvent(null, null, false));
    emitter.emit(new StreamEndEvent(null, null));
  }

  private void node(JsonNode raw, JsonNode value, int depth) throws IOException {
    if (raw.isObject()) {
      map(raw, value, depth);
    } else if (raw.isArray()) {
      emitter.emit(new SequenceStartEvent(null, null, true, null, null, FlowStyle.FLOW));
      Iterator<JsonNode> items = value.iterator();
      for (JsonNode item : raw) {
        node(item, items.next(), depth + 1);
      }
      emitter.emit(new SequenceEndEvent(null, null));
    } else {
      scalar(raw.asText(), value.isTextual());
    }
  }

  private void map(JsonNode raw, JsonNode values, int depth) throws IOException {
    FlowStyle style = depth < 2 ? FlowStyle.BLOCK : FlowStyle.FLOW;
    emitter.emit(new MappingStartEvent(null, null, true, null, null, style));
    for (Map.Entry<String, JsonNode> entry : raw.properties()) {
      scalar(entry.getKey(), true);
      node(entry.getValue(), values.path(entry.getKey()), depth + 1);
    }
    emitter.emit(new MappingEndEvent(null, null));
  }

  private void scalar(String text, boolean isText) throws IOException {
    boolean isPlain = !isText || isWord(text);
    ScalarStyle style = isPlain ? ScalarStyle.PLAIN : ScalarStyle.DOUBLE_QUOTED;
    ImplicitTuple untagged = new ImplicitTuple(true, true);
    emitter.emit(new ScalarEvent(null, null, untagged, text, null, null, style));
  }

  private static boolean isWord(String text) {
    return WORD.matcher(text).matches() && !NOT_TEXT_TO_ALL.contains(text.toLowerCase(Locale.ROOT));
  }
}
