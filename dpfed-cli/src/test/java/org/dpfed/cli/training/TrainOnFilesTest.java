package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.dpfed.cli.DpfedCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * Users' own files on the command line: whose privacy is promised, who is held out, what is read.
 */
class TrainOnFilesTest {
  /** Patients with three visits each. */
  private static final String VISITS = visits();

  private static final String RANGE = " --ranges {age:[0,100]}";

  private static final String SMALL =
      " --model logistic --client-learning-rate 0.5 --rounds 3 --clip-norm 0.5 --noise-multiplier 1"
          + " --delta 1e-5 --epsilon none";

  private static final String COHORT = " --cohort 10";

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private int runs;
  private Path lastRun = Path.of("none");

  /**
   * 40 patients of 5 visits: the features are the patient's fingerprint, the label is a coin that
   * was tossed for the patient, so that nothing holds for a patient never seen. A split by row
   * reaches about 90 % by recognising patients.
   */
  @Test
  void train_visits_areEvaluatedOnPatientsNeverSeen() throws IOException {
    Random random = new Random(5);
    StringBuilder rows = new StringBuilder("pid,a,b,c,d,e,f,g,h,dead\n");
    for (int patient = 0; patient < 40; patient++) {
      double[] fingerprint = random.doubles(8, -1, 1).toArray();
      String label = random.nextBoolean() ? "yes" : "no";
      for (int visit = 0; visit < 5; visit++) {
        rows.append(patient);
        for (double mark : fingerprint) {
          rows.append(',').append(mark + 0.03 * random.nextGaussian());
        }
        rows.append(',').append(label).append('\n');
      }
    }
    Files.writeString(directory.resolve("visits.csv"), rows);

    // Without noise and with everybody in every round the run is the same every time.
    int status =
        train(
            flags("visits.csv", "pid", "--test-examples", "40", "--partition", "by-key"),
            "--ranges {a:[-1,1],b:[-1,1],c:[-1,1],d:[-1,1],e:[-1,1],f:[-1,1],g:[-1,1],h:[-1,1]}"
                + " --model mlp --hidden [64] --client-learning-rate 0.3 --epochs 5 --cohort 40"
                + " --rounds 30 --clip-norm 5 --noise-multiplier 0 --epsilon none --delta 1e-3");

    assertThat(status).as(err.toString()).isZero();
    assertThat(report().at("/plan/population").asInt()).isEqualTo(40);
    JsonNode evaluation = report().findValue("evaluation");
    // Whole patients of 5 visits; the coins of a handful of them are far from 90 % predictable.
    assertThat(evaluation.path("examples").asInt() % 5).isZero();
    assertThat(evaluation.path("accuracy").asDouble()).isBetween(0.2, 0.8);
  }

  /** Two exports of the same 20 patients, the second with 7.0 for 7. */
  @Test
  void train_exportsThatSpellKeysDifferently_countEachPatientOnce() throws IOException {
    StringBuilder rows = new StringBuilder("pid,age,dead\n");
    for (int row = 0; row < 40; row++) {
      rows.append(
          "%d%s,%d,%s\n"
              .formatted(row % 20, row < 20 ? "" : ".0", 20 + row, row % 2 == 0 ? "no" : "yes"));
    }
    Files.writeString(directory.resolve("merged.csv"), rows);

    assertThat(train(flags("merged.csv", "pid", "--partition", "by-key"), RANGE + COHORT + SMALL))
        .isZero();

    assertThat(out.toString()).contains("patient, 20 of them").contains("5.8410");
    assertThat(report().at("/guarantee/assumptions").toString())
        .contains("one patient is all rows with one key, its value of column 'pid'");
  }

  @Test
  void train_rowsDealtToClients_promisesNothingToAPatient() throws IOException {
    String deal = "--partition iid --examples-per-client 5 --cohort 20 --rounds 1";
    assertThat(train(List.of(), deal)).isZero();
    assertThat(report().at("/guarantee/unit").asText()).isEqualTo("simulated client");
    assertThat(report().at("/guarantee/summary").asText()).contains("for one simulated client");
    assertThat(out.toString()).contains("simulated client, 91 of them").doesNotContain("patient,");
    for (String kind : List.of("iid", "dirichlet --alpha 1", "shards")) {
      refused(
          "--unit patient --partition " + kind + " --examples-per-client 4 --rounds 1",
          "unit 'patient' does not fit partition " + kind.replaceFirst(" .*", ""));
    }
    refused("--unit hospital --rounds 1", "where a client is one patient");
  }

  @Test
  void train_unitThatRowsAreNot_isRefusedUntilSomeoneVouches() throws IOException {
    Files.writeString(directory.resolve("rows.csv"), VISITS);
    String rows = RANGE + COHORT + SMALL + " --ignore [pid] --partition one-per-client --unit ";
    assertThat(train(csv("rows.csv"), rows + "patient")).isEqualTo(2);
    assertThat(err.toString()).contains("unit 'patient' does not fit partition one-per-client");
    assertThat(train(csv("rows.csv"), rows + "patient --unit-rows one")).isZero();
    assertThat(report().at("/guarantee/unit").asText()).isEqualTo("patient");
    assertThat(report().at("/guarantee/assumptions").toString())
        .contains("each patient has exactly one row");
  }

  @Test
  void train_keyWithSeveralRowsAndRowsForClients_cannotBePatients() throws IOException {
    Files.writeString(directory.resolve("rows.csv"), VISITS);
    for (String vouched : List.of("", " --unit-rows one")) {
      assertThat(
              train(
                  csv("rows.csv"),
                  RANGE
                      + COHORT
                      + SMALL
                      + " --key pid --unit patient --partition one-per-client"
                      + vouched))
          .isEqualTo(2);
    }
    assertThat(err.toString()).contains("choose by-key").contains("some key has several rows");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip | --data-file rows.csv",
        "semicolons | --data-file rows.csv --delimiter ;",
        "notes | --data-file rows.csv --ignore [pid,note]",
        "trailing | --data-file rows.csv --ignore [pid,'']",
        "utf-16 | --data-file rows.csv",
        "tabs | --data-file rows.csv --delimiter tab",
        "latin | --data-file rows.csv --encoding windows-1252 --ignore [pid,Größe]",
        "remaining | --data-file rows.csv --remaining-range [0,100]",
        "map | --data-file rows.csv --classes {alive:[no],dead:[yes]}",
        "regression | --data-file rows.csv",
        "files | --data-files [rows.csv,more.csv] --ignore [pid]",
        "directory | --data-directory sites",
      })
  void train_fileInAForm_isRead(String form, String flags) throws IOException {
    byte[] content =
        switch (form) {
          case "semicolons" -> bytes(VISITS.replace(',', ';'));
          case "tabs" -> bytes(VISITS.replace(',', '\t'));
          case "notes" ->
              bytes(
                  VISITS
                      .replaceAll("(?m)$(?!\\z)", ",\"one\n\"\"two\"\"\"")
                      .replaceFirst(",\"one\n[^\n]*", ",note"));
          case "trailing" -> bytes(VISITS.replace("\n", ",\n"));
          case "utf-16" -> VISITS.getBytes(StandardCharsets.UTF_16);
          case "latin" ->
              VISITS
                  .replace("\n", ",1\n")
                  .replaceFirst(",1", ",Größe")
                  .getBytes(StandardCharsets.ISO_8859_1);
          case "gzip" -> gzip(bytes(VISITS));
          default -> bytes(VISITS);
        };
    Files.write(directory.resolve("rows.csv"), content);
    Files.writeString(directory.resolve("more.csv"), olderBy("0.25"));
    Files.createDirectory(directory.resolve("sites"));
    Files.writeString(directory.resolve("sites/north.csv"), VISITS);
    Files.writeString(directory.resolve("sites/south.csv"), olderBy("0.5"));
    String paths = flags.replaceAll("(rows|more)\\.csv|\\bsites\\b", directory + "/$0");
    List<String> base =
        new ArrayList<>(
            List.of("--data", "csv", "--label", form.equals("regression") ? "age" : "dead"));
    if (form.equals("regression")) {
      base.addAll(List.of("--regression", "[0, 100]", "--categories", "{dead: [no, yes]}"));
    } else if (!form.equals("map")) {
      base.addAll(List.of("--classes", "[no, yes]"));
    }
    String ranges = form.equals("regression") || form.equals("remaining") ? "" : RANGE;
    String ignore = flags.contains("--ignore") || form.equals("remaining") ? "" : " --ignore [pid]";
    String partition = form.equals("directory") ? "by-key" : "one-per-client";
    String cohort = form.equals("directory") ? " --cohort 1" : COHORT;
    String test = form.equals("directory") ? " --test-file " + directory + "/more.csv" : "";

    int status =
        train(base, paths + ranges + ignore + SMALL + cohort + test + " --partition " + partition);

    assertThat(status).as(err.toString()).isZero();
    if (form.equals("directory")) {
      assertThat(report().at("/plan/population").asInt()).isEqualTo(2);
      assertThat(report().at("/guarantee/assumptions").toString())
          .contains("each file is one client");
    }
  }

  @Test
  void train_heldOutRowsOfTheTrainedOnes_areRefused() throws IOException {
    Files.writeString(directory.resolve("rows.csv"), VISITS);
    Files.writeString(directory.resolve("test.csv"), VISITS.replaceAll("\n(1\\d\\d),", "\n$1.0,"));
    String keyed = RANGE + COHORT + SMALL + " --key pid --partition by-key --test-file ";
    assertThat(train(csv("rows.csv"), keyed + directory.resolve("test.csv"))).isEqualTo(2);
    assertThat(err.toString()).contains("test must hold other clients than train");
    String rows =
        RANGE + COHORT + SMALL + " --ignore [pid] --partition one-per-client --test-file ";
    assertThat(train(csv("rows.csv"), rows + directory.resolve("rows.csv"))).isEqualTo(2);
    assertThat(err.toString()).contains("data.testFile must hold other rows");
    Path copy = Files.copy(directory.resolve("rows.csv"), directory.resolve("copy.csv"));
    assertThat(train(csv("rows.csv"), rows + copy)).isEqualTo(2);
    assertThat(err.toString()).contains(copy + " and ", "have the same content");
    assertThat(train(csv("rows.csv"), rows + directory.resolve("test.csv"))).isEqualTo(2);
    assertThat(err.toString()).contains("all 60 test rows equal a training row");
    assertThat(
            train(csv("rows.csv"), RANGE + COHORT + SMALL + " --test-share 0.2 --test-examples 3"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("data.testExamples has no effect with data.testShare");
  }

  /** The population counts clients whose rows are held out; nobody should learn that late. */
  @Test
  void train_halfOfTheClientsHeldOut_warnsBeforeAndAfter() throws IOException {
    Files.writeString(directory.resolve("rows.csv"), VISITS);
    List<String> flags = flags("rows.csv", "pid", "--partition", "by-key");
    String half = RANGE + SMALL + " --cohort 5 --test-share 0.8";
    assertThat(train(flags, half + " --dry-run")).as(err.toString()).isZero();
    assertThat(out.toString()).containsPattern("held out +\\d+ rows; \\d+ of 20 clients have no");
    assertThat(out.toString()).contains("(each one patient) have no training rows");
    assertThat(train(flags, half)).isZero();
    JsonNode notCovered = report().path("notCoveredByGuarantee");
    assertThat(notCovered.path("heldOut").asText()).contains("of 20 clients have no training rows");
    assertThat(notCovered.path("warning").asText()).startsWith("warning: ");
    assertThat(train(flags, RANGE + SMALL + COHORT)).isZero();
    assertThat(report().path("notCoveredByGuarantee").has("warning")).isFalse();
  }

  /** A patient's record is neither lost as a header nor shown in the error that asks about one. */
  @ParameterizedTest
  @ValueSource(strings = {"1", "diagnosis"})
  void train_fileWithoutAHeader_isRefusedWithoutShowingItsRecord(String label) throws IOException {
    Files.writeString(
        directory.resolve("wdbc.data"),
        "842302,M,17.99,10.38\n842517,M,20.57,17.77\n84300903,B,11.42,20.38\n84348301,B,12.45,15.70\n");
    List<String> flags =
        List.of(
            "--data",
            "csv",
            "--data-file",
            directory.resolve("wdbc.data").toString(),
            "--label",
            label,
            "--classes",
            "[B, M]",
            "--ignore",
            "[\"0\"]",
            "--ranges",
            "{2: [0, 50], 3: [0, 50]}",
            "--partition",
            "one-per-client");

    for (String verbose : List.of("", " --verbose")) {
      assertThat(train(flags, SMALL + COHORT + verbose)).isEqualTo(2);
    }
    assertThat(err.toString()).contains("set header to false if this line is a record");
    assertThat(err.toString() + out).doesNotContain("842302", "17.99", "10.38", "[B");
    if (label.equals("1")) {
      assertThat(train(flags, SMALL + " --header false --cohort 1 --test-examples 1"))
          .as(err.toString())
          .isZero();
      JsonNode evaluation = report().findValue("evaluation");
      assertThat(report().at("/plan/population").asInt() + evaluation.path("examples").asInt())
          .isEqualTo(4);
    }
  }

  /** With and without the stack trace. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "pid,age,dead\n7351,ZQage,no\n",
        "pid,age,dead\n7351,50,ZQlabel\n",
        "pid,age,dead\n7351,50\n",
        "pid,age,dead\nZQkey,50,no\nzqKEY,50,no\n",
        "pid,age,ZQcolumn\n7351,50,no\n",
        "7351,50,no\n7352,51,yes\n",
        "pid,age,dead\n7351,\"73,51\",no\n",
        "pid,age,dead\n7351,\"ZQ\n",
        "pid,age,dead\nZQ\u0000,50,no\n",
      })
  void train_fileThatIsBroken_showsNoValueOfIt(String content) throws IOException {
    Files.writeString(directory.resolve("rows.csv"), content);
    for (String verbose : List.of("", " --verbose")) {
      assertThat(
              train(
                  csv("rows.csv"),
                  RANGE
                      + COHORT
                      + SMALL
                      + " --key pid --partition by-key --unit patient"
                      + verbose))
          .isEqualTo(2);
      assertThat((err.toString() + out).replace(directory.toString(), ""))
          .contains("rows.csv: line")
          .doesNotContainIgnoringCase("zq", "7351", "73,51");
    }
  }

  /** Other patients, a fraction of a year older. */
  private static String olderBy(String fraction) {
    return VISITS.replaceAll("\n1(\\d\\d),(\\d\\d)", "\n2$1,$2" + fraction.substring(1));
  }

  private static String visits() {
    StringBuilder rows = new StringBuilder("pid,age,dead\n");
    for (int row = 0; row < 60; row++) {
      rows.append("1%02d,%d,%s\n".formatted(row / 3, 20 + row, row % 2 == 0 ? "no" : "yes"));
    }
    return rows.toString();
  }

  private List<String> csv(String file) {
    return List.of(
        "--data",
        "csv",
        "--data-file",
        directory.resolve(file).toString(),
        "--label",
        "dead",
        "--classes",
        "[no, yes]");
  }

  private List<String> flags(String file, String key, String... more) {
    List<String> flags = new ArrayList<>(csv(file));
    flags.addAll(List.of("--key", key, "--unit", "patient"));
    flags.addAll(List.of(more));
    return flags;
  }

  private void refused(String flags, String message) {
    assertThat(train(List.of(), flags)).isEqualTo(2);
    assertThat(err.toString()).contains(message);
  }

  /**
   * @param words split at blanks
   */
  private int train(List<String> flags, String words) {
    List<String> arguments = new ArrayList<>(List.of("train"));
    arguments.addAll(flags);
    // The directory's path may hold spaces.
    String here = directory.toString();
    for (String word : words.replace(here, "\u0001").strip().split(" +", -1)) {
      arguments.add(word.replace("\u0001", here));
    }
    arguments.addAll(List.of("--runs", directory.resolve("runs").toString()));
    lastRun = directory.resolve("runs").resolve("run" + runs++);
    arguments.addAll(List.of("--name", String.valueOf(lastRun.getFileName())));
    CommandLine command = DpfedCommand.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return command.execute(arguments.toArray(String[]::new));
  }

  private JsonNode report() throws IOException {
    return new ObjectMapper().readTree(lastRun.resolve("report.json").toFile());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    }
    return bytes.toByteArray();
  }
}
