package org.dpfed.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.dpfed.dist.Command.Outcome;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The archive, unpacked into a folder with awkward characters and run by a user who may not write
 * there: another one than the build's where the build is root's.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DistributionTest {
  private static final String NAME = "dpfed-" + Build.VERSION;
  private static final String NOBODY = "65534";

  private Path place = Path.of("");
  private Path home = Path.of("");
  private Path work = Path.of("");
  private List<String> asUser = List.of();

  @BeforeAll
  void unpack(@TempDir Path folder) throws Exception {
    Path archive = Build.made("dpfed-dist", NAME + ".tar.gz");
    assumeTrue(Files.exists(archive), "the build has made no distribution (assembly.skipAssembly)");
    place = Files.createDirectories(folder.resolve("o'brien & co (new)"));
    Command.in(place, "tar", "-xzf", archive.toString()).run().succeeded();
    home = place.resolve(NAME);
    work = Files.createDirectories(folder.resolve("work"));
    Files.createDirectories(work.resolve("temporary"));
    for (Path open : List.of(work, work.resolve("temporary"))) {
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    }
    for (Path readable : List.of(folder, place)) {
      Files.setPosixFilePermissions(readable, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    asUser = otherUser();
  }

  private List<String> otherUser() throws Exception {
    List<String> words =
        List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--");
    String reason = "";
    if (!Command.in(work, "id", "-u").run().out().strip().equals("0")) {
      reason = "the build is not run by root";
    } else if (!Command.exists("setpriv")) {
      reason = "setpriv is not installed";
    } else {
      List<String> reads = new ArrayList<>(words);
      Collections.addAll(reads, "test", "-r", home.resolve("README.md").toString());
      if (new Command(work, Map.of(), reads).run().status() != 0) {
        reason = "other users may not read " + home;
      }
    }
    if (!reason.isEmpty()) {
      System.out.println("The distribution is tested as the build's own user: " + reason);
      return List.of();
    }
    return words;
  }

  /** The temporary directory has no space in its name, as flags are split at spaces. */
  private Command dpfed(String... arguments) {
    List<String> words = new ArrayList<>(asUser);
    words.add(home.resolve("bin/dpfed").toString());
    Collections.addAll(words, arguments);
    return new Command(work, Map.of("DPFED_JAVA_OPTS", "-Djava.io.tmpdir=temporary"), words);
  }

  @Test
  void version_ofTheDistribution_isTheBuilds() throws Exception {
    Outcome outcome = dpfed("--version").run().succeeded();

    assertThat(outcome.out()).contains(Build.VERSION);
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void train_twoRounds_leavesReportAndModel() throws Exception {
    Outcome outcome =
        dpfed("train", "--rounds", "2", "--runs", "runs", "--name", "tiny").run().succeeded();

    assertThat(outcome.out()).contains("ε = ");
    // A logging provider is there, and the JVM's notice of the Vector API is all that is said.
    assertThat(outcome.err().lines().filter(line -> !line.contains("jdk.incubator.vector")))
        .isEmpty();
    assertThat(work.resolve("runs/tiny/report.json")).isNotEmptyFile();
    assertThat(work.resolve("runs/tiny/model.zip")).isNotEmptyFile();
  }

  @Test
  void train_configurationOfTheDistribution_isAccepted() throws Exception {
    String configuration = home.resolve("benchmarks/configs/wdbc.yaml").toString();

    dpfed("train", "--config", configuration, "--rounds", "1", "--runs", "runs", "--name", "config")
        .run()
        .succeeded();
  }

  @Test
  void train_interrupted_stopsAsTheCommandLineSays() throws Exception {
    List<String> words = new ArrayList<>(List.of("env", "--default-signal=INT"));
    words.addAll(
        dpfed("train", "--rounds", "100000", "--epsilon", "100", "--runs", "runs", "--name", "cut")
            .words());
    words.addAll(List.of("--ledger", "cut.jsonl"));
    Process process =
        new ProcessBuilder(words)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("cut.log").toFile())
            .start();
    Path ledger = work.resolve("cut.jsonl");
    for (int tenths = 0; tenths < 600 && process.isAlive() && !isCharged(ledger); tenths++) {
      Thread.sleep(100);
    }
    assertThat(isCharged(ledger)).as(Files.readString(work.resolve("cut.log"))).isTrue();

    // To the launcher's own process: it must have become Java.
    Command.in(work, "kill", "-INT", Long.toString(process.pid())).run().succeeded();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(130);
    assertThat(work.resolve("runs/cut/report.json")).isNotEmptyFile();
  }

  private static boolean isCharged(Path ledger) throws IOException {
    return Files.exists(ledger) && Files.readString(ledger).contains("\"type\":\"charge\"");
  }

  @Test
  void account_needsNoVectorApi_saysNothingOfIt() throws Exception {
    Outcome outcome = dpfed("account", "--help").run().succeeded();

    assertThat(outcome.out()).contains("Usage:");
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void command_unknown_failsWithTheStatusOfMisuse() throws Exception {
    Outcome outcome = dpfed("no-such-command").run();

    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.err()).contains("no-such-command");
  }

  @Test
  void java_tooOld_isRefusedInOneLine() throws Exception {
    Path java = Files.createDirectories(work.resolve("old java/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nexit 3\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(work.resolve("old java/release"), "JAVA_VERSION=\"11.0.2\"\n");
    Command command = dpfed("--version");

    Outcome outcome =
        new Command(work, Map.of("JAVA_HOME", work.resolve("old java").toString()), command.words())
            .run();

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err()).startsWith("dpfed: Java 17 or newer is needed").hasLineCount(1);
  }

  @Test
  void java_missing_isRefusedInOneLine() throws Exception {
    Outcome outcome =
        new Command(work, Map.of("JAVA_HOME", "/nowhere"), dpfed("--version").words()).run();

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err()).startsWith("dpfed: /nowhere/bin/java is not there").hasLineCount(1);
  }

  @Test
  void archives_tarAndZip_holdTheSameFiles() throws IOException {
    List<String> unpacked = new ArrayList<>();
    try (Stream<Path> files = Files.walk(home)) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> unpacked.add(place.relativize(file).toString()));
    }
    try (ZipFile zip = new ZipFile(Build.made("dpfed-dist", NAME + ".zip").toFile())) {
      List<String> zipped =
          zip.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName).toList();
      assertThat(new TreeSet<>(zipped)).isEqualTo(new TreeSet<>(unpacked));
    }
    assertThat(unpacked)
        .contains(
            NAME + "/LICENSE", NAME + "/NOTICE", NAME + "/README.md", NAME + "/bin/dpfed.bat");
    assertThat(Files.readString(home.resolve("bin/dpfed.bat")).lines().count())
        .as("lines that end as Windows wants it")
        .isEqualTo(Files.readString(home.resolve("bin/dpfed.bat")).split("\r\n", -1).length - 1L);
  }
}
