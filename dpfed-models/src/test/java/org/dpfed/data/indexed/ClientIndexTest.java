package org.dpfed.data.indexed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.dpfed.data.MalformedDataException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;

final class ClientIndexTest {
  /** Holds a few clients. */
  private static final long SMALL_PART = 400;

  private static final MadeUpClients CLIENTS = new MadeUpClients(40);

  @TempDir private Path temporary;

  private Path written(String name) throws IOException {
    Path folder = temporary.resolve(name);
    ClientIndexWriter.write(folder, CLIENTS, "about ä", SMALL_PART, unfinished -> {});
    return folder;
  }

  @Test
  void client_ofSeveralParts_hasTheBitsThatWereWritten() throws IOException {
    Path folder = written("index");
    ClientIndex index = ClientIndex.open(folder);

    assertThat(folder.resolve("part-00003")).exists();
    assertThat(index.population()).isEqualTo(CLIENTS.population());
    assertThat(index.unit()).isEqualTo(CLIENTS.unit());
    assertThat(index.assumptions()).isEqualTo(CLIENTS.assumptions());
    assertThat(index.about()).isEqualTo("about ä");
    for (int id : new int[] {39, 0, 7, 7, 12, 6}) {
      assertSame(index, id);
    }
    for (int id = 0; id < CLIENTS.population(); id++) {
      assertSame(index, id);
    }
    assertThatThrownBy(() -> index.client(40)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> index.examples(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  /** So a run is not resumed on an index that was written again, perhaps of other people. */
  @Test
  void identity_sameFilesOpenedAgain_isTheSame_andOfAnotherIndexNot() throws IOException {
    List<String> identities = identities("index");
    assertThat(identities).doesNotHaveDuplicates().hasSize(CLIENTS.population());
    assertThat(identities(ClientIndex.open(temporary.resolve("index")))).isEqualTo(identities);
    assertThat(identities("again")).doesNotContainAnyElementsOf(identities);
  }

  private List<String> identities(String folder) throws IOException {
    return identities(ClientIndex.open(written(folder)));
  }

  private static List<String> identities(ClientIndex index) {
    return IntStream.range(0, index.population())
        .mapToObj(id -> Arrays.toString(index.identity(id).orElseThrow()))
        .toList();
  }

  private static void assertSame(ClientIndex index, int id) {
    DataSet read = index.client(id);
    assertThat(MadeUpClients.bits(read)).isEqualTo(MadeUpClients.bits(CLIENTS.client(id)));
    assertThat(index.examples(id)).isEqualTo(CLIENTS.examples(id));
    index.release(read);
    // An empty array has no memory to give back.
    assertThat(read.getFeatures().wasClosed()).isEqualTo(CLIENTS.examples(id) > 0);
  }

  /** A worker that is interrupted since its client took too long must fail that client alone. */
  @Test
  void client_threadInterrupted_othersAreReadAfterwards() throws Exception {
    ClientIndex index = ClientIndex.open(written("index"));
    Thread interrupted =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              try {
                index.client(3);
              } catch (UncheckedIOException e) {
                // Its client fails, as it should.
              }
            });
    interrupted.start();
    interrupted.join();

    IntStream.range(0, CLIENTS.population()).parallel().forEach(id -> assertSame(index, id));
  }

  @Test
  void open_anyByteOfTheIndexChanged_isRefused() throws IOException {
    Path file = written("index").resolve(IndexHeader.FILE);
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x10;
      Files.write(file, damaged);
      assertRefused("byte " + at, file);
    }
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertRefused("length " + length, file);
    }
    Files.write(file, Arrays.copyOf(whole, whole.length + 16));
    assertRefused("longer", file);
  }

  /** Whoever changes an index can compute its checksum anew. */
  @Test
  void open_impossiblePlacesUnderARightChecksum_areRefused() throws IOException {
    Path file = written("index").resolve(IndexHeader.FILE);
    byte[] whole = Files.readAllBytes(file);
    int parts = whole.length - 2 * Integer.BYTES;
    int lastEntry = whole.length - IndexHeader.TRAILER - IndexHeader.ENTRY;
    int[][] changes = {
      {parts, -1}, {parts, Integer.MAX_VALUE}, {parts, 0}, {lastEntry + 8, -1}, {lastEntry + 12, -5}
    };
    for (int[] change : changes) {
      ByteBuffer changed = ByteBuffer.wrap(whole.clone()).order(ByteOrder.LITTLE_ENDIAN);
      changed.putInt(change[0], change[1]);
      CRC32C crc = new CRC32C();
      crc.update(changed.array(), 0, whole.length - Integer.BYTES);
      changed.putInt(whole.length - Integer.BYTES, (int) crc.getValue());
      Files.write(file, changed.array());
      assertRefused(Arrays.toString(change), file);
    }
  }

  /** Sizes whose product overflows, is negative, or is more than the record has. */
  @ParameterizedTest
  @CsvSource({"65536, 65536", "-1, -4", "1000, 1000", "2147483647, 1"})
  void decode_impossibleSizesUnderARightChecksum_isNoRecord(int rows, int columns) {
    try (INDArray four = Nd4j.create(new float[] {1, 2, 3, 4}, new long[] {2, 2})) {
      ByteBuffer record =
          RecordFormat.encode(5, 0, new org.nd4j.linalg.dataset.DataSet(four, four))
              .order(ByteOrder.LITTLE_ENDIAN);
      byte[] bytes = new byte[record.remaining()];
      record.get(bytes);
      ByteBuffer changed = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      int shape =
          IntStream.range(8, bytes.length)
              .filter(at -> changed.getInt(at) == 2)
              .findFirst()
              .getAsInt();
      assertThat(changed.getInt(shape + Integer.BYTES)).isEqualTo(2);
      changed.putInt(shape, rows).putInt(shape + Integer.BYTES, columns);
      CRC32C crc = new CRC32C();
      crc.update(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 5));
      crc.update(bytes, Integer.BYTES, bytes.length - Integer.BYTES);
      changed.putInt(0, (int) crc.getValue());
      assertThat(RecordFormat.decode(5, 0, changed)).isNull();
    }
  }

  private static void assertRefused(String what, Path file) {
    assertThatThrownBy(() -> ClientIndex.open(file.resolveSibling("")))
        .as(what)
        .isInstanceOf(MalformedDataException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageEndingWith("write it again")
        .message()
        .hasLineCount(1);
  }

  /** Beside the head of a part, every byte belongs to one client. */
  @Test
  void client_anyByteOfItsRecordChanged_failsAloneWithoutAValue() throws IOException {
    Path folder = written("index");
    Path part = folder.resolve("part-00001");
    byte[] whole = Files.readAllBytes(part);
    for (int at = 12; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      Files.write(part, damaged);
      assertThat(damagedClients(folder)).as("byte %d", at).hasSize(1);
    }
    Files.write(part, Arrays.copyOf(whole, 13));
    assertThat(damagedClients(folder)).hasSizeBetween(2, 20);
  }

  @Test
  void client_partOfAnotherIndex_fails() throws IOException {
    Path folder = written("index");
    Files.copy(
        written("other").resolve("part-00001"),
        folder.resolve("part-00001"),
        StandardCopyOption.REPLACE_EXISTING);

    assertThat(damagedClients(folder)).hasSizeBetween(2, 20);
    assertPartIsRefused(folder);
  }

  private static void assertPartIsRefused(Path folder) throws IOException {
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(ClientIndex.open(folder)::requireParts)
        .withMessageStartingWith(
            folder.resolve("part-00001") + ": the part is missing, cut short or of another index");
  }

  private static List<Integer> damagedClients(Path folder) throws IOException {
    ClientIndex index = ClientIndex.open(folder);
    List<Integer> damaged = new ArrayList<>();
    for (int id = 0; id < index.population(); id++) {
      try {
        index.release(index.client(id));
      } catch (UncheckedIOException e) {
        assertThat(e.getCause())
            .hasMessage(
                "%s: a record is damaged, or of another index; write the index again",
                folder.resolve("part-00001"));
        damaged.add(id);
      }
    }
    return damaged;
  }

  /** Every byte of every file is some client's, or shows as damage of its part. */
  @Test
  void verify_anyByteOfAPartChangedOrMissing_isFound() throws IOException {
    Path folder = written("index");
    ClientIndex.Found whole = ClientIndex.open(folder).verify();
    assertThat(whole.isIntact()).isTrue();
    ClientIndex.open(folder).requireParts();
    assertThat(whole.rows())
        .isEqualTo(IntStream.range(0, CLIENTS.population()).map(CLIENTS::examples).sum());

    Path part = folder.resolve("part-00001");
    byte[] bytes = Files.readAllBytes(part);
    for (int at = 0; at < bytes.length; at++) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 1;
      Files.write(part, damaged);
      ClientIndex.Found found = ClientIndex.open(folder).verify();
      assertThat(found.isIntact()).as("byte %d", at).isFalse();
      assertThat(found.damagedParts()).hasSize(at < IndexHeader.PART_HEAD ? 1 : 0);
      assertThat(found.damagedClients())
          .isEqualTo(at < IndexHeader.PART_HEAD ? List.of() : damagedClients(folder));
      long lost = found.damagedClients().stream().mapToInt(CLIENTS::examples).sum();
      assertThat(found.rows()).isEqualTo(whole.rows() - lost);
    }
    Files.write(part, Arrays.copyOf(bytes, bytes.length + 1));
    assertThat(ClientIndex.open(folder).verify().damagedParts()).containsExactly("part-00001");
    Files.delete(part);
    assertPartIsRefused(folder);
    ClientIndex.Found missing = ClientIndex.open(folder).verify();
    assertThat(missing.damagedParts()).containsExactly("part-00001");
    assertThat(missing.damagedClients()).hasSizeBetween(2, 20);
  }

  @Test
  void open_noIndex_saysHowToMakeOne() {
    assertThatThrownBy(() -> ClientIndex.open(temporary))
        .isInstanceOf(MalformedDataException.class)
        .hasMessageContaining("dpfed data index");
  }

  @Test
  void write_filesOfTheIndex_areTheOwnersAlone() throws IOException {
    assumeThat(FileSystems.getDefault().supportedFileAttributeViews())
        .as("file permissions are tested where the system has POSIX ones")
        .contains("posix");
    try (Stream<Path> files = Files.walk(written("index"))) {
      assertThat(files.toList())
          .hasSizeGreaterThan(3)
          .allSatisfy(
              file ->
                  assertThat(
                          PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
                              .substring(3))
                      .isEqualTo("------"));
    }
  }

  @Test
  void write_failsInTheMiddle_leavesNothing() throws IOException {
    assertThatThrownBy(
            () ->
                ClientIndexWriter.write(
                    temporary.resolve("index"),
                    CLIENTS,
                    "",
                    unfinished -> {
                      throw new IOException("full");
                    }))
        .hasMessage("full");
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void write_folderExists_isRefusedAndUnchanged() throws IOException {
    Path folder = written("index");
    assertThatThrownBy(() -> ClientIndexWriter.write(folder, new MadeUpClients(1), ""))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(ClientIndex.open(folder).population()).isEqualTo(40);
  }

  /** Prints what a client costs; nothing is promised of it. */
  @Test
  @Tag("stress")
  void client_ofAMillion_isReadWithoutAList() throws IOException {
    MadeUpClients million = new MadeUpClients(1_000_000);
    ClientIndexWriter.write(temporary.resolve("million"), million, "");
    long before = used();
    long start = System.nanoTime();
    ClientIndex index = ClientIndex.open(temporary.resolve("million"));
    double openMillis = (System.nanoTime() - start) / 1e6;
    int clients = 200_000;
    start = System.nanoTime();
    for (int i = 0; i < clients; i++) {
      index.release(index.client((int) (i * 7_919_003L % million.population())));
    }
    double clientMillis = (System.nanoTime() - start) / 1e6 / clients;
    long heap = used() - before;
    System.out.printf(
        "a million clients: open %.1f ms, %.4f ms a client, %d KiB more of the heap in use%n",
        openMillis, clientMillis, heap >> 10);
    assertThat(index.population()).isEqualTo(million.population());
    // A list of a million clients would have at least 16 MB.
    assertThat(heap).isLessThan(8L << 20);
  }

  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
