package org.dpfed.imaging.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a file says of one layer.
 *
 * @param kind Keras' class, such as {@code Conv2D}
 * @param name of the layer
 * @param options as the file has them
 * @param inputs names of the layers before it
 */
record LayerConfig(String kind, String name, JsonNode options, List<String> inputs) {
  /** Names that may stand in a message: one line, nothing but what TensorFlow takes for a name. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.][A-Za-z0-9_.\\\\/>+-]{0,199}");

  /** Options that change training and that are not carried over. */
  private static final List<String> UNSUPPORTED =
      List.of(
          "kernel_regularizer",
          "bias_regularizer",
          "activity_regularizer",
          "kernel_constraint",
          "bias_constraint");

  /**
   * @throws KerasException when it is no name
   */
  static String checkedName(JsonNode node, String what) throws KerasException {
    if (!node.isTextual() || !NAME.matcher(node.textValue()).matches()) {
      throw new KerasException(
          "expected %s of letters, digits and _.-/, found something else".formatted(what));
    }
    return node.textValue();
  }

  /**
   * @param text what is wrong and the remedy
   */
  KerasException problem(String text) {
    return new KerasException("layer '%s' (%s): %s".formatted(name, kind, text));
  }

  /** Whether its weights are trained; so unless the file says otherwise. */
  boolean isTrainable() {
    return options.path("trainable").asBoolean(true);
  }

  /** A text; the alternative where the file has none. */
  String word(String option, String alternative) throws KerasException {
    JsonNode node = options.path(option);
    return node.isMissingNode() || node.isNull()
        ? alternative
        : checkedName(node, "option " + option);
  }

  boolean flag(String option, boolean alternative) {
    return options.path(option).asBoolean(alternative);
  }

  double number(String option, double alternative) throws KerasException {
    JsonNode node = options.path(option);
    if (node.isMissingNode() || node.isNull()) {
      return alternative;
    }
    if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
      throw problem("expected a finite number in %s, found something else".formatted(option));
    }
    return node.doubleValue();
  }

  int positive(String option) throws KerasException {
    return integer(options.path(option), option, 1);
  }

  /** Two positive numbers: of rows and of columns. */
  int[] pair(String option) throws KerasException {
    return pair(options.path(option), option, 1);
  }

  /** Rows above and below, columns left and right. */
  int[] borders(String option) throws KerasException {
    JsonNode node = options.path(option);
    int[] rows = pair(node.path(0), option, 0);
    int[] columns = pair(node.path(1), option, 0);
    return new int[] {rows[0], rows[1], columns[0], columns[1]};
  }

  private int[] pair(JsonNode node, String option, int least) throws KerasException {
    if (node.size() != 2) {
      throw problem("expected two numbers in %s, found something else".formatted(option));
    }
    return new int[] {integer(node.get(0), option, least), integer(node.get(1), option, least)};
  }

  private int integer(JsonNode node, String option, int least) throws KerasException {
    if (!node.isInt() || node.intValue() < least) {
      throw problem(
          "expected whole numbers of at least %d in %s, found something else"
              .formatted(least, option));
    }
    return node.intValue();
  }

  /**
   * Refuses another value of an option.
   *
   * @param remedy what to do about it
   */
  void require(String option, Set<String> values, String remedy) throws KerasException {
    JsonNode node = options.path(option);
    if (!node.isMissingNode() && !values.contains(node.asText())) {
      throw problem("%s must be %s; %s".formatted(option, String.join(" or ", values), remedy));
    }
  }

  /** Refuses what every layer with weights may have and none here takes. */
  void requirePlainWeights() throws KerasException {
    for (String option : UNSUPPORTED) {
      if (options.hasNonNull(option)) {
        throw problem("%s is not taken over; set it to None and save again".formatted(option));
      }
    }
  }

  /** Refuses images that are not {@code [n, height, width, channels]} in the file. */
  void requireChannelsLast() throws KerasException {
    require("data_format", Set.of("channels_last"), "save the model with channels_last");
  }
}
