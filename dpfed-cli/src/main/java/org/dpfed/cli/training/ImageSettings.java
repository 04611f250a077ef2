package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.dpfed.data.Scaling;
import org.dpfed.imaging.data.CtWindow;
import org.dpfed.imaging.data.ImageSize;

/**
 * What a configuration says of images: public constants, none of them taken from the files.
 *
 * @param classNames in the order of their numbers
 * @param classOfLabel the class of each label; where the configuration states no labels, the names
 *     of classes stand for themselves
 * @param areLabelsStated whether it does
 * @param scaling of the values
 * @param size of every image
 * @param fits whether images of another size are brought to it; they are refused if not
 * @param channels 1 for grey, 3 for red, green and blue
 */
record ImageSettings(
    List<String> classNames,
    Map<String, Integer> classOfLabel,
    boolean areLabelsStated,
    Scaling scaling,
    ImageSize size,
    boolean fits,
    int channels) {
  private static final String CT = "ct-";

  static ImageSettings of(Configuration configuration) {
    Map<String, List<String>> labels = configuration.textsByName("data.classes");
    boolean areStated = !labels.isEmpty();
    configuration.texts("data.classes").stream()
        .filter(name -> !areStated)
        .forEach(name -> labels.merge(name, List.of(name), ImageSettings::joined));
    List<String> names = List.copyOf(labels.keySet());
    Map<String, Integer> classOfLabel = new HashMap<>();
    labels.forEach(
        (name, ofClass) -> {
          for (String label : ofClass) {
            if (classOfLabel.putIfAbsent(label, names.indexOf(name)) != null) {
              throw new IllegalArgumentException(
                  "data.classes must name each class and label once, names '%s' twice"
                      .formatted(label));
            }
          }
        });
    if (names.size() < 2) {
      throw new IllegalArgumentException("data.classes must be at least 2, were " + names.size());
    }
    List<Double> size = configuration.numbers("data.imageSize");
    return new ImageSettings(
        names,
        classOfLabel,
        areStated,
        scaling(configuration),
        new ImageSize(size.get(0).intValue(), size.get(1).intValue()),
        configuration.yes("data.fit"),
        configuration.optionalText("data.channels").map(Integer::valueOf).orElse(1));
  }

  private static List<String> joined(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  /** Bytes of a pixel to [0, 1] where nothing is said. */
  static Scaling scaling(Configuration configuration) {
    Optional<JsonNode> value = configuration.value("data.scaling");
    if (value.isEmpty()) {
      return Scaling.Affine.PIXEL;
    }
    JsonNode node = value.get();
    if (node.isArray()) {
      return new Scaling.Range(node.get(0).asDouble(), node.get(1).asDouble());
    }
    if (node.isObject()) {
      return new Scaling.Affine(
          node.path(ImageKinds.MEAN).asDouble(), node.path(ImageKinds.DEVIATION).asDouble());
    }
    return switch (node.asText()) {
      case "pixel" -> Scaling.Affine.PIXEL;
      case "centred-pixel" -> Scaling.Affine.CENTRED_PIXEL;
      default ->
          CtWindow.valueOf(
                  node.asText().substring(CT.length()).replace('-', '_').toUpperCase(Locale.ROOT))
              .scaling();
    };
  }

  /** The names of scalings without constants of their own. */
  static List<String> scalings() {
    List<String> names = new ArrayList<>(List.of("pixel", "centred-pixel"));
    for (CtWindow window : CtWindow.values()) {
      names.add(CT + window.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    return names;
  }
}
