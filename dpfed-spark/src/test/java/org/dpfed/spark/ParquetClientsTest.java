package org.dpfed.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.dpfed.federated.CohortEngine;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.SiteFactory;
import org.dpfed.federated.TrainingResult;
import org.dpfed.mechanism.Randomness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;

final class ParquetClientsTest {
  private static final int POPULATION = ParquetSites.POPULATION;
  private static final int HALF = 31;

  @TempDir private Path directory;

  private Path first = Path.of("");
  private Path second = Path.of("");

  @BeforeEach
  void write() throws IOException {
    first = directory.resolve("a.parquet");
    second = directory.resolve("b.parquet");
    ParquetSites.write(first, 0, HALF, CompressionCodecName.UNCOMPRESSED);
    ParquetSites.write(second, HALF, POPULATION, CompressionCodecName.SNAPPY);
  }

  private ParquetClients clients() {
    return ParquetSites.clients(List.of(second, first));
  }

  private static void assertSame(DataSet read, int patient) {
    try (DataSetPair pair = new DataSetPair(read, ParquetSites.examples(rows(patient)))) {
      assertThat(pair.read()).isEqualTo(pair.made());
    }
  }

  private static float[][] rows(int patient) {
    return ParquetSites.rows(patient);
  }

  /** Values of two data sets, which are closed. */
  private record DataSetPair(DataSet a, DataSet b) implements AutoCloseable {
    List<Object> read() {
      return values(a);
    }

    List<Object> made() {
      return values(b);
    }

    private static List<Object> values(DataSet set) {
      return List.of(
          Arrays.deepToString(set.getFeatures().toFloatMatrix()),
          Arrays.deepToString(set.getLabels().toFloatMatrix()));
    }

    @Override
    public void close() {
      for (DataSet each : List.of(a, b)) {
        each.getFeatures().close();
        each.getLabels().close();
      }
    }
  }

  @Test
  void client_ofSeveralFilesGroupsAndThreads_hasItsRowsInTheirOrder() {
    ParquetClients clients = clients();
    assertThat(clients.population()).isEqualTo(POPULATION);
    assertThat(clients.unit()).isEqualTo("patient");
    assertThat(clients.toString()).contains("6 row groups");
    IntStream.range(0, 3 * POPULATION)
        .parallel()
        .map(i -> i * 7 % POPULATION)
        .forEach(
            id -> {
              assertThat(clients.examples(id)).isEqualTo(rows(id).length);
              assertSame(clients.client(id), id);
            });
    assertThatThrownBy(() -> clients.client(POPULATION))
        .isInstanceOf(IndexOutOfBoundsException.class);
    DataSet released = clients.client(8);
    clients.release(released);
    assertThat(released.getFeatures().wasClosed()).isTrue();
  }

  @Test
  void run_filesOnTwoExecutors_sameParametersAsFromMemoryHere() throws IOException {
    TrainingResult here = run("memory", CohortEngine.local());
    String files = second + "," + first;
    assertThat(Runs.hash(run(files, CohortEngine.local()))).isEqualTo(Runs.hash(here));
    try (LocalCluster cluster = LocalCluster.of(2, Map.of())) {
      TrainingResult there =
          run(files, new SparkEngine(cluster.spark(), ParquetSites.class, files));
      System.out.printf(
          "%s from memory here, %s from files on executors%n", Runs.hash(here), Runs.hash(there));
      assertThat(Runs.hash(there)).isEqualTo(Runs.hash(here));
      assertThat(Runs.counts(there)).isEqualTo(Runs.counts(here));
      assertThat(Runs.counts(there)).allSatisfy(round -> assertThat(round.get(1)).isZero());
    }
  }

  private static TrainingResult run(String settings, CohortEngine engine) {
    SiteFactory.Site site = new ParquetSites().open(settings);
    PrivacyPlan plan =
        PrivacyPlan.builder(site.data())
            .expectedCohortSize(25)
            .rounds(3)
            .clipNorm(0.2)
            .noiseMultiplier(0.5)
            .delta(1e-3)
            .randomness(Randomness.seeded(4))
            .build();
    return FederatedAveraging.builder(plan, site.data(), site.trainer())
        .engine(engine)
        .diagnostics(true)
        .seed(8)
        .build()
        .run();
  }

  /** One byte of a page's content: those who have rows in it fail, and nobody has other values. */
  @ParameterizedTest
  @EnumSource(names = {"UNCOMPRESSED", "SNAPPY"})
  void client_pageDamaged_failsWithTheOthersOfThePageAlone(CompressionCodecName codec)
      throws IOException {
    Path file = directory.resolve("damaged.parquet");
    ParquetSites.write(file, 0, POPULATION, codec);
    ParquetClients clients = ParquetSites.clients(List.of(file));
    byte[] whole = Files.readAllBytes(file);
    List<Long> pages = lastBytesOfPages(file);
    for (int page = 0; page < pages.size(); page += 7) {
      long last = pages.get(page);
      byte[] damaged = whole.clone();
      damaged[(int) last] ^= 1;
      Files.write(file, damaged);
      List<Integer> failed = failed(clients);
      // A page has 10 rows, and a patient has one or more.
      assertThat(failed).as("byte %d", last).hasSizeBetween(1, 10);
    }
    assertThat(pages).hasSizeGreaterThan(100);
    Files.write(file, whole);
    assertThat(failed(clients)).isEmpty();
    Files.delete(file);
    assertThat(failed(clients)).hasSize(POPULATION);
  }

  private static List<Integer> failed(ParquetClients clients) {
    List<Integer> failed = new ArrayList<>();
    for (int id = 0; id < POPULATION; id++) {
      DataSet read;
      try {
        read = clients.client(id);
      } catch (RuntimeException e) {
        failed.add(id);
        continue;
      }
      assertSame(read, id);
    }
    return failed;
  }

  /** Of the data pages of the columns that are read. */
  private static List<Long> lastBytesOfPages(Path file) throws IOException {
    List<Long> last = new ArrayList<>();
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            new LocalInputFile(file),
            ParquetReadOptions.builder(new PlainParquetConfiguration()).build())) {
      for (BlockMetaData block : reader.getRowGroups()) {
        for (ColumnChunkMetaData chunk : block.getColumns()) {
          if (ParquetSites.COLUMNS.contains(chunk.getPath().toDotString())) {
            OffsetIndex index = reader.readOffsetIndex(chunk);
            for (int page = 0; page < index.getPageCount(); page++) {
              last.add(index.getOffset(page) + index.getCompressedPageSize(page) - 1);
            }
          }
        }
      }
    }
    return last;
  }

  @Test
  void identity_sameFilesAndOthers_tellsThemApart() throws IOException {
    byte[] one = clients().identity(1).orElseThrow();
    assertThat(clients().identity(1)).contains(one);
    assertThat(clients().identity(2).orElseThrow()).isNotEqualTo(one);
    ParquetSites.write(
        directory.resolve("c.parquet"), HALF, POPULATION - 1, CompressionCodecName.SNAPPY);
    ParquetClients fewer = ParquetSites.clients(List.of(directory.resolve("c.parquet"), first));
    assertThat(fewer.population()).isEqualTo(POPULATION - 1);
    assertThat(fewer.identity(1).orElseThrow()).isNotEqualTo(one);
  }

  @Test
  void open_columnsThatAreNotThereOrNoNumbers_areRefusedByName() {
    assertRefused("patient", List.of("age", "height"), "expected a column 'height', found none");
    assertRefused("person", List.of("age"), "expected a column 'person', found none of that name");
    assertRefused("patient", List.of("ward"), "expected numbers in column 'ward', found values of");
    assertRefused("ward", List.of("age"), "'ward' that are the integers from 0 to n - 1");
    assertRefused("weight", List.of("age"), "'weight' that are the integers from 0 to n - 1");
    assertRefused("age", List.of("weight"), "expected files sorted by column 'age'");
  }

  /** As integers they would be other numbers: 12.34 would be 1234. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int32 pulse (DECIMAL(9,2))|pulse",
        "int64 pulse (DECIMAL(9,2))|pulse",
        "int32 pulse (DATE)|pulse",
        "int64 pulse (TIMESTAMP(MILLIS,true))|pulse",
        "int32 pulse (INTEGER(32,false))|pulse",
        "int32 patient (INTEGER(32,false))|patient",
        "int32 pulse (INTEGER(8,true))|",
        "int64 pulse (INTEGER(64,true))|"
      })
  void open_integersThatMeanOtherNumbers_areRefusedByName(String column, String refused)
      throws IOException {
    String patient = column.contains("patient") ? "" : "required int32 patient; ";
    String pulse = column.contains("pulse") ? "" : "required int32 pulse; ";
    MessageType schema =
        MessageTypeParser.parseMessageType(
            "message m { %s%srequired %s; }".formatted(patient, pulse, column));
    Path file = directory.resolve("meaning.parquet");
    try (ParquetWriter<Group> writer =
        ParquetSites.writer(file, schema, CompressionCodecName.UNCOMPRESSED)) {
      Group row = new SimpleGroup(schema);
      row.add("patient", 0);
      if (column.startsWith("int64")) {
        row.add("pulse", 60L);
      } else {
        row.add("pulse", 60);
      }
      writer.write(row);
    }
    if (refused == null) {
      assertThat(pulses(file).client(0).numExamples()).isEqualTo(1);
    } else {
      assertThatThrownBy(() -> pulses(file))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("column '%s'".formatted(refused));
    }
  }

  @Test
  void open_oneFileTwice_isRefused() {
    List<Path> twice =
        List.of(first, first.resolveSibling("../" + directory.getFileName() + "/a.parquet"));
    assertThatThrownBy(() -> ParquetSites.clients(twice)).hasMessageContaining("found it twice");
  }

  private void assertRefused(String key, List<String> columns, String problem) {
    assertThatThrownBy(
            () ->
                ParquetClients.open(
                    "patient", List.of(first, second), key, columns, ParquetSites::examples))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(first + ": ")
        .hasMessageContaining(problem)
        .message()
        .hasLineCount(1);
  }

  @Test
  void open_keysThatAreNoNumbersOfClients_areRefused() throws IOException {
    String numbers = "the integers from 0 to n - 1, for n clients";
    assertThat(refusal(0, 0, 1, 2, 3)).isEmpty();
    assertThat(refusal(1, 2, 3, 4)).contains(numbers);
    assertThat(refusal(-1, 0, 1)).contains(numbers);
    assertThat(refusal(0, 1, 1L << 40)).contains(numbers);
    assertThat(refusal(0, 1, 5)).contains(numbers);
    long[] unsorted = LongStream.range(0, 140).map(i -> i < 70 ? i : 139 - i).toArray();
    assertThat(refusal(unsorted)).contains("expected files sorted by column 'patient'");
    long[] gap = LongStream.range(0, 140).map(i -> i < 70 ? i / 2 : i / 2 + 1).toArray();
    assertThat(refusal(gap)).contains(numbers);
  }

  private String refusal(long... keys) throws IOException {
    Path file = directory.resolve("keys.parquet");
    Files.deleteIfExists(file);
    try (ParquetWriter<Group> writer =
        ParquetSites.writer(file, ParquetSites.SCHEMA, CompressionCodecName.UNCOMPRESSED)) {
      for (long key : keys) {
        writer.write(ParquetSites.group(ParquetSites.SCHEMA, key, rows(0)[0]));
      }
    }
    try {
      ParquetSites.clients(List.of(file));
      return "";
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Only the client without a value fails; rows without a key are nobody's. */
  @Test
  void client_valueIsMissing_failsByTheNameOfTheColumn() throws IOException {
    MessageType schema =
        MessageTypeParser.parseMessageType(
            "message m { optional int32 patient; optional float pulse; }");
    Path file = directory.resolve("missing.parquet");
    try (ParquetWriter<Group> writer =
        ParquetSites.writer(file, schema, CompressionCodecName.UNCOMPRESSED)) {
      for (int patient = 0; patient < 3; patient++) {
        Group row = new SimpleGroup(schema);
        row.add("patient", patient);
        if (patient != 1) {
          row.add("pulse", 60f);
        }
        writer.write(row);
      }
    }
    ParquetClients clients = pulses(file);
    assertThat(clients.client(0).numExamples()).isEqualTo(1);
    assertThat(clients.client(2).numExamples()).isEqualTo(1);
    assertThatThrownBy(() -> clients.client(1)).hasMessageContaining("column 'pulse'");

    Files.delete(file);
    try (ParquetWriter<Group> writer =
        ParquetSites.writer(file, schema, CompressionCodecName.UNCOMPRESSED)) {
      Group row = new SimpleGroup(schema);
      row.add("patient", 0);
      writer.write(row);
      writer.write(new SimpleGroup(schema));
    }
    assertThatThrownBy(() -> pulses(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a key in each row");
  }

  private static ParquetClients pulses(Path file) throws IOException {
    return ParquetClients.open(
        "patient",
        List.of(file),
        "patient",
        List.of("pulse"),
        rows ->
            new org.nd4j.linalg.dataset.DataSet(
                Nd4j.createFromArray(rows), Nd4j.createFromArray(rows)));
  }

  @Test
  void open_noParquetFile_isRefusedByItsName() throws IOException {
    Path file = Files.writeString(directory.resolve("visits.csv"), "patient,age\n1,50\n");
    assertThatThrownBy(() -> ParquetSites.clients(List.of(file)))
        .hasRootCauseMessage(file + ": expected a Parquet file, found another or a damaged one");
    Files.write(file, Arrays.copyOf(Files.readAllBytes(first), 100));
    assertThatThrownBy(() -> ParquetSites.clients(List.of(file)))
        .hasMessageContaining(file + ": expected a Parquet file");
  }
}
