package org.dpfed.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The Wisconsin Diagnostic Breast Cancer records: 569 patients, 30 features computed from images of
 * cell nuclei, and the diagnosis: benign (class 0, 357 patients) or malignant (class 1, 212), which
 * is the positive class of binary metrics. Included in dpfed.
 *
 * <p>Features are mapped to [−1, 1] with the smallest and largest values in the published
 * description of the data set. These are constants in this source file, rounded as published, not
 * computed from the rows; the few values that exceed the range because of the rounding are moved to
 * its nearest end.
 *
 * <p>Source: W. Wolberg, O. Mangasarian, N. Street, W. Street, <i>Breast Cancer Wisconsin
 * (Diagnostic)</i>, UCI Machine Learning Repository, 1993, doi:10.24432/C5DW2B, CC BY 4.0.
 */
public final class WisconsinBreastCancer {
  /** Whose record one row is: the unit of privacy when every row is a client. */
  public static final String UNIT = "patient";

  /**
   * The patients held out for evaluation, by their position in the source: drawn once, with the
   * share of malignant diagnoses that the whole has, and a constant ever since.
   */
  private static final int[] TEST_ROWS = {
    1, 6, 7, 11, 15, 17, 21, 32, 36, 66, 84, 87, 93, 100, 103, 105, 106, 114, 115, 127, 131, 148,
    153, 154, 157, 163, 164, 166, 172, 174, 175, 189, 193, 196, 198, 207, 210, 213, 248, 252, 254,
    258, 259, 260, 266, 267, 270, 271, 277, 283, 291, 293, 298, 303, 305, 307, 309, 310, 314, 318,
    323, 330, 331, 332, 340, 346, 349, 353, 358, 359, 362, 366, 368, 373, 374, 378, 382, 390, 405,
    406, 413, 414, 415, 418, 434, 444, 446, 450, 454, 458, 460, 463, 467, 472, 475, 481, 485, 496,
    497, 500, 509, 517, 520, 527, 530, 534, 535, 539, 540, 541, 547, 551, 559, 565
  };

  private static final String RESOURCE = "breast-cancer-wisconsin-diagnostic.csv";

  private WisconsinBreastCancer() {}

  /**
   * 455 patients to train on and 114 held out, the same ones every time, with the same share of
   * malignant diagnoses up to one patient.
   */
  public static TrainTestSplit split() {
    LabelledData all = all();
    int[] train =
        IntStream.range(0, all.size())
            .filter(row -> Arrays.binarySearch(TEST_ROWS, row) < 0)
            .toArray();
    return new TrainTestSplit(all.select(train), all.select(TEST_ROWS));
  }

  /** All 569 patients, in the order of the source; each has one row. */
  public static LabelledData all() {
    try (InputStream stream = WisconsinBreastCancer.class.getResourceAsStream(RESOURCE)) {
      if (stream == null) {
        throw new IllegalStateException("resource " + RESOURCE + " is missing from dpfed-models");
      }
      return new CsvReader(schema()).read(stream, RESOURCE).oneRowPer(UNIT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What the columns of the file mean: three statistics of ten features, each with its published
   * range. New rows of a CSV file can be read by it.
   */
  public static CsvSchema schema() {
    return CsvSchema.builder()
        .label("diagnosis", List.of("benign", "malignant"))
        .numeric("radius (mean)", 6.981, 28.11)
        .numeric("texture (mean)", 9.71, 39.28)
        .numeric("perimeter (mean)", 43.79, 188.5)
        .numeric("area (mean)", 143.5, 2501.0)
        .numeric("smoothness (mean)", 0.053, 0.163)
        .numeric("compactness (mean)", 0.019, 0.345)
        .numeric("concavity (mean)", 0.0, 0.427)
        .numeric("concave points (mean)", 0.0, 0.201)
        .numeric("symmetry (mean)", 0.106, 0.304)
        .numeric("fractal dimension (mean)", 0.05, 0.097)
        .numeric("radius (standard error)", 0.112, 2.873)
        .numeric("texture (standard error)", 0.36, 4.885)
        .numeric("perimeter (standard error)", 0.757, 21.98)
        .numeric("area (standard error)", 6.802, 542.2)
        .numeric("smoothness (standard error)", 0.002, 0.031)
        .numeric("compactness (standard error)", 0.002, 0.135)
        .numeric("concavity (standard error)", 0.0, 0.396)
        .numeric("concave points (standard error)", 0.0, 0.053)
        .numeric("symmetry (standard error)", 0.008, 0.079)
        .numeric("fractal dimension (standard error)", 0.001, 0.03)
        .numeric("radius (worst)", 7.93, 36.04)
        .numeric("texture (worst)", 12.02, 49.54)
        .numeric("perimeter (worst)", 50.41, 251.2)
        .numeric("area (worst)", 185.2, 4254.0)
        .numeric("smoothness (worst)", 0.071, 0.223)
        .numeric("compactness (worst)", 0.027, 1.058)
        .numeric("concavity (worst)", 0.0, 1.252)
        .numeric("concave points (worst)", 0.0, 0.291)
        .numeric("symmetry (worst)", 0.156, 0.664)
        .numeric("fractal dimension (worst)", 0.055, 0.208)
        .build();
  }
}
