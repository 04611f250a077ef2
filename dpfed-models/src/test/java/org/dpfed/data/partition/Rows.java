package org.dpfed.data.partition;

import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.data.LabelledData;

/** Data whose single feature is the row number, so that a client shows which rows it got. */
final class Rows {
  private Rows() {}

  /** Labels cycle through the classes. */
  static LabelledData numbered(int size, int classes) {
    return labelled(IntStream.range(0, size).map(row -> row % classes).toArray(), classes);
  }

  static LabelledData labelled(int[] labels, int classes) {
    float[] features = new float[labels.length];
    for (int row = 0; row < features.length; row++) {
      features[row] = row;
    }
    List<String> names = IntStream.range(0, classes).mapToObj(k -> "class " + k).toList();
    return LabelledData.of(InputType.feedForward(1), features, labels, names);
  }
}
