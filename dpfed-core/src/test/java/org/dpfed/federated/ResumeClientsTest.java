package org.dpfed.federated;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.ledger.Checkpoint;
import org.dpfed.ledger.CheckpointDirectory;
import org.dpfed.ledger.LedgerFile;
import org.dpfed.ledger.LedgerHistory;
import org.dpfed.mechanism.Noise;
import org.dpfed.mechanism.Randomness;
import org.dpfed.mechanism.Sampling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.dataset.api.DataSet;

/** A run goes on with the clients that it had, each under the number that it had. */
final class ResumeClientsTest {
  private static final int ROUNDS = 5;
  private static final List<String> PATIENTS =
      IntStream.range(0, 60).mapToObj(i -> "MRN-73" + i).toList();

  @TempDir private Path directory;

  /** Clients with a name each; none where there are no names. */
  private record NamedClients(List<String> names, boolean areKnown) implements FederatedDataset {
    @Override
    public String unit() {
      return "patient";
    }

    @Override
    public int population() {
      return names.size();
    }

    @Override
    public Optional<byte[]> identity(int id) {
      return areKnown ? Optional.of(names.get(id).getBytes(UTF_8)) : Optional.empty();
    }

    @Override
    public int examples(int id) {
      return 1;
    }

    @Override
    public DataSet client(int id) {
      return new NumberedClients(population()).client(id);
    }
  }

  private enum Turns {
    COUNTED,
    NOT_COUNTED;

    PrivacyPlan plan(FederatedDataset data) {
      return PrivacyPlan.builder(data)
          .sampling(
              this == COUNTED
                  ? new Sampling.ParticipationLimited(12, 1, 5)
                  : new Sampling.Poisson(12))
          .noise(this == COUNTED ? Noise.Banded.optimised(2) : new Noise.Independent())
          .rounds(ROUNDS)
          .clipNorm(1)
          .noiseMultiplier(1.3)
          .relation(NeighbouringRelation.ZERO_OUT)
          .delta(1e-5)
          .build();
    }
  }

  private static FederatedDataset named(List<String> names) {
    return new NamedClients(names, true);
  }

  private static FederatedDataset unnamed() {
    return new NamedClients(PATIENTS, false);
  }

  private static List<String> swapped() {
    List<String> names = new ArrayList<>(PATIENTS);
    names.set(17, "MRN-9999");
    return names;
  }

  private static List<String> permuted() {
    List<String> names = new ArrayList<>(PATIENTS);
    Collections.swap(names, 17, 40);
    return names;
  }

  private static ScriptedTrainer trainer() {
    return new ScriptedTrainer(3, client -> new float[] {client, 1, 2});
  }

  private static final class Cut extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static FederatedAveraging.Builder builder(
      Turns turns, FederatedDataset data, LedgerFile ledger, CheckpointDirectory checkpoints) {
    return FederatedAveraging.builder(turns.plan(data), data, trainer())
        .populationLedger(ledger)
        .checkpoints(checkpoints, 1);
  }

  private static TrainingResult resume(
      Turns turns, FederatedDataset data, LedgerFile ledger, CheckpointDirectory checkpoints) {
    return FederatedAveraging.resume(turns.plan(data), data, trainer(), checkpoints)
        .populationLedger(ledger)
        .build()
        .run();
  }

  private static void cut(
      Turns turns, FederatedDataset data, LedgerFile ledger, CheckpointDirectory checkpoints) {
    FederatedAveraging.Builder run = builder(turns, data, ledger, checkpoints);
    run.listener(
        (metrics, parameters) -> {
          if (metrics.round() == 2) {
            throw new Cut();
          }
        });
    assertThatThrownBy(() -> run.build().run()).hasCauseInstanceOf(Cut.class);
  }

  private LedgerFile ledger() throws IOException {
    return LedgerFile.open(directory.resolve("ledger.jsonl"));
  }

  private CheckpointDirectory checkpoints(String name) throws IOException {
    return CheckpointDirectory.open(directory.resolve(name));
  }

  @ParameterizedTest
  @EnumSource(Turns.class)
  void resume_otherClients_isRefusedAndChargesNothing(Turns turns) throws IOException {
    try (LedgerFile ledger = ledger();
        CheckpointDirectory checkpoints = checkpoints("c")) {
      cut(turns, named(PATIENTS), ledger, checkpoints);
      LedgerHistory before = ledger.history();
      assertThatThrownBy(() -> resume(turns, named(swapped()), ledger, checkpoints))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("some clients are not those of the run")
          .hasMessageContaining("start a new run, which the ledger charges in full")
          .hasMessageNotContaining("MRN");
      assertThatThrownBy(() -> resume(turns, named(permuted()), ledger, checkpoints))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("the clients are those of the run in another order")
          .hasMessageNotContaining("MRN");
      assertThatThrownBy(() -> resume(turns, unnamed(), ledger, checkpoints))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the data set does not (FederatedDataset.identity)");
      for (boolean areKnown : new boolean[] {true, false}) {
        FederatedDataset more =
            new NamedClients(IntStream.range(0, 61).mapToObj(i -> "MRN-73" + i).toList(), areKnown);
        assertThatThrownBy(() -> resume(turns, more, ledger, checkpoints))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith(
                "some clients are not those of the run: it had 60, the data have 61 now; resume with the same data")
            .hasMessageContaining("start a new run, which the ledger charges in full");
        // A plan where turns count is impossible for these; they are refused without one.
        FederatedDataset fewer = new NamedClients(PATIENTS.subList(0, 59), areKnown);
        Checkpoint newest = checkpoints.newest().orElseThrow();
        assertThatThrownBy(() -> FederatedAveraging.requireSameClients(fewer, newest))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("it had 60, the data have 59 now");
      }
      assertThat(ledger.history()).isEqualTo(before);

      TrainingResult result = resume(turns, named(PATIENTS), ledger, checkpoints);
      assertThat(result.report().rounds()).hasSize(ROUNDS);
      assertThat(result.report().guarantee().assumptions())
          .noneMatch(text -> text.contains("before the run was resumed"));
    }
  }

  /** The digest is passed on: a run that was resumed once is compared when it is resumed again. */
  @Test
  void resume_secondTime_isComparedWithTheFirstClients() throws IOException {
    try (LedgerFile ledger = ledger();
        CheckpointDirectory checkpoints = checkpoints("c")) {
      cut(Turns.COUNTED, named(PATIENTS), ledger, checkpoints);
      Map<String, String> first = clients(checkpoints);
      resume(Turns.COUNTED, named(PATIENTS), ledger, checkpoints);
      assertThat(clients(checkpoints)).isEqualTo(first);
      assertThatThrownBy(() -> resume(Turns.COUNTED, named(permuted()), ledger, checkpoints))
          .hasMessageContaining("in another order");
    }
  }

  /** Where the data cannot tell, the guarantee says what it then assumes. */
  @Test
  void resume_dataCannotTell_isAnAssumptionWhereTurnsCount() throws IOException {
    for (Turns turns : Turns.values()) {
      try (LedgerFile ledger = ledger();
          CheckpointDirectory checkpoints = checkpoints(turns.name())) {
        cut(turns, unnamed(), ledger, checkpoints);
        assertThat(clients(checkpoints)).isEmpty();
        assertThat(resume(turns, unnamed(), ledger, checkpoints).report().guarantee().assumptions())
            .filteredOn(text -> text.contains("before the run was resumed"))
            .hasSize(turns == Turns.COUNTED ? 1 : 0);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Turns.class)
  void resume_checkpointOfEarlierVersion_isRefusedWhereTurnsCount(Turns turns) throws IOException {
    try (LedgerFile ledger = ledger();
        CheckpointDirectory checkpoints = checkpoints("c")) {
      cut(turns, named(PATIENTS), ledger, checkpoints);
      Checkpoint newest = checkpoints.newest().orElseThrow();
      Map<String, String> texts = new HashMap<>(newest.texts());
      texts.keySet().removeIf(name -> name.startsWith("clients"));
      checkpoints.write(new Checkpoint(newest.round(), texts, newest.arrays()));
      if (turns == Turns.COUNTED) {
        assertThatThrownBy(() -> resume(turns, named(PATIENTS), ledger, checkpoints))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("does not say who its clients were")
            .hasMessageContaining("start a new run");
      } else {
        resume(turns, named(PATIENTS), ledger, checkpoints);
        assertThat(clients(checkpoints)).hasSize(3);
      }
    }
  }

  @Test
  void run_twoOverTheSameClients_haveDigestsWithNothingInCommon() throws IOException {
    List<Map<String, String>> digests = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      try (LedgerFile ledger = ledger();
          CheckpointDirectory checkpoints = checkpoints(name)) {
        // Seeded, so that nothing else differs.
        FederatedDataset data = named(PATIENTS);
        PrivacyPlan plan =
            PrivacyPlan.builder(data)
                .sampling(new Sampling.Poisson(12))
                .rounds(1)
                .clipNorm(1)
                .noiseMultiplier(1)
                .relation(NeighbouringRelation.ZERO_OUT)
                .delta(1e-5)
                .randomness(Randomness.seeded(1))
                .build();
        FederatedAveraging.builder(plan, data, trainer())
            .populationLedger(ledger)
            .checkpoints(checkpoints, 1)
            .seed(1)
            .build()
            .run();
        digests.add(clients(checkpoints));
      }
    }
    assertThat(digests.get(0)).hasSize(3);
    assertThat(digests.get(0).values()).doesNotContainAnyElementsOf(digests.get(1).values());
  }

  @Test
  void run_namedClients_noFileHasAName() throws IOException {
    try (LedgerFile ledger = ledger();
        CheckpointDirectory checkpoints = checkpoints("c")) {
      cut(Turns.COUNTED, named(PATIENTS), ledger, checkpoints);
    }
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> written = files.filter(Files::isRegularFile).toList();
      assertThat(written).hasSizeGreaterThanOrEqualTo(3);
      for (Path file : written) {
        assertThat(new String(Files.readAllBytes(file), ISO_8859_1))
            .doesNotContainIgnoringCase("MRN-");
      }
    }
  }

  @Test
  void run_oneClientWithoutIdentity_isRefused() throws IOException {
    FederatedDataset data =
        new FederatedDataset() {
          @Override
          public String unit() {
            return "patient";
          }

          @Override
          public int population() {
            return 60;
          }

          @Override
          public Optional<byte[]> identity(int id) {
            return id == 7 ? Optional.empty() : Optional.of(new byte[] {(byte) id});
          }

          @Override
          public int examples(int id) {
            return 0;
          }

          @Override
          public DataSet client(int id) {
            throw new UnsupportedOperationException();
          }
        };
    try (LedgerFile ledger = ledger();
        CheckpointDirectory checkpoints = checkpoints("c")) {
      assertThatThrownBy(() -> builder(Turns.NOT_COUNTED, data, ledger, checkpoints).build().run())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("none for client 7");
      assertThat(ledger.history().runs()).isEmpty();
    }
  }

  private static Map<String, String> clients(CheckpointDirectory checkpoints) throws IOException {
    Map<String, String> texts = new HashMap<>(checkpoints.newest().orElseThrow().texts());
    texts.keySet().removeIf(name -> !name.startsWith("clients"));
    return texts;
  }
}
