package org.dpfed.accounting.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.ToeplitzStrategy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrategyCacheTest {
  private static final Participation PARTICIPATION = new Participation(60, 3, 20);
  private static final Objective OBJECTIVE = Objective.meanPrefix();
  private static final String BLT = "blt-2-mean-prefix-n60-k3-b20.strategy";
  private static final String BANDED = "banded-5-mean-prefix-n60-k3-b20.strategy";

  @TempDir Path folder;
  private StrategyCache cache = new StrategyCache(Path.of(""));

  @BeforeEach
  void openCache() {
    cache = new StrategyCache(folder.resolve("not yet there"));
  }

  private Path file(String name) {
    return cache.directory().resolve(name);
  }

  @Test
  void buffered_secondTime_isReadNumberForNumber() throws IOException {
    BufferedLinearStrategy optimised = cache.buffered(2, PARTICIPATION, OBJECTIVE);
    byte[] before = Files.readAllBytes(file(BLT));
    assertThat(cache.buffered(2, PARTICIPATION, OBJECTIVE)).isEqualTo(optimised);
    assertThat(Files.readAllBytes(file(BLT))).isEqualTo(before);
    try (Stream<Path> files = Files.list(cache.directory())) {
      assertThat(files).containsExactly(file(BLT));
    }
  }

  @Test
  void banded_secondTime_isReadNumberForNumber() {
    ToeplitzStrategy optimised = cache.banded(5, PARTICIPATION, OBJECTIVE);
    assertThat(Files.exists(file(BANDED))).isTrue();
    assertThat(cache.banded(5, PARTICIPATION, OBJECTIVE)).isEqualTo(optimised);
  }

  /** A file of other numbers is what a reader gets: it is read, not optimised anew. */
  @Test
  void buffered_fileOfAnotherStrategy_isWhatIsReturned() {
    List<Double> scale = List.of(0.1, Double.MIN_VALUE);
    List<Double> decay = List.of(Math.nextDown(1.0), 0.1 + 0.2);
    cache.buffered(2, PARTICIPATION, OBJECTIVE);
    header(BLT)
        .write(
            List.of(
                new StrategyFile.Numbers("output scale", scale),
                new StrategyFile.Numbers("buffer decay", decay)));
    assertThat(cache.buffered(2, PARTICIPATION, OBJECTIVE))
        .isEqualTo(new BufferedLinearStrategy(scale, decay));
  }

  private StrategyFile header(String name) {
    try {
      return new StrategyFile(file(name), Files.readAllLines(file(name)).subList(0, 8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void cache_everyOtherSetting_hasAFileOfItsOwn() throws IOException {
    cache.buffered(1, PARTICIPATION, OBJECTIVE);
    cache.buffered(1, PARTICIPATION, Objective.maxPrefix());
    cache.buffered(1, new Participation(61, 3, 20), OBJECTIVE);
    cache.buffered(1, new Participation(60, 2, 20), OBJECTIVE);
    cache.buffered(1, new Participation(60, 3, 19), OBJECTIVE);
    cache.buffered(2, PARTICIPATION, OBJECTIVE);
    cache.banded(2, PARTICIPATION, OBJECTIVE);
    Objective momentum = new Objective(new Workload.Momentum(0.9), Objective.Measure.MEAN);
    cache.buffered(1, PARTICIPATION, momentum);
    try (Stream<Path> files = Files.list(cache.directory())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .hasSize(8)
          .contains("blt-1-mean-momentum0.9-n60-k3-b20.strategy");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "rounds = 60, rounds = 61",
    "output scale = 0, output scale = 1",
    "measure, measures",
    "checksum = , checksum = 0",
    "checksum, buffers",
  })
  void buffered_changedFile_isRefusedByNameWithTheRemedy(String text, String other)
      throws IOException {
    cache.buffered(2, PARTICIPATION, OBJECTIVE);
    String before = Files.readString(file(BLT));
    assertThat(before).contains(text);
    Files.writeString(file(BLT), before.replace(text, other));
    assertRefused("damaged");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 200, -2})
  void buffered_truncatedFile_isRefusedByNameWithTheRemedy(int size) throws IOException {
    cache.buffered(2, PARTICIPATION, OBJECTIVE);
    byte[] bytes = Files.readAllBytes(file(BLT));
    int kept = size < 0 ? bytes.length + size : size;
    Files.write(file(BLT), Arrays.copyOf(bytes, kept));
    assertRefused("damaged");
  }

  @Test
  void buffered_bytesThatAreNoText_areRefused() throws IOException {
    cache.buffered(2, PARTICIPATION, OBJECTIVE);
    Files.write(file(BLT), new byte[] {-1, -2, 10, -3});
    assertRefused("damaged");
  }

  @Test
  void buffered_fileOfAnotherRunUnderThisName_isRefusedWithTheLineThatDiffers() throws IOException {
    cache.buffered(2, new Participation(60, 3, 19), OBJECTIVE);
    Files.move(file("blt-2-mean-prefix-n60-k3-b19.strategy"), file(BLT));
    assertRefused("'min separation = 19' instead of 'min separation = 20'");
  }

  @Test
  void buffered_numbersThatAreNoStrategy_areRefused() {
    cache.buffered(2, PARTICIPATION, OBJECTIVE);
    header(BLT)
        .write(
            List.of(
                new StrategyFile.Numbers("output scale", List.of(0.9, 0.9)),
                new StrategyFile.Numbers("buffer decay", List.of(0.9, 0.8))));
    assertRefused("at most 1");
    header(BLT)
        .write(
            List.of(
                new StrategyFile.Numbers("output scale", List.of(0.9)),
                new StrategyFile.Numbers("buffer decay", List.of(0.9))));
    assertRefused("2 buffers");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1 0.9 0.8 0.7", "1 0.9 0.8 0.7 0.71", "1 0 0 0 -0.1", "0.9 0.8 0 0 0"})
  void banded_coefficientsThatAreNoStrategy_areRefused(String text) {
    cache.banded(5, PARTICIPATION, OBJECTIVE);
    List<Double> numbers = Stream.of(text.split(" ", -1)).map(Double::valueOf).toList();
    header(BANDED).write(List.of(new StrategyFile.Numbers("coefficients", numbers)));
    assertThatThrownBy(() -> cache.banded(5, PARTICIPATION, OBJECTIVE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(BANDED)
        .hasMessageContaining("coefficients must be 5 from 1 down");
  }

  private void assertRefused(String reason) {
    assertThatThrownBy(() -> cache.buffered(2, PARTICIPATION, OBJECTIVE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(BLT)
        .hasMessageContaining("delete the file")
        .hasMessageContaining(reason);
  }

  @Test
  void buffered_directoryThatIsAFile_saysThatItCannotBeWritten() throws IOException {
    StrategyCache blocked = new StrategyCache(Files.createFile(folder.resolve("file")));
    assertThatThrownBy(() -> blocked.buffered(1, PARTICIPATION, OBJECTIVE))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("the strategy cannot be written");
  }
}
