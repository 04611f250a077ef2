package org.dpfed.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.dpfed.fuzz.Envelope;
import org.dpfed.fuzz.FuzzedReader;
import org.dpfed.fuzz.Fuzzing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged tables, images and schemas are read or refused. */
final class DataFuzzTest {
  private static final String ROWS =
      """
      id,crp,sick,"sex, as stated",age
      id1,10.5,0,f,20
      id2,-3e1,1,"m",21

      "id \""3\""",88,2,f,?
      "id
      4",0.5,0,m,70
      """;

  private static final byte[] IMAGES =
      ByteBuffer.allocate(16 + 2 * 4 * 3)
          .putInt(0x0803)
          .putInt(2)
          .putInt(4)
          .putInt(3)
          .put(new byte[] {0, 1, 2, (byte) 255, 4, 5, 6, 7, 8, 9, 10, 11})
          .array();

  private static final byte[] LABELS =
      ByteBuffer.allocate(8 + 2).putInt(0x0801).putInt(2).put(new byte[] {0, 2}).array();

  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("readers")
  void read_damaged_isReadOrRefused(FuzzedReader reader) throws Exception {
    Fuzzing.run(reader, Fuzzing.FEW, directory);
  }

  @ParameterizedTest
  @MethodSource("readers")
  @Tag("stress")
  void read_damagedManyTimes_isReadOrRefused(FuzzedReader reader) throws Exception {
    Fuzzing.run(reader, Fuzzing.MANY, directory);
  }

  static Stream<FuzzedReader> readers() throws IOException {
    byte[] plain = ROWS.getBytes(UTF_8);
    byte[] wide = ("\uFEFF" + ROWS).getBytes(StandardCharsets.UTF_16LE);
    FuzzedReader rows =
        reader("CSV", "rows.csv", List.of(plain, wide), file -> new CsvReader(schema()).read(file));
    FuzzedReader newRows =
        reader("CSV of new rows", "rows.csv", List.of(plain, wide), DataFuzzTest::readNewRows);
    FuzzedReader images =
        reader("IDX images", "images", List.of(IMAGES), DataFuzzTest::readImages)
            .beside("labels", LABELS);
    FuzzedReader labels =
        reader("IDX labels", "labels", List.of(LABELS), DataFuzzTest::readImages)
            .beside("images", IMAGES);
    FuzzedReader sites =
        reader(
                "directory of CSV files",
                "north.csv",
                List.of("age,sick\n20,0\n30,1\n".getBytes(UTF_8)),
                DataFuzzTest::readSites)
            .beside("south.csv", "age,sick\n40,1\n50,0\n".getBytes(UTF_8));
    return Stream.of(
        rows,
        gzipped(rows),
        newRows,
        sites,
        images,
        gzipped(images),
        labels,
        reader("schema of CSV files", "preprocessing.json", schemas(), CsvSchemaFile::read));
  }

  private static FuzzedReader reader(
      String name, String fileName, List<byte[]> seeds, FuzzedReader.Reading reading) {
    return FuzzedReader.of(name, fileName, seeds, MalformedDataException.class, reading);
  }

  /** The same files, gzipped, each byte of which may stand for many. */
  private static FuzzedReader gzipped(FuzzedReader reader) throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (byte[] seed : reader.seeds()) {
      seeds.add(Envelope.gzip(seed));
    }
    return new FuzzedReader(
        reader.name() + ", gzipped",
        reader.fileName(),
        seeds,
        reader.beside(),
        Envelope.GZIP,
        reader.documented(),
        reader.bytesPerByte() * PossiblyGzipped.MOST_EXPANSION,
        reader.reading());
  }

  private static CsvSchema schema() {
    return CsvSchema.builder()
        .label("sick", LabelClass.of("healthy", "0"), LabelClass.of("ill", "1", "2"))
        .key("id")
        .categorical("sex, as stated", "f", "m")
        .remaining(new Scaling.Range(0, 100))
        .missing(MissingValues.DROP_ROW, "?")
        .build();
  }

  private static void readNewRows(Path file) throws IOException {
    CsvSchema schema =
        CsvSchema.builder()
            .label("sick", List.of("0", "1", "2"))
            .categorical("sex, as stated", "f", "m")
            .numeric("age", 0, 100)
            .numeric("crp", -50, 100)
            .missing(MissingValues.NEUTRAL, "?")
            .build();
    try (CsvFeatureReader reader = CsvFeatureReader.open(schema, file, "id")) {
      for (Optional<CsvFeatureReader.Batch> batch = reader.next(512);
          batch.isPresent();
          batch = reader.next(512)) {
        batch.get().features().close();
      }
    }
  }

  private static void readImages(Path file) throws IOException {
    new IdxReader(List.of("a", "b", "c"), Scaling.Affine.PIXEL)
        .read(file.resolveSibling("images"), file.resolveSibling("labels"));
  }

  private static void readSites(Path file) throws IOException {
    CsvSchema schema =
        CsvSchema.builder().label("sick", List.of("0", "1")).numeric("age", 0, 100).build();
    new CsvReader(schema).readEach(CsvReader.filesIn(file.resolveSibling("")));
  }

  private static List<byte[]> schemas() throws IOException {
    List<byte[]> files = new ArrayList<>();
    Path file = Files.createTempFile("schema", ".json");
    for (CsvSchema schema :
        List.of(
            WisconsinBreastCancer.schema(),
            CsvSchema.builder()
                .label("y", new Scaling.Range(-1e-300, 0.3))
                .delimiter('\t')
                .noQuotes()
                .encoding(StandardCharsets.ISO_8859_1)
                .numeric("größe", new Scaling.Affine(-1.5, 0.1))
                .numeric("raw", new Scaling.None())
                .categorical("sex", "f", " m", "")
                .key("patient")
                .ignore("", "note\n2")
                .missing(MissingValues.DROP_ROW, "?", "NA")
                .build())) {
      CsvSchemaFile.write(schema, file);
      files.add(Files.readAllBytes(file));
    }
    Files.delete(file);
    return files;
  }
}
