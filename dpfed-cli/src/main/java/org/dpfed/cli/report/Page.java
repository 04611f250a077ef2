package org.dpfed.cli.report;

import static j2html.TagCreator.body;
import static j2html.TagCreator.document;
import static j2html.TagCreator.each;
import static j2html.TagCreator.footer;
import static j2html.TagCreator.head;
import static j2html.TagCreator.header;
import static j2html.TagCreator.html;
import static j2html.TagCreator.main;
import static j2html.TagCreator.meta;
import static j2html.TagCreator.noscript;
import static j2html.TagCreator.p;
import static j2html.TagCreator.rawHtml;
import static j2html.TagCreator.script;
import static j2html.TagCreator.style;
import static j2html.TagCreator.title;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import j2html.tags.DomContent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A page in one file that opens without a network: styles, scripts and charts are in it. Its policy
 * lets a browser run these scripts and no others, and load nothing.
 */
final class Page {
  private static final String UNSAFE_IN_SCRIPT = "<";

  private final String title;
  private final Map<String, Chart> charts = new LinkedHashMap<>();

  Page(String title) {
    this.title = title;
  }

  /**
   * The place of a chart; nothing where it has no points.
   *
   * @param id one for each chart of the page
   */
  DomContent chart(String id, Chart chart) {
    if (chart.isEmpty()) {
      return each();
    }
    charts.put(id, chart);
    return chart.figureOf(id);
  }

  /**
   * The whole page.
   *
   * @param top what comes before the content
   * @param content with the charts that this page has given a place
   * @param bottom what comes after it
   */
  String of(DomContent top, DomContent content, DomContent bottom) {
    List<String> scripts =
        List.of(
            licensed("d3.LICENSE.txt", "d3.min.js"),
            licensed("plot.LICENSE.txt", "plot.umd.min.js"),
            resource("page.js"));
    return document(
        html(
                head(
                    meta().withCharset("utf-8"),
                    meta()
                        .attr("http-equiv", "Content-Security-Policy")
                        .withContent(policy(scripts)),
                    meta().withName("viewport").withContent("width=device-width, initial-scale=1"),
                    title(title),
                    style(rawHtml(resource("page.css")))),
                body(
                    header(top),
                    main(
                        noscript(
                            p(
                                "The charts need JavaScript. All numbers are in the tables without"
                                    + " it.")),
                        content),
                    footer(bottom),
                    script(rawHtml(data())).withId("charts").withType("application/json"),
                    each(scripts, text -> script(rawHtml(text)))))
            .withLang("en"));
  }

  /** In a script element nothing but a less-than sign can end it. */
  private String data() {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    charts.forEach((id, chart) -> all.set(id, chart.toJson()));
    return all.toString().replace(UNSAFE_IN_SCRIPT, "\\u003c");
  }

  /** Charts need styles on their elements; those cannot load anything either. */
  private static String policy(List<String> scripts) {
    return "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline';"
        + " script-src "
        + scripts.stream().map(Page::hash).collect(Collectors.joining(" "));
  }

  private static String hash(String script) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The page is a copy of the library, so its licence goes with it. */
  private static String licensed(String licence, String library) {
    return "/*\n" + resource(licence) + "*/\n" + resource(library);
  }

  private static String resource(String name) {
    try (InputStream stream = Page.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("resource " + name + " is missing from dpfed-cli");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
