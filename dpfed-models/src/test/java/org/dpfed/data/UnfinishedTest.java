package org.dpfed.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.dpfed.data.indexed.ClientIndexWriter;
import org.dpfed.federated.FederatedDataset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;

final class UnfinishedTest {
  private static final int RACES = 5000;

  @TempDir private Path temporary;

  private List<String> all() throws IOException {
    try (Stream<Path> files = Files.walk(temporary)) {
      return files
          .filter(file -> !file.equals(temporary))
          .map(file -> temporary.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void finish_fileOrFolder_hasItsNameAndNothingElseIsLeft() throws IOException {
    try (Unfinished file = Unfinished.at(temporary.resolve("a.csv"));
        Unfinished folder = Unfinished.at(temporary.resolve("masks"))) {
      Files.writeString(file.content(), "whole");
      Files.createDirectory(folder.content());
      Files.writeString(folder.content().resolve("one.png"), "1");
      assertThat(temporary.resolve("a.csv")).doesNotExist();
      assertThat(temporary.resolve("masks")).doesNotExist();
      file.finish();
      folder.finish();
    }
    assertThat(all()).containsExactly("a.csv", "masks", "masks/one.png");
    assertThat(temporary.resolve("a.csv")).hasContent("whole");
  }

  @Test
  void close_notFinished_leavesNothing() throws IOException {
    try (Unfinished folder = Unfinished.at(temporary.resolve("masks"))) {
      Path inner = Files.createDirectory(folder.content()).resolve("site");
      Files.createDirectory(inner);
      Files.writeString(inner.resolve("one.png"), "1");
      try (Unfinished within = Unfinished.at(inner.resolve("two.png"))) {
        Files.writeString(within.content(), "2");
        folder.close();
        assertThatThrownBy(within::finish).isInstanceOf(NoSuchFileException.class);
      }
      assertThatThrownBy(folder::finish).hasMessageContaining("masks was not written");
    }
    assertThat(all()).isEmpty();
  }

  @Test
  void at_targetExistsByThenOrLater_isRefusedAndUnchanged() throws IOException {
    Path file = temporary.resolve("a.csv");
    try (Unfinished late = Unfinished.at(file)) {
      Files.writeString(late.content(), "late");
      Files.writeString(file, "first");
      assertThatThrownBy(late::finish).isInstanceOf(FileAlreadyExistsException.class);
      assertThatThrownBy(() -> Unfinished.at(file)).isInstanceOf(FileAlreadyExistsException.class);
    }
    assertThat(all()).containsExactly("a.csv");
    assertThat(file).hasContent("first");
    assertThatThrownBy(() -> Unfinished.at(temporary.resolve("none/a.csv")))
        .isInstanceOf(NoSuchFileException.class);
  }

  /** Nothing is checked before: whatever appears in the last moment keeps its name. */
  @Test
  void name_targetAppearsInTheLastMoment_isRefusedAndUnchanged() throws IOException {
    Path content = Files.writeString(temporary.resolve("content"), "late");
    Path folder = Files.createDirectory(temporary.resolve("folder"));
    Files.writeString(folder.resolve("one"), "late");
    Path file = Files.writeString(temporary.resolve("file"), "first");
    Path link = Files.createSymbolicLink(temporary.resolve("link"), Path.of("nowhere"));
    for (Path target : List.of(file, link, folder)) {
      assertThatThrownBy(() -> Unfinished.name(content, target))
          .isInstanceOf(FileAlreadyExistsException.class);
    }
    assertThatThrownBy(() -> Unfinished.name(folder, file))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(all()).containsExactly("content", "file", "folder", "folder/one", "link");
    assertThat(file).hasContent("first");
  }

  /** Whoever makes the file first has it: a check followed by a move lets both succeed. */
  @Test
  @Timeout(120)
  void name_anotherMakesTheFileMeanwhile_oneOfThemFails() throws Exception {
    Path content = temporary.resolve("content");
    Path file = temporary.resolve("a.csv");
    CyclicBarrier start = new CyclicBarrier(2);
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      for (int attempt = 0; attempt < RACES; attempt++) {
        Files.writeString(content, "ours");
        Future<Boolean> theirs = other.submit(() -> isMade(start, () -> Files.createFile(file)));
        boolean isOurs = isMade(start, () -> Unfinished.name(content, file));
        assertThat(theirs.get()).as("attempt %d", attempt).isNotEqualTo(isOurs);
        assertThat(file).hasContent(isOurs ? "ours" : "");
        Files.delete(file);
        Files.deleteIfExists(content);
      }
    } finally {
      other.shutdownNow();
    }
  }

  /** Makes a file that is not there. */
  private interface Maker {
    void make() throws IOException;
  }

  private static boolean isMade(CyclicBarrier start, Maker maker) throws Exception {
    start.await();
    try {
      maker.make();
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  @Test
  void at_writtenByThisProcess_isRefusedAndTheFirstGoesOn() throws IOException {
    Path file = temporary.resolve("a.csv");
    try (Unfinished first = Unfinished.at(file)) {
      Files.writeString(first.content(), "first");
      assertThatThrownBy(() -> Unfinished.at(file)).hasMessageContaining("is being written");
      first.finish();
    }
    assertThat(all()).containsExactly("a.csv");
  }

  /** Elsewhere it could lie on another file system, from which nothing can be moved at once. */
  @Test
  void at_throughALink_writesInTheFolderOfTheTarget() throws IOException {
    Path inner = Files.createDirectories(temporary.resolve("deep/inner"));
    Path link = Files.createSymbolicLink(temporary.resolve("link"), inner);
    try (Unfinished file = Unfinished.at(link.resolve("../a.csv"))) {
      Files.writeString(file.content(), "whole");
      assertThat(temporary.resolve("deep/.a.csv.unfinished/content")).hasContent("whole");
      file.finish();
    }
    assertThat(all()).containsExactly("deep", "deep/a.csv", "deep/inner", "link");
  }

  /** Only what dpfed wrote itself is removed. */
  @Test
  void at_somethingElseHasTheHiddenName_isRefusedAndUnchanged() throws IOException {
    Path hidden = Files.createDirectory(temporary.resolve(".a.csv.unfinished"));
    Files.writeString(hidden.resolve("notes"), "mine");
    assertInTheWay();
    Files.writeString(hidden.resolve("lock"), "");
    assertInTheWay();
    Files.move(hidden, temporary.resolve("elsewhere"));
    Files.delete(temporary.resolve("elsewhere/notes"));
    Files.createSymbolicLink(hidden, temporary.resolve("elsewhere"));
    assertInTheWay();
    Files.delete(hidden);
    Files.writeString(hidden, "mine");
    assertInTheWay();
    assertThat(all()).containsExactly(".a.csv.unfinished", "elsewhere", "elsewhere/lock");
  }

  private void assertInTheWay() {
    assertThatThrownBy(() -> Unfinished.at(temporary.resolve("a.csv")))
        .hasMessageContaining(".a.csv.unfinished is in the way")
        .hasMessageEndingWith("move it away");
  }

  /** In the middle of a file, and of an index whose held-out rows are an index within. */
  @ParameterizedTest
  @ValueSource(strings = {"file TERM", "file INT", "file HUP", "file exit", "index TERM"})
  @Timeout(120)
  void process_isToldToEnd_leavesNothing(String how) throws Exception {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "skipped: needs signals");
    String[] words = how.split(" ", -1);
    Process process = start(words[0], words[1].equals("exit") ? "exit" : "go on");
    if (!words[1].equals("exit")) {
      signal(process, words[1]);
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(all()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "index"})
  @Timeout(120)
  void at_processWasKilled_isRefusedWhileItLivesAndThenReplacesWhatItLeft(String what)
      throws Exception {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "skipped: needs signals");
    Process process = start(what, "go on");
    try {
      // Of it, nothing may be changed: asked twice, since asking could take its lock away.
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> Unfinished.at(temporary.resolve(what)))
            .hasMessageContaining("is being written by another process");
      }
    } finally {
      signal(process, "KILL");
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(all()).contains(".%s.unfinished/content".formatted(what));
    try (Unfinished again = Unfinished.at(temporary.resolve(what))) {
      assertThat(again.content()).doesNotExist();
    }
    assertThat(all()).isEmpty();
  }

  private Process start(String what, String then) throws IOException {
    Process process =
        new ProcessBuilder(
                "env",
                // A build in the background starts with them ignored.
                "--default-signal=INT,HUP",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                what,
                temporary.resolve(what).toString(),
                then)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    // Beside it stand the lines of the log.
    assertThat(process.inputReader().lines().anyMatch("writing"::equals)).isTrue();
    return process;
  }

  private static void signal(Process process, String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /** Writes until it is ended. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) throws Exception {
      Path target = Path.of(arguments[1]);
      if (arguments[0].equals("index")) {
        ClientIndexWriter.write(
            target,
            new Clients(false),
            "",
            content -> ClientIndexWriter.write(content.resolve("within"), new Clients(true), ""));
      }
      try (Unfinished file = Unfinished.at(target)) {
        Files.writeString(file.content(), "half");
        System.out.println("writing");
        if (arguments[2].equals("exit")) {
          System.exit(0);
        }
        Thread.sleep(60_000);
      }
    }
  }

  /** Two clients, of whom the second is never read to its end. */
  private record Clients(boolean isEndless) implements FederatedDataset {
    @Override
    public String unit() {
      return "patient";
    }

    @Override
    public int population() {
      return 2;
    }

    @Override
    public int examples(int id) {
      return 1;
    }

    @Override
    public DataSet client(int id) {
      if (isEndless && id == 1) {
        System.out.println("writing");
        try {
          Thread.sleep(60_000);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      return new org.nd4j.linalg.dataset.DataSet(Nd4j.ones(1, 2), Nd4j.ones(1, 2));
    }
  }
}
