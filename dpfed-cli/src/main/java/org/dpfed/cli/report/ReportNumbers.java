package org.dpfed.cli.report;

import static j2html.TagCreator.span;
import static j2html.TagCreator.tag;

import com.fasterxml.jackson.databind.JsonNode;
import j2html.tags.DomContent;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.dpfed.accounting.Guarantee;

/**
 * The numbers of a report as elements, which carry the exact value and the place in report.json
 * that it comes from.
 *
 * @param report as in report.json
 */
record ReportNumbers(JsonNode report) {
  private static final MathContext DIGITS = new MathContext(4, RoundingMode.HALF_EVEN);

  /**
   * The number at that place, with four significant digits; in words where there is none.
   *
   * @param pointer such as {@code /plan/clipNorm}
   */
  DomContent at(String pointer) {
    JsonNode number = report.at(pointer);
    return number.isNumber() ? element(number, pointer, shown(number)) : span("none");
  }

  /** The epsilon at that place, rounded up. */
  DomContent epsilon(String pointer) {
    JsonNode epsilon = report.at(pointer);
    return epsilon.isNumber()
        ? element(epsilon, pointer, Guarantee.displayed(epsilon.asDouble()))
        : span("no bound");
  }

  private static DomContent element(JsonNode number, String pointer, String shown) {
    return tag("data").attr("value", number.asText()).attr("data-at", pointer).withText(shown);
  }

  /** A number for people: whole numbers in full, others with four significant digits. */
  static String shown(JsonNode number) {
    return number.isIntegralNumber() ? number.asText() : shown(number.asDouble());
  }

  /**
   * Four significant digits.
   *
   * @param number finite
   */
  static String shown(double number) {
    BigDecimal rounded = BigDecimal.valueOf(number).round(DIGITS).stripTrailingZeros();
    double size = Math.abs(number);
    return size != 0 && (size < 1e-5 || size >= 1e9) ? rounded.toString() : rounded.toPlainString();
  }

  /** A step in a JSON pointer. */
  static String step(String name) {
    return "/" + name.replace("~", "~0").replace("/", "~1");
  }
}
