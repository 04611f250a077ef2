package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.util.ModelSerializer;
import org.dpfed.cli.DpfedCommand;
import org.dpfed.cli.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Schedules by round and bounds on clients, as settings. */
final class LocalTrainingSettingsTest {
  private static final String[] CLIENTS_OF_TWENTY = {
    "--partition", "iid", "--examples-per-client", "20", "--cohort", "6", "--epochs", "2"
  };

  @TempDir Path runs;

  private final StringWriter out = new StringWriter();

  /** From round 3 on nothing is left of the steps: two runs agree where only these differ. */
  @Test
  void clientAndServerSchedule_fromTheirRoundOn_multiplyTheLearningRate() throws Exception {
    float[] plain = train("plain", "--rounds", "2");
    assertThat(train("later", "--rounds", "2", "--client-schedule", "{1: 1, 3: 0.5}"))
        .isEqualTo(plain);
    assertThat(train("server-later", "--rounds", "2", "--server-schedule", "{1: 1, 3: 0.5}"))
        .isEqualTo(plain);
    assertThat(train("client", "--rounds", "2", "--client-schedule", "{1: 1, 2: 0.5}"))
        .isNotEqualTo(plain);
    assertThat(train("server", "--rounds", "2", "--server-schedule", "{1: 1, 2: 0.5}"))
        .isNotEqualTo(plain);
  }

  @Test
  void maxExamplesAndMaxSteps_smallerThanAClient_changeItsTraining() throws Exception {
    float[] plain = train("plain", CLIENTS_OF_TWENTY);
    assertThat(train("enough", with(CLIENTS_OF_TWENTY, "--max-examples", "20", "--max-steps", "4")))
        .isEqualTo(plain);
    assertThat(train("rows", with(CLIENTS_OF_TWENTY, "--max-examples", "19"))).isNotEqualTo(plain);
    assertThat(train("steps", with(CLIENTS_OF_TWENTY, "--max-steps", "3"))).isNotEqualTo(plain);
  }

  /** A nanosecond is too short for everybody, an hour for nobody. */
  @Test
  void timeLimit_tooShort_leavesNoiseAloneAndIsAnAssumption() throws Exception {
    float[] plain = train("plain");
    assertThat(train("hour", "--client-time-limit-seconds", "3600")).isEqualTo(plain);
    float[] noise = train("short", "--client-time-limit-seconds", "1e-9");
    assertThat(noise).isNotEqualTo(plain).doesNotContain(Float.NaN);
    assertThat(train("rates", "--client-time-limit-seconds", "1e-9", "--client-learning-rate", "9"))
        .isEqualTo(noise);
    assertThat(Files.readString(runs.resolve("plain/report.json"))).doesNotContain("clientTime");
    assertThat(Files.readString(runs.resolve("short/report.json"))).contains("(clientTimeLimit)");
  }

  @Test
  void updaterWithState_isNotedAtTheStart() throws Exception {
    train("plain");
    assertThat(out.toString()).doesNotContain("note:");
    train("adam", "--client-updater", "adam");
    assertThat(out.toString().replaceAll("\\s+", " "))
        .contains("note: the state of the updater Adam is reset");
    assertThat(Files.readString(runs.resolve("plain/report.json"))).contains("\"notes\" : [ ]");
    assertThat(Files.readString(runs.resolve("adam/report.json")))
        .contains("the state of the updater Adam is reset");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{2: 0.5}", "{1: 0}", "{1: -1}", "{1: x}", "{1: 1, last: 0.1}", "[1, 0.5]", "0.5"})
  void schedule_ofAnotherForm_isRefused(String schedule) {
    Configuration configuration = Configuration.standard();
    Setting setting = Settings.named("client.schedule");
    assertThatThrownBy(() -> configuration.withFlag(setting, schedule))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("round 1");
  }

  private float[] train(String name, String... flags) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("train", "--runs", runs.toString(), "--name", name));
    arguments.addAll(List.of("--noise-seed", "5", "--rounds", "1"));
    List<String> given = Arrays.asList(flags);
    if (given.contains("--rounds")) {
      arguments.subList(arguments.size() - 2, arguments.size()).clear();
    }
    arguments.addAll(given);
    CommandLine command = DpfedCommand.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true));
    assertThat(command.execute(arguments.toArray(String[]::new))).as(out.toString()).isZero();
    return ModelSerializer.restoreMultiLayerNetwork(runs.resolve(name + "/model.zip").toFile())
        .params()
        .toFloatVector();
  }

  private static String[] with(String[] flags, String... more) {
    String[] all = Arrays.copyOf(flags, flags.length + more.length);
    System.arraycopy(more, 0, all, flags.length, more.length);
    return all;
  }
}
