package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.Serializable;
import java.io.StringWriter;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.dpfed.cli.DpfedCommand;
import org.dpfed.data.WisconsinBreastCancer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine;

/** {@code predict} and {@code evaluate} on runs that {@code train} has left. */
final class PredictCommandTest {
  private static final String FEW_ROUNDS =
      " --model logistic --client-learning-rate 0.5 --rounds 3 --clip-norm 0.5 --noise-multiplier 1"
          + " --delta 1e-3 --epsilon none --cohort 10 --partition one-per-client --name run --test-file ";

  /** Runs are made once and copied, since training takes seconds. */
  @TempDir private static Path trained;

  private static Path classes = Path.of("none");
  private static Path regression = Path.of("none");

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private Path run = Path.of("none");

  @BeforeAll
  static void train() throws IOException {
    classes =
        trainedOn(
            "classes",
            "--label sick --classes {healthy:[0],ill:[1,2]} --ignore [id] --categories {sex:[f,m]}"
                + " --remaining-range [0,100]");
    regression =
        trainedOn(
            "regression",
            "--label crp --regression [10,60] --ranges {age:[0,100]} --ignore [id,sex,sick]");
  }

  private static Path trainedOn(String name, String flags) throws IOException {
    Path folder = Files.createDirectory(trained.resolve(name));
    Path rows = Files.writeString(folder.resolve("rows.csv"), rows(60));
    Path test = Files.writeString(folder.resolve("test.csv"), otherRows());
    StringWriter errors = new StringWriter();
    int status =
        execute(
            new StringWriter(),
            errors,
            "train --data csv --data-file %s %s%s%s --runs %s"
                .formatted(rows, flags, FEW_ROUNDS, test, folder));
    assertThat(status).as(errors.toString()).isZero();
    return folder.resolve("run");
  }

  /** 20 rows, of which one at least is none of the 60. */
  private static String otherRows() {
    return rows(20).replaceFirst(",20\n", ",20.5\n");
  }

  private static String rows(int count) {
    StringBuilder text = new StringBuilder("id,crp,sick,sex,age\n");
    for (int row = 0; row < count; row++) {
      text.append(
          "id%d,%d.5,%d,%s,%d\n"
              .formatted(row, 3 * row % 90, row % 3, row % 2 == 0 ? "f" : "m", 20 + row));
    }
    return text.toString();
  }

  @BeforeEach
  void copyRun() throws IOException {
    run = copy(classes, "copy");
  }

  private Path copy(Path from, String name) throws IOException {
    Path to = Files.createDirectory(directory.resolve(name));
    try (var files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(String.valueOf(file.getFileName())));
      }
    }
    return to;
  }

  @Test
  void predict_rowsInAnotherOrder_areWhatTheModelPutsOut() throws IOException {
    Path file = file("note,age,sex,crp\nx,20,f,0.5\ny,70,m,88\n");
    assertThat(predict(file)).as(err.toString()).isZero();

    // Features as training has them: categories first, then the remaining columns of its file.
    INDArray features =
        Nd4j.create(
            new float[][] {{1, 0, scaled(0.5), scaled(20)}, {0, 1, scaled(88), scaled(70)}});
    float[][] expected = model(run).output(features, false).toFloatMatrix();
    List<String> lines = out.toString().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).isEqualTo("row,predicted,probability of healthy,probability of ill");
    for (int row = 0; row < 2; row++) {
      String name = expected[row][0] >= expected[row][1] ? "healthy" : "ill";
      assertThat(lines.get(row + 1))
          .isEqualTo("%d,%s,%s,%s".formatted(row + 1, name, expected[row][0], expected[row][1]));
    }
  }

  private static float scaled(double value) {
    return (float) (2 * value / 100 - 1);
  }

  @Test
  void predict_manyRows_areThoseOfAllRowsAtOnce() throws IOException {
    assertThat(predict(file(rows(1300)))).isZero();
    List<String> lines = out.toString().lines().toList();
    assertThat(lines).hasSize(1301);
    assertThat(lines.get(1300)).startsWith("1300,");
    float[][] features = new float[1300][];
    for (int row = 0; row < 1300; row++) {
      float f = row % 2 == 0 ? 1 : 0;
      double age = Math.min(100, 20 + row);
      features[row] = new float[] {f, 1 - f, scaled(3 * row % 90 + 0.5), scaled(age)};
    }
    float[][] expected = model(run).output(Nd4j.create(features), false).toFloatMatrix();
    for (int row = 0; row < 1300; row++) {
      double probability = Double.parseDouble(lines.get(row + 1).split(",", -1)[2]);
      // Another batch size may sum five products in another order: a few units in the last place.
      assertThat(probability).isCloseTo(expected[row][0], within(1e-6));
    }
  }

  @Test
  void predict_regression_isInTheUnitsOfTheLabel() throws IOException {
    run = copy(regression, "numbers");
    assertThat(predict(file("age\n30\n"))).as(err.toString()).isZero();
    INDArray features = Nd4j.create(new float[][] {{scaled(30)}});
    double output = model(run).output(features, false).getDouble(0);
    assertThat(out.toString().lines().toList().get(0)).isEqualTo("row,predicted");
    double predicted = Double.parseDouble(out.toString().lines().toList().get(1).substring(2));
    // Both compute 10 + 25 (output + 1) in double precision, in another order.
    assertThat(predicted).isCloseTo(35 + 25 * output, within(1e-12));
  }

  @Test
  void predict_key_isCopiedWhenAskedFor() throws IOException {
    Path file = file("who,age,sex,crp\n\"Doe, J\",20,f,1\n,30,m,2\n");
    Path output = directory.resolve("predicted.csv");
    assertThat(predict(file, "--key", "who", "--output", output.toString())).isZero();
    assertThat(out.toString()).isEmpty();
    List<String> lines = Files.readAllLines(output);
    assertThat(lines.get(0)).startsWith("row,who,predicted,");
    assertThat(lines.get(1)).startsWith("1,\"Doe, J\",");
    assertThat(lines.get(2)).startsWith("2,,");

    String before = Files.readString(output);
    assertThat(predict(file, "--output", output.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("predicted.csv exists already");
    assertThat(output).hasContent(before);
    assertThat(predict(file, "--output", directory.resolve("none/a.csv").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("is in a directory that does not exist");
  }

  /** A spreadsheet would compute what begins with these; a number is one. */
  @Test
  void predict_keysThatAreFormulas_areTexts() throws IOException {
    Path file = file("=who,age,sex,crp\n=1+1,20,f,1\n-5,30,m,2\n@x,30,m,2\n");
    assertThat(predict(file, "--key", "=who")).as(err.toString()).isZero();
    assertThat(out.toString().lines().map(line -> line.split(",", -1)[1]))
        .containsExactly("'=who", "'=1+1", "-5", "'@x");
  }

  @Test
  void predict_rowThatDoesNotFit_leavesNoFile() throws IOException {
    Path output = directory.resolve("predicted.csv");
    Path file = file(rows(600) + "id,7351,0,f,ZQage\n");
    assertThat(predict(file, "--output", output.toString())).isEqualTo(2);
    assertThat(err.toString())
        .contains("new.csv: line 602, column 5 of 5 (age): expected a number")
        .doesNotContain("7351", "ZQ");
    assertThat(output).doesNotExist();
  }

  @Test
  void predict_otherSyntax_isStatedByFlags() throws IOException {
    Path file = file("age;sex;crp\n20;f;1\n");
    assertThat(predict(file)).isEqualTo(2);
    assertThat(err.toString()).contains("is another delimiter used?");
    assertThat(predict(file, "--delimiter", ";")).isZero();
    assertThat(predict(file, "--delimiter", ";;")).isEqualTo(2);
    assertThat(err.toString()).contains("--delimiter must be one character or tab or space");
    assertThat(predict(file, "--encoding", "utf-99")).isEqualTo(2);
    assertThat(err.toString()).contains("utf-99");
  }

  @Test
  void predict_modelOnTheRecordsOfDpfed_readsThemFromAFile() throws IOException {
    String train = "train --rounds 2 --name wdbc --runs " + directory;
    assertThat(execute(out, err, train)).as(err.toString()).isZero();
    run = directory.resolve("wdbc");
    JsonNode columns =
        new ObjectMapper().readTree(run.resolve("preprocessing.json").toFile()).path("features");
    String header =
        columns.findValuesAsText("column").stream().collect(Collectors.joining(",", "", "\n"));
    Path file = file(header + "1,".repeat(29) + "1\n");
    assertThat(predict(file)).as(err.toString()).isZero();
    assertThat(out.toString()).contains("probability of benign,probability of malignant");
    assertThat(WisconsinBreastCancer.schema().featureCount()).isEqualTo(columns.size());
  }

  @Test
  void evaluate_testFileOfTheRun_givesTheNumbersOfTheReport() throws IOException {
    for (Path of : List.of(classes, regression)) {
      out.getBuffer().setLength(0);
      Path test = of.resolveSibling("test.csv");
      assertThat(execute(out, err, "evaluate " + of + " --json --data-file " + test)).isZero();
      JsonNode actual = new ObjectMapper().readTree(out.toString());
      JsonNode report = new ObjectMapper().readTree(of.resolve("report.json").toFile());
      assertThat(actual.at("/notCoveredByGuarantee/evaluation"))
          .isEqualTo(report.at("/notCoveredByGuarantee/evaluation"));
    }
    out.getBuffer().setLength(0);
    assertThat(
            execute(
                out, err, "evaluate " + run + " --data-file " + classes.resolveSibling("test.csv")))
        .isZero();
    assertThat(out.toString())
        .contains("on 20 rows:\n", "  accuracy  ", "does not cover the people in these rows")
        .doesNotContain("scaled");
  }

  @Test
  void evaluate_labelOutsideTheClasses_isRefusedWithoutTheValue() throws IOException {
    Path file = file("age,sex,crp,sick\n20,f,1,0\n20,f,1,7351\n");
    assertThat(execute(out, err, "evaluate " + run + " --data-file " + file)).isEqualTo(2);
    assertThat(err.toString())
        .contains("line 3, column 4 of 4 (sick): label belongs to none of the 2 classes")
        .doesNotContain("7351");
    assertThat(
            execute(out, err, "evaluate " + run + " --data-file " + file("age,sex,crp\n20,f,1\n")))
        .isEqualTo(2);
    assertThat(err.toString()).contains("expected a header with a column 'sick'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "config.yaml||is not the directory of a run, it has no config.yaml",
        "model.zip||has no model.zip: the run has not ended yet",
        "model.zip|PK|expected a model that dpfed wrote, found a damaged",
        "preprocessing.json||has no preprocessing.json: a dpfed before 0.1.0 trained it",
        "preprocessing.json|{}|preprocessing.json: is damaged or was changed",
      })
  void predict_runWithoutAFile_saysWhatIsMissing(String name, String content, String message)
      throws IOException {
    if (content == null) {
      Files.delete(run.resolve(name));
    } else {
      Files.writeString(run.resolve(name), content);
    }
    for (String command : List.of("predict", "evaluate")) {
      err.getBuffer().setLength(0);
      assertThat(execute(out, err, command + " " + run + " --data-file " + file(rows(3))))
          .isEqualTo(2);
      assertThat(err.toString()).contains(message).hasLineCount(1);
    }
  }

  @Test
  void predict_modelCutShortOrChanged_isDamaged() throws IOException {
    byte[] model = Files.readAllBytes(run.resolve("model.zip"));
    byte[] changed = model.clone();
    changed[model.length / 2] ^= 1;
    List<byte[]> damaged =
        List.of(
            new byte[0],
            Arrays.copyOf(model, 100),
            Arrays.copyOf(model, model.length / 2),
            changed);
    for (byte[] content : damaged) {
      err.getBuffer().setLength(0);
      Files.write(run.resolve("model.zip"), content);
      assertThat(predict(file(rows(3)))).as("%d bytes", content.length).isEqualTo(2);
      assertThat(err.toString()).contains("found a damaged or other file").hasLineCount(1);
    }
  }

  /** DL4J would read it, and so create objects of any class that can be found. */
  @Test
  void predict_modelWithAJavaObject_isRefusedBeforeTheObjectIsRead() throws IOException {
    try (FileSystem zip = FileSystems.newFileSystem(run.resolve("model.zip"));
        ObjectOutputStream object =
            new ObjectOutputStream(
                Files.newOutputStream(zip.getPath(ModelSerializer.PREPROCESSOR_BIN)))) {
      object.writeObject(new Created());
    }

    assertThat(predict(file(rows(3)))).isEqualTo(2);

    assertThat(err.toString())
        .contains("found a damaged or other file", "load a file that you trust")
        .hasLineCount(1);
    assertThat(CREATED).isFalse();
    // Otherwise the test would show nothing.
    assertThatThrownBy(() -> model(run)).isInstanceOf(ClassCastException.class);
    assertThat(CREATED).isTrue();
  }

  private static final AtomicBoolean CREATED = new AtomicBoolean();

  /** Tells when it is read. */
  private static final class Created implements Serializable {
    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      CREATED.set(true);
    }
  }

  @Test
  void predict_modelThatDiverged_isRefused() throws IOException {
    MultiLayerNetwork network = model(run);
    network.params().putScalar(0, Float.NaN);
    ModelSerializer.writeModel(network, run.resolve("model.zip").toFile(), false);
    assertThat(predict(file(rows(3)))).isEqualTo(2);
    assertThat(err.toString()).contains("its parameters are not finite");
  }

  @Test
  void predict_filesOfTwoRuns_doNotFit() throws IOException {
    Files.delete(run.resolve("model.zip"));
    Files.copy(regression.resolve("model.zip"), run.resolve("model.zip"));
    assertThat(predict(file(rows(3)))).isEqualTo(2);
    assertThat(err.toString())
        .contains("has 1 inputs and 1 outputs, preprocessing.json beside it says 4 and 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"idx", "fashion-mnist"})
  void predict_runOnImages_saysWhatToDo(String set) throws IOException {
    Files.delete(run.resolve("preprocessing.json"));
    Files.writeString(run.resolve("config.yaml"), "data:\n  set: " + set + "\n");
    assertThat(predict(file(rows(3)))).isEqualTo(2);
    assertThat(err.toString()).contains("was trained on images (" + set + ")").hasLineCount(1);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("new.csv"), text);
  }

  private static MultiLayerNetwork model(Path run) throws IOException {
    File file = run.resolve("model.zip").toFile();
    return ModelSerializer.restoreMultiLayerNetwork(file, false);
  }

  private int predict(Path file, String... flags) {
    List<String> words =
        new ArrayList<>(List.of("predict", run.toString(), "--data-file", file.toString()));
    words.addAll(List.of(flags));
    return execute(out, err, words.toArray(String[]::new));
  }

  /**
   * @param words split at blanks
   */
  private static int execute(StringWriter out, StringWriter err, String words) {
    // The path of the temporary directories may hold spaces.
    String here = Path.of("").toAbsolutePath().toString();
    String[] arguments = words.replace(here, "\u0001").split(" +", -1);
    return execute(
        out,
        err,
        Stream.of(arguments)
            .map(argument -> argument.replace("\u0001", here))
            .toArray(String[]::new));
  }

  private static int execute(StringWriter out, StringWriter err, String[] words) {
    CommandLine command = DpfedCommand.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return command.execute(words);
  }
}
