package org.dpfed.spark;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;

/** Rows of numbers, in the order of the names asked for; true is 1, false is 0. */
final class NumberRows extends RecordMaterializer<float[]> {
  private final List<String> names;
  private final float[] row;
  private final boolean[] isThere;
  private final GroupConverter root;

  /**
   * @param read the columns that come, of which some may not be asked for
   */
  NumberRows(MessageType read, List<String> names) {
    this.names = names;
    this.row = new float[names.size()];
    this.isThere = new boolean[names.size()];
    Converter[] columns =
        read.getFields().stream()
            .map(field -> new Column(places(field.getName())))
            .toArray(Converter[]::new);
    this.root =
        new GroupConverter() {
          @Override
          public Converter getConverter(int field) {
            return columns[field];
          }

          @Override
          public void start() {
            Arrays.fill(isThere, false);
          }

          @Override
          public void end() {}
        };
  }

  private int[] places(String name) {
    return IntStream.range(0, names.size())
        .filter(place -> names.get(place).equals(name))
        .toArray();
  }

  @Override
  public float[] getCurrentRecord() {
    for (int i = 0; i < row.length; i++) {
      if (!isThere[i]) {
        throw new IllegalStateException(
            "expected a value in each row of column '%s', found none; fill it in when the file is written"
                .formatted(names.get(i)));
      }
    }
    return row.clone();
  }

  @Override
  public GroupConverter getRootConverter() {
    return root;
  }

  /** Puts values of a column where they belong. */
  private final class Column extends PrimitiveConverter {
    private final int[] places;

    Column(int[] places) {
      this.places = places;
    }

    @Override
    public void addFloat(float value) {
      for (int place : places) {
        row[place] = value;
        isThere[place] = true;
      }
    }

    @Override
    public void addDouble(double value) {
      addFloat((float) value);
    }

    @Override
    public void addInt(int value) {
      addFloat(value);
    }

    @Override
    public void addLong(long value) {
      addFloat((float) value);
    }

    @Override
    public void addBoolean(boolean value) {
      addFloat(value ? 1 : 0);
    }
  }
}
