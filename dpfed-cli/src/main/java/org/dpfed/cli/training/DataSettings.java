package org.dpfed.cli.training;

import static org.dpfed.cli.training.Kind.anyInteger;
import static org.dpfed.cli.training.Kind.character;
import static org.dpfed.cli.training.Kind.classes;
import static org.dpfed.cli.training.Kind.fraction;
import static org.dpfed.cli.training.Kind.integer;
import static org.dpfed.cli.training.Kind.list;
import static org.dpfed.cli.training.Kind.map;
import static org.dpfed.cli.training.Kind.oneOf;
import static org.dpfed.cli.training.Kind.path;
import static org.dpfed.cli.training.Kind.paths;
import static org.dpfed.cli.training.Kind.range;
import static org.dpfed.cli.training.Kind.ranges;
import static org.dpfed.cli.training.Kind.text;
import static org.dpfed.cli.training.Kind.yesNo;

import java.util.List;
import java.util.stream.Stream;

/** Settings of the examples; those of images and of clients are in files of their own. */
final class DataSettings {
  private static final List<Setting> ROWS =
      List.of(
          Setting.of(
                  "data.set",
                  "--data",
                  oneOf(
                      "wdbc",
                      "fashion-mnist",
                      "medmnist",
                      "idx",
                      "image-folder",
                      "nifti",
                      "dicom",
                      "csv",
                      IndexedSource.SET),
                  "",
                  "Data set: the included Wisconsin breast cancer records, Fashion-MNIST, a file of MedMNIST, or your own: IDX files, folders of PNG, JPEG or TIFF images, NIfTI volumes, DICOM files, CSV files; or an index that dpfed data index made of one of these.")
              .needed(),
          Setting.of(
                  "data.directory",
                  "--data-directory",
                  path(),
                  "",
                  "Directory of IDX files (Fashion-MNIST has a default), of DICOM files at any depth, of sites with images, of an index, or of CSV files; without a key column, each CSV file is one client, named after the file.")
              .onlyWith(
                  "data.set",
                  "fashion-mnist",
                  "idx",
                  "image-folder",
                  "dicom",
                  IndexedSource.SET,
                  "csv")
              .neededWith("data.set", "idx", "image-folder", IndexedSource.SET, "dicom")
              .neededUnless("data.url"),
          csv(
              "data.regression",
              "--regression",
              range("[0, 100]"),
              "",
              "Public range of the label, if it is a number to predict."),
          Setting.of(
                  "data.classes",
                  "--classes",
                  classes(),
                  "",
                  "Classes of the labels, in the order of their numbers; a map gives the labels of each class in a CSV file, or its values in NIfTI files.")
              .onlyWith("data.set", "idx", "image-folder", "nifti", "dicom", "csv")
              .notWith("data.regression")
              .needed(),
          csv(
                  "data.files",
                  "--data-files",
                  paths(),
                  "",
                  "CSV files; without a key column, each file is one client, named after the file.")
              .notWith("data.directory"),
          Setting.of(
                  "data.file",
                  "--data-file",
                  path(),
                  "",
                  "CSV file, plain or gzipped; the .npz file of a MedMNIST set; for NIfTI a CSV file with the header patient,image,labels (and site, if known) and paths relative to it.")
              .onlyWith("data.set", "medmnist", "nifti", "csv")
              .notWith("data.files")
              .notWith("data.directory")
              .needed(),
          csv("data.testFile", "--test-file", path(), "", "CSV file of rows to evaluate on."),
          csv("data.header", "--header", yesNo(), "true", "Whether CSV files have a header."),
          csv(
              "data.delimiter",
              "--delimiter",
              character("tab", "space"),
              ",",
              "Character between two values."),
          csv(
              "data.quote",
              "--quote",
              character("off"),
              "\"",
              "Character around values that contain delimiters or line breaks; off if the file does not quote values."),
          csv(
              "data.encoding",
              "--encoding",
              text(),
              "",
              "Encoding of CSV files, such as windows-1252. Default: that of their byte order mark, or UTF-8."),
          csv(
                  "data.label",
                  "--label",
                  text(),
                  "",
                  "Label column: its name in the header, or its position from 0 if there is no header.")
              .needed(),
          csv("data.key", "--key", text(), "", "Column that says which client a row belongs to.")
              .neededWith("partition.by", "by-key")
              .neededUnless("data.files")
              .neededUnless("data.directory"),
          csv(
              "data.similarKeys",
              "--similar-keys",
              oneOf("refuse", "join", "distinct"),
              "refuse",
              "How to treat keys that differ only in case, blanks or equivalent characters: as an error, as one client or as several."),
          csv(
              "data.ranges",
              "--ranges",
              ranges("{age: [0, 100]}"),
              "",
              "Public range of each numeric column; values are scaled by it, and values outside are moved to the nearer end."),
          csv(
              "data.categories",
              "--categories",
              map("{sex: [f, m]}"),
              "",
              "Values of each categorical column."),
          csv(
              "data.remainingRange",
              "--remaining-range",
              range("[0, 1]"),
              "",
              "Public range of every column that no other setting names; values outside are moved to the nearer end."),
          csv("data.ignore", "--ignore", list(), "", "Columns to leave out."),
          csv(
              "data.missing",
              "--missing",
              list(),
              "",
              "Texts that mark a missing value, such as [\"?\"]; an empty cell always does."),
          csv(
              "data.onMissing",
              "--on-missing",
              oneOf("refuse", "neutral", "drop-row"),
              "refuse",
              "What to do with a missing value: refuse the file, use the neutral value of the column (the middle of a range; none of the categories), or drop the row."),
          Setting.of(
                  "data.testShare",
                  "--test-share",
                  fraction(true),
                  "",
                  "Share of the keys (of the rows if there is no key) to hold out for evaluation. Default: 0.2.")
              .onlyWith("data.set", "image-folder", "nifti", "dicom", "csv")
              .notWith("data.testFile")
              .notWith("data.testSites"),
          csv(
                  "data.testExamples",
                  "--test-examples",
                  integer(1),
                  "",
                  "Approximate number of rows to hold out; their share, rounded to one digit, becomes a public constant.")
              .notWith("data.testFile")
              .notWith("data.testShare"),
          Setting.of(
                  "data.splitSeed",
                  "--split-seed",
                  anyInteger(),
                  "0",
                  "Seed of the hash that decides what is held out.")
              .onlyWith("data.set", "image-folder", "nifti", "dicom", "csv")
              .notWith("data.testFile")
              .notWith("data.testSites"),
          Setting.of(
                  "data.unit", "--unit", text(), "", "What one client represents, such as patient.")
              .notWith("data.set", IndexedSource.SET),
          csv(
                  "data.rowsPerUnit",
                  "--unit-rows",
                  oneOf("one", "any"),
                  "any",
                  "Whether each unit has exactly one row. dpfed cannot check this; the guarantee lists it as an assumption.")
              .onlyWith("data.unit"));

  static final List<Setting> ALL =
      Stream.of(ROWS, ImageDataSettings.ALL, PartitionSettings.ALL).flatMap(List::stream).toList();

  private DataSettings() {}

  /** A setting of CSV files alone. */
  private static Setting csv(
      String key, String flag, Kind kind, String fallback, String description) {
    return Setting.of(key, flag, kind, fallback, description).onlyWith("data.set", "csv");
  }
}
