package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.dpfed.cli.UsageException;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;

/**
 * Reads settings in YAML without YAML's types: every scalar is its literal text, and an empty
 * scalar without quotes is {@code null}. Constructs that are hard to read are refused: anchors,
 * tags, several documents, repeated keys.
 */
final class SettingsReader {
  private static final int DEEPEST = 5;
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /**
   * A setting as it stands in a file.
   *
   * @param key dotted, whether or not there is such a setting
   * @param raw texts, lists and maps of texts, and nulls
   * @param source the file and line
   */
  record Entry(String key, JsonNode raw, String source) {}

  private final String source;
  private final Iterator<Event> events;

  private SettingsReader(String yaml, String source) {
    this.source = source;
    this.events = new Yaml(new LoaderOptions()).parse(new StringReader(yaml)).iterator();
  }

  /**
   * The settings in a file's text, by section.
   *
   * @throws UsageException when it is not YAML or not made of sections
   */
  static List<Entry> sections(String yaml, String source) {
    return new SettingsReader(yaml, source).sections();
  }

  /**
   * The one value in a flag's text.
   *
   * @throws UsageException when it is not YAML
   */
  static JsonNode value(String yaml, String flag) {
    SettingsReader reader = new SettingsReader(yaml, flag);
    return reader.document(NODES.nullNode(), first -> reader.node(first, 2));
  }

  /** Reads what begins with an event. */
  private interface Content<T> {
    T from(Event first);
  }

  private <T> T document(T empty, Content<T> content) {
    try {
      next();
      if (next().is(Event.ID.StreamEnd)) {
        return empty;
      }
      T result = content.from(next());
      next();
      Event end = next();
      if (!end.is(Event.ID.StreamEnd)) {
        throw refused(end, "a second document begins; one file describes one run");
      }
      return result;
    } catch (MarkedYAMLException e) {
      String place = e.getProblemMark() == null ? source : place(e.getProblemMark());
      throw new UsageException("%s: is not YAML: %s".formatted(place, e.getProblem()), e);
    } catch (YAMLException e) {
      throw new UsageException("%s: is not YAML: %s".formatted(source, e.getMessage()), e);
    }
  }

  private List<Entry> sections() {
    List<Entry> entries =
        document(
            List.of(),
            first -> {
              if (!first.is(Event.ID.MappingStart)) {
                throw refused(first, "expected a section of settings, such as 'privacy:'");
              }
              requirePlain(first);
              List<Entry> all = new ArrayList<>();
              Map<String, Integer> lines = new HashMap<>();
              for (Event event = next(); !event.is(Event.ID.MappingEnd); event = next()) {
                section(key(event, lines), event, all);
              }
              return all;
            });
    if (entries.isEmpty()) {
      throw new UsageException(source + ": holds no settings; see 'dpfed train --help'");
    }
    return entries;
  }

  private void section(String name, Event at, List<Entry> entries) {
    Event first = next();
    if (!first.is(Event.ID.MappingStart)) {
      throw refused(at, Settings.misplaced(name, isEmpty(first)));
    }
    requirePlain(first);
    Map<String, Integer> lines = new HashMap<>();
    for (Event event = next(); !event.is(Event.ID.MappingEnd); event = next()) {
      String key = name + "." + key(event, lines);
      entries.add(new Entry(key, node(next(), 2), place(event.getStartMark())));
    }
    if (lines.isEmpty()) {
      throw refused(at, Settings.misplaced(name, true));
    }
  }

  private JsonNode node(Event first, int depth) {
    requirePlain(first);
    if (depth > DEEPEST) {
      throw refused(first, "values are nested too deeply");
    }
    if (first.is(Event.ID.SequenceStart)) {
      ArrayNode list = NODES.arrayNode();
      for (Event event = next(); !event.is(Event.ID.SequenceEnd); event = next()) {
        list.add(node(event, depth + 1));
      }
      return list;
    }
    if (first.is(Event.ID.MappingStart)) {
      ObjectNode map = NODES.objectNode();
      Map<String, Integer> lines = new HashMap<>();
      for (Event event = next(); !event.is(Event.ID.MappingEnd); event = next()) {
        map.set(key(event, lines), node(next(), depth + 1));
      }
      return map;
    }
    return isEmpty(first) ? NODES.nullNode() : NODES.textNode(((ScalarEvent) first).getValue());
  }

  /** A key, which must not have stood in this map before. */
  private String key(Event event, Map<String, Integer> lines) {
    requirePlain(event);
    if (!(event instanceof ScalarEvent scalar)) {
      throw refused(event, "a key must be text, not a list or a map");
    }
    int line = event.getStartMark().getLine() + 1;
    Integer earlier = lines.put(scalar.getValue(), line);
    if (earlier != null) {
      throw refused(
          event, "'%s' stands here and in line %d; keep one".formatted(scalar.getValue(), earlier));
    }
    return scalar.getValue();
  }

  private static boolean isEmpty(Event event) {
    return event instanceof ScalarEvent scalar && scalar.isPlain() && scalar.getValue().isEmpty();
  }

  private void requirePlain(Event event) {
    boolean isAnchored = event instanceof NodeEvent node && node.getAnchor() != null;
    if (event instanceof AliasEvent || isAnchored) {
      throw refused(
          event,
          "anchors (&name) and aliases (*name) are not read; write the value out or quote it");
    }
    boolean isTagged =
        (event instanceof ScalarEvent scalar && scalar.getTag() != null)
            || (event instanceof CollectionStartEvent collection && collection.getTag() != null);
    if (isTagged) {
      throw refused(event, "tags (!name) are not read; leave the tag out or quote the value");
    }
  }

  private Event next() {
    return events.next();
  }

  private UsageException refused(Event event, String problem) {
    return new UsageException(place(event.getStartMark()) + ": " + problem);
  }

  private String place(Mark mark) {
    return source.startsWith("--") ? source : "%s, line %d".formatted(source, mark.getLine() + 1);
  }
}
