package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.node.LongNode;
import java.util.List;
import java.util.Optional;

/** The values that settings of images accept. */
final class ImageKinds {
  /** Of a scaling, the number that becomes 0. */
  static final String MEAN = "mean";

  /** Of a scaling, the distance from it that becomes 1. */
  static final String DEVIATION = "deviation";

  private ImageKinds() {}

  /** Height and width. */
  static Kind imageSize() {
    return Kind.collection(
        "two integers from 1 to 65535, height and width, such as [128, 128]",
        "[128, 128]",
        raw ->
            RawValues.list(
                    raw,
                    item ->
                        RawValues.scalar(
                            item, text -> RawValues.whole(text, 1, 65_535).map(LongNode::valueOf)))
                .filter(pair -> pair.size() == 2));
  }

  /** One of a few names, two numbers, or a mean and a deviation. */
  static Kind scaling(List<String> names) {
    return Kind.collection(
        "one of %s; two numbers, the lower first, such as [-150, 250]; or a mean and a positive deviation, such as {%s: 40, %s: 20}"
            .formatted(String.join(", ", names), MEAN, DEVIATION),
        names.get(0),
        raw ->
            raw.isObject()
                ? RawValues.map(
                        raw,
                        item -> RawValues.scalar(item, text -> RawValues.number(text, v -> true)))
                    .filter(
                        map ->
                            map.size() == 2 && map.has(MEAN) && map.path(DEVIATION).asDouble() > 0)
                : raw.isTextual()
                    ? Optional.of(raw).filter(name -> names.contains(name.asText()))
                    : RawValues.range(raw));
  }
}
