package org.dpfed.cli.training;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dpfed.cli.CsvTable;
import org.dpfed.data.CsvFeatureReader;
import org.dpfed.data.Scaling;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Predictions as CSV with a header, one line for each row. */
final class PredictionTable {
  private final TrainedModel model;
  private final boolean hasKey;
  private final CsvTable table;

  /**
   * Writes the header.
   *
   * @param key name of the column that is copied
   * @param out flushed and closed by its owner
   */
  PredictionTable(TrainedModel model, Optional<String> key, Writer out) throws IOException {
    this.model = model;
    this.hasKey = key.isPresent();
    this.table = new CsvTable(out, System.lineSeparator());
    List<Object> header = new ArrayList<>(List.of("row"));
    key.ifPresent(header::add);
    header.add("predicted");
    model.schema().classNames().forEach(name -> header.add("probability of " + name));
    table.add(header);
  }

  /** Writes the predictions for these rows. */
  void add(CsvFeatureReader.Batch batch) throws IOException {
    float[][] outputs;
    try (INDArray output = model.network().output(batch.features(), false)) {
      outputs = output.toFloatMatrix();
    }
    for (int row = 0; row < outputs.length; row++) {
      List<Object> line = new ArrayList<>(List.of(batch.numbers().get(row)));
      if (hasKey) {
        line.add(batch.copies().get(row));
      }
      addPrediction(outputs[row], line);
      table.add(line);
    }
  }

  private void addPrediction(float[] outputs, List<Object> line) {
    Optional<Scaling.Range> range = model.schema().labelRange();
    if (range.isPresent()) {
      line.add(range.get().raw(outputs[0]));
      return;
    }
    int best = 0;
    for (int i = 1; i < outputs.length; i++) {
      best = outputs[i] > outputs[best] ? i : best;
    }
    line.add(model.schema().classNames().get(best));
    for (float probability : outputs) {
      line.add(probability);
    }
  }
}
