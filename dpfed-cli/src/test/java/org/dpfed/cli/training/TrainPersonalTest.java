package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.dpfed.cli.DpfedCommand;
import org.dpfed.dl4j.ModelFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Personal layers on the command line: 40 sites, every second of which swaps the two labels. */
final class TrainPersonalTest {
  private static final String MLP =
      " --ranges {a:[-1,1],b:[-1,1]} --model mlp --hidden [4] --client-learning-rate 0.5"
          + " --cohort 20 --rounds 6 --clip-norm 1 --noise-multiplier 0 --epsilon none --delta 1e-3"
          + " --personal-steps 20 --partition by-key --key site";

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void writeSites() throws IOException {
    Random random = new Random(3);
    StringBuilder rows = new StringBuilder("site,a,b,ill\n");
    for (int site = 0; site < 40; site++) {
      for (int row = 0; row < 20; row++) {
        double a = random.nextDouble(-1, 1);
        boolean isIll = a > 0 == (site % 2 == 0);
        rows.append("s%d,%.3f,%.3f,%s%n".formatted(site, a, random.nextDouble(-1, 1), text(isIll)));
      }
    }
    Files.writeString(directory.resolve("sites.csv"), rows);
  }

  private static String text(boolean isIll) {
    return isIll ? "yes" : "no";
  }

  /**
   * Sites that swap labels are about as many as those that do not, so no shared model can be right
   * much more often than in half of all rows; with an output layer of its own each site can.
   */
  @Test
  void train_personalHead_isReportedBesideTheGlobalModelAndNamedWhereItIsUsed() throws IOException {
    assertThat(run(MLP + " --personal head --name run")).as(err.toString()).isZero();
    JsonNode report = report("run");
    JsonNode evaluation = report.at("/notCoveredByGuarantee/personalEvaluation");
    double personal = evaluation.at("/personal/accuracy").asDouble();
    double global = evaluation.at("/global/accuracy").asDouble();
    assertThat(personal).isGreaterThan(0.8).isGreaterThan(global + 0.2);
    assertThat(evaluation.path("clientsLeftOut").asInt()).isZero();
    int clients = evaluation.path("clients").asInt();
    assertThat(evaluation.at("/personal/examples").asInt()).isEqualTo(10 * clients);
    assertThat(evaluation.at("/personal/data").asText()).contains("no guarantee covers");
    assertThat(report.path("parameters").asInt()).isEqualTo(2 * 4 + 4);
    assertThat(report.path("notes").toString()).contains("layer1 stay with each client");
    assertThat(report.at("/configuration/client/personalSteps").asInt()).isEqualTo(20);

    assertThat(out.toString())
        .contains("on half the rows of %d held-out clients:".formatted(clients))
        .containsPattern("personal accuracy +0\\.[89]")
        .containsPattern("global accuracy +0\\.\\d+");
    String page = Files.readString(directory.resolve("runs/run/report.html"));
    assertThat(page)
        .contains("/notCoveredByGuarantee/personalEvaluation/personal/accuracy")
        .contains("/notCoveredByGuarantee/personalEvaluation/global/accuracy");
    assertThat(Files.readString(directory.resolve("runs/run/model-card.md")))
        .contains("Personal layers (head) hold their initial values");

    MultiLayerNetwork released = ModelFile.read(directory.resolve("runs/run/model.zip"));
    MultiLayerNetwork initial =
        new MultiLayerNetwork(released.getLayerWiseConfigurations().clone());
    initial.init();
    assertThat(released.getLayer(1).params()).isEqualTo(initial.getLayer(1).params());
    assertThat(released.getLayer(0).params()).isNotEqualTo(initial.getLayer(0).params());

    for (String command : List.of("predict", "evaluate")) {
      err.getBuffer().setLength(0);
      assertThat(execute(command, runs("run"), "--data-file", file("sites.csv"))).isZero();
      assertThat(err.toString().lines())
          .singleElement()
          .asString()
          .contains("model.personal head")
          .contains("initial values");
    }
  }

  @Test
  void train_dryRun_saysWhichLayersArePersonal() {
    assertThat(run(MLP + " --personal [layer0] --dry-run")).as(err.toString()).isZero();
    assertThat(out.toString())
        .containsPattern("parameters +10\n")
        .containsPattern("personal layers +layer0; 12 parameters");
  }

  @Test
  void train_resumed_keepsPersonalLayersAndSteps() throws IOException {
    String seeded = MLP + " --personal head --noise-seed 3 --checkpoint-every 1";
    assertThat(run(seeded + " --name whole")).as(err.toString()).isZero();
    assertThat(run(seeded + " --name part --rounds 3")).isZero();
    for (String change : List.of("--personal-steps 4", "--personal none")) {
      String flag = change.substring(0, change.indexOf(' '));
      String value = change.substring(flag.length() + 1);
      assertThat(execute("train", "--resume", runs("part"), "--rounds", "6", flag, value))
          .isEqualTo(2);
      assertThat(err.toString())
          .contains(
              change.substring(0, change.indexOf(' ')) + " cannot change when a run is resumed");
    }
    assertThat(execute("train", "--resume", runs("part"), "--rounds", "6")).isZero();
    for (String at :
        List.of("/notCoveredByGuarantee/personalEvaluation", "/notCoveredByGuarantee/evaluation")) {
      assertThat(report("part").at(at)).isEqualTo(report("whole").at(at));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--personal [top]|'top' is none that is trained; those are layer0, layer1",
        "--personal [layer0,layer1]|must leave a layer to share",
        "--personal heads|model.personal must be head, normalisation or a list of layer names",
        "--personal normalisation|choose head or layers of layer0, layer1",
        "--personal head --partition one-per-client|model.personal has no effect with partition.by one-per-client",
        "--personal head --personal-steps 0|client.personalSteps must be an integer from 1",
        "|client.personalSteps has no effect without model.personal",
      })
  void train_impossibleChoice_isRefusedWithTheRemedy(String flags, String message) {
    assertThat(run(MLP + " " + (flags == null ? "" : flags))).isEqualTo(2);
    assertThat(err.toString()).contains(message);
  }

  /** Each file is a client, and nothing says to which of them a row of the test file belongs. */
  @Test
  void train_heldOutRowsOfNobody_isRefusedWithTheRemedy() throws IOException {
    List<String> lines = Files.readAllLines(directory.resolve("sites.csv"));
    List<String> files = new ArrayList<>();
    for (String site : List.of("s1,", "s2,", "s3,")) {
      String text =
          "a,b,ill\n"
              + String.join(
                  "\n",
                  lines.stream()
                      .filter(line -> line.startsWith(site))
                      .map(line -> line.substring(site.length()))
                      .toList());
      Files.writeString(directory.resolve(site.charAt(1) + ".csv"), text);
      files.add(file(site.charAt(1) + ".csv"));
    }
    String flags = MLP.replace(" --key site", "") + " --cohort 2 --personal head";
    assertThat(
            execute(
                arguments(
                    flags,
                    "--data-files",
                    "[" + files.get(0) + ", " + files.get(1) + "]",
                    "--test-file",
                    files.get(2))))
        .isEqualTo(2);
    assertThat(err.toString()).contains("hold out whole clients by data.testShare");
  }

  private int run(String flags) {
    return execute(arguments(flags, "--data-file", file("sites.csv")));
  }

  private String[] arguments(String flags, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of("train", "--data", "csv", "--label", "ill", "--classes", "[no, yes]"));
    all.addAll(List.of("--runs", directory.resolve("runs").toString()));
    all.addAll(Arrays.asList(flags.strip().split(" +", -1)));
    all.addAll(List.of(more));
    return lastOfEach(all).toArray(String[]::new);
  }

  /** The last value of a flag that is given twice. */
  private static List<String> lastOfEach(List<String> arguments) {
    List<String> kept = new ArrayList<>(List.of(arguments.get(0)));
    for (int i = 1; i < arguments.size(); i++) {
      String flag = arguments.get(i);
      int end = i + 1 < arguments.size() && !arguments.get(i + 1).startsWith("--") ? i + 1 : i;
      if (!arguments.subList(i + 1, arguments.size()).contains(flag)) {
        kept.addAll(arguments.subList(i, end + 1));
      }
      i = end;
    }
    return kept;
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  private String runs(String name) {
    return directory.resolve("runs").resolve(name).toString();
  }

  private JsonNode report(String name) throws IOException {
    return new ObjectMapper().readTree(Path.of(runs(name), "report.json").toFile());
  }

  private int execute(String... arguments) {
    CommandLine command = DpfedCommand.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return command.execute(arguments);
  }
}
