package org.dpfed.imaging.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A file that {@code make.py} made, with an input and the output that NumPy computed. */
record MadeModel(String name) {
  Path file() {
    return path(".h5");
  }

  /** As Keras has it: channels last. */
  INDArray kerasInput() {
    return array("input");
  }

  INDArray input() {
    return channelsFirst(kerasInput());
  }

  INDArray output() {
    return channelsFirst(array("output"));
  }

  static INDArray channelsFirst(INDArray array) {
    return array.rank() == 4 ? array.permute(0, 3, 1, 2).dup('c') : array;
  }

  private INDArray array(String key) {
    JsonNode node;
    try {
      node = new ObjectMapper().readTree(path(".json").toFile()).get(key);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    long[] shape = new long[node.get("shape").size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = node.get("shape").get(i).asLong();
    }
    float[] values = new float[node.get("values").size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) node.get("values").get(i).asDouble();
    }
    return Nd4j.create(values, shape, 'c');
  }

  private Path path(String ending) {
    try {
      return Path.of(MadeModel.class.getResource(name + ending).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
