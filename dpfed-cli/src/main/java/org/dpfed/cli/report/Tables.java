package org.dpfed.cli.report;

import static j2html.TagCreator.caption;
import static j2html.TagCreator.code;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.th;
import static j2html.TagCreator.tr;

import com.fasterxml.jackson.databind.JsonNode;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tables of pages. Each scrolls in its own box, so that the page fits into a narrow window. */
final class Tables {
  private Tables() {}

  /**
   * A table in a box that a keyboard can scroll.
   *
   * @param name of the table, also for those who cannot see it
   */
  static DomContent boxed(String name, DomContent... parts) {
    List<DomContent> all = new ArrayList<>();
    all.add(caption(name));
    all.addAll(List.of(parts));
    return div(table(all.toArray(DomContent[]::new)))
        .withClass("box")
        .withTabindex(0)
        .attr("role", "region")
        .attr("aria-label", name);
  }

  /** Names and what belongs to them. */
  static DomContent pairs(String name, Map<String, DomContent> rows) {
    return boxed(
        name,
        tbody(
            each(
                rows.entrySet(),
                row -> tr(th(row.getKey()).attr("scope", "row"), td(row.getValue())))));
  }

  /** The leaves of an object of the report under their dotted names. */
  static DomContent leaves(String name, ReportNumbers numbers, String pointer) {
    Map<String, DomContent> rows = new LinkedHashMap<>();
    collect(numbers, pointer, "", rows);
    return pairs(name, rows);
  }

  private static void collect(
      ReportNumbers numbers, String pointer, String prefix, Map<String, DomContent> rows) {
    for (Map.Entry<String, JsonNode> entry : numbers.report().at(pointer).properties()) {
      JsonNode value = entry.getValue();
      String at = pointer + ReportNumbers.step(entry.getKey());
      String key = prefix + entry.getKey();
      if (value.isObject()) {
        collect(numbers, at, key + ".", rows);
      } else if (value.isNumber()) {
        rows.put(key, numbers.at(at));
      } else {
        rows.put(key, code(value.isTextual() ? value.asText() : value.toString()));
      }
    }
  }
}
