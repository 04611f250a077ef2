package org.dpfed.cli.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cases in a file: those that are answered, and how those that cannot be are refused. */
final class GoldenCaseTest {
  @TempDir Path folder;

  @Test
  void batch_goldenFile_answersEveryCaseWithinItsBounds() throws IOException {
    assertGolden("golden.json", 78);
  }

  private void assertGolden(String name, int count) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream golden = GoldenCaseTest.class.getResourceAsStream(name)) {
      Files.copy(Objects.requireNonNull(golden, name), file);
    }
    CommandRun run = CommandRun.of("account", "--batch", file.toString());
    assertThat(run.status()).as(run.err()).isZero();
    JsonNode cases = new ObjectMapper().readTree(run.out()).get("cases");
    assertThat(cases).hasSize(count);
    for (JsonNode answered : cases) {
      assertThat(answered.get("answer").asDouble())
          .as(answered.get("id").asText())
          .isBetween(answered.get("accept_min").asDouble(), answered.get("accept_max").asDouble());
    }
  }

  /**
   * Trees, banded and buffered matrices as given and as optimised, and banded ones with sampling.
   */
  @Test
  void batch_goldenCorrelatedNoise_answersEveryCaseWithinItsBounds() throws IOException {
    assertGolden("ftrl.json", 87);
  }

  private CommandRun batch(String cases) throws IOException {
    Path file = Files.writeString(folder.resolve("cases.json"), cases.replace('\'', '"'));
    return CommandRun.of("account", "--batch", file.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'round': 5, 'noise_multiplier': 1, 'delta': 1e-5 | did you mean 'rounds'?",
        "'num_rounds': 5, 'noise_multiplier': 1, 'delta': 1e-5 | did you mean 'rounds'?",
        "'rounds': 5, 'population': 9, 'noise_multiplier': 1, 'delta': 1e-5 | did you mean 'n'?",
        "'rounds': 5, 'sampling-probability': .1, 'noise_multiplier': 1 | Unexpected",
        "'rounds': 5, 'max-cohort': 1, 'noise_multiplier': 1 | did you mean 'max_batch'?",
        "'rounds': 0, 'noise_multiplier': 1, 'delta': 1e-5 | rounds must be a whole number from 1",
        "'rounds': 1, 'noise_multiplier': 'NaN', 'delta': 1e-5 | noise_multiplier must be a number",
        "'rounds': 1, 'noise_multiplier': 1e999, 'delta': 1e-5 | noise_multiplier must be a number",
        "'rounds': 1, 'noise_multiplier': 1, 'delta': 1.5 | delta must be a number in (0, 1)",
        "'rounds': 1, 'noise_multiplier': 1, 'sampling_prob': 1.5, 'delta': 1e-5 | in (0, 1]",
        "'noise_multiplier': 1, 'delta': 1e-5 | rounds is missing",
        "'rounds': 1, 'delta': 1e-5 | noise_multiplier is missing",
        "'rounds': 1, 'noise_multiplier': 1 | delta is missing",
        "'rounds': 1, 'rounds': 500, 'noise_multiplier': 1, 'delta': 1e-5 | Duplicate field",
      })
  void batch_badField_isRefusedByItsName(String fields, String message) throws IOException {
    CommandRun run = batch("[{" + fields + "}]");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(message).doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mechanism | tree_aggregation_laplace",
        "mechanism | matrix_factorization_blt2",
        "mechanism | gaussian_mixture",
        "mechanism | local_gaussian",
        "accountant | rdp_old",
        "accountant | pld_optimistic",
        "accountant | optimal",
        "accountant | prv",
        "accountant | RDP",
        "accountant | feldman_mcmillan_talwar_2021_numeric",
        "neighbouring_relation | replace_special",
        "neighbouring_relation | zeroed",
        "neighbouring_relation | replace_two",
        "sampling | poisson_subsampled",
        "sampling | cyclic_poisson",
        "query | price",
      })
  void batch_unknownName_isRefusedWithTheKnownOnes(String field, String name) throws IOException {
    String others = "'noise_multiplier': 1, 'rounds': 3, 'sampling_prob': 0.1, 'delta': 1e-5, ";
    CommandRun run = batch("[{%s'%s': '%s'}]".formatted(others, field, name));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(field + " must be one of", "was '" + name + "'");
    assertThat(run.err()).doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'bands': 3 | bands has no effect with mechanism gaussian",
        "'local_epsilon': 3 | local_epsilon has no effect with mechanism gaussian",
        "'sensitivity_squared': 4 | sensitivity_squared has no effect with mechanism gaussian",
        "'column_norm': 4 | column_norm has no effect with mechanism gaussian",
        "'max_batch': 4 | max_batch has no effect with sampling poisson",
        "'batch': 4, 'n': 100 | sampling_prob and batch cannot be given together",
        "'n': 100 | n and sampling_prob cannot be given together",
        "'sampling': 'none' | sampling_prob has no effect with sampling none",
        "'orders': '2..9' | orders has no effect with accountant tightest",
        "'epsilon': 1 | epsilon has no effect with delta",
        "'noise_multiplier_relative_to_clip_norm': 2 | contradict each other",
        "'query': 'delta_given_epsilon', 'epsilon': 1 | delta has no effect with epsilon",
        "'query': 'rounds_given_epsilon_delta', 'epsilon': 1 | rounds has no effect with",
        "'query': 'noise_multiplier_given_epsilon_delta', 'epsilon': 1 | has no effect with epsilon",
        "'segments': [{'noise_multiplier': 1, 'rounds': 2}] | has no effect with segments",
      })
  void batch_contradiction_isRefusedByName(String fields, String message) throws IOException {
    String run = "'noise_multiplier': 1, 'rounds': 3, 'sampling_prob': 0.1, 'delta': 1e-5, ";
    CommandRun refused = batch("[{" + run + fields + "}]");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains(message).doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Rounds that the trees do not add up to.
        "'mechanism': 'tree', 'steps_list': [3, 4], 'rounds': 8",
        "'mechanism': 'tree', 'steps_list': [3, 4], 'restart': false",
        "'mechanism': 'tree', 'rounds': 8, 'max_participations': 2, 'restart': true",
        "'mechanism': 'tree', 'rounds': 9, 'max_participations': 3, 'rounds_strictly_between': 3,"
            + " 'min_separation_index_difference': 3",
        // The right one is 11.
        "'mechanism': 'tree', 'rounds': 9, 'max_participations': 3, 'rounds_strictly_between': 3,"
            + " 'sensitivity_squared': 10",
        "'mechanism': 'matrix', 'coefs': [1, 0.5], 'rounds': 9, 'max_participations': 3, 'n': 8",
      })
  void batch_fieldsThatSayTwoThings_areRefused(String fields) throws IOException {
    String others = "'noise_multiplier': 2, 'delta': 1e-5, 'neighbouring_relation': 'zero-out', ";
    CommandRun run = batch("[{" + others + fields + "}]");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("contradict each other").doesNotContain("\n");
  }

  @Test
  void batch_deltaOfOneClient_isRefusedWhereThePopulationIsKnown() throws IOException {
    CommandRun run =
        batch(
            "[{'noise_multiplier': 1, 'rounds': 3, 'n': 100, 'batch': 10, 'delta': 0.01,"
                + " 'sampling': 'poisson'}]");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("delta must be below 1 / n = 0.01, was 0.01");
  }

  @Test
  void batch_badCaseAmongGood_isNullAndTheOthersAreAnswered() throws IOException {
    CommandRun run =
        batch(
            "[{'id': 'bad', 'delta': 1e-5},"
                + "{'note': 'any', 'noise_multiplier': 2, 'rounds': 1, 'delta': 1e-5}]");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(": bad: ").doesNotContain("\n");
    JsonNode cases = new ObjectMapper().readTree(run.out());
    assertThat(cases.get(0).get("answer").isNull()).isTrue();
    assertThat(cases.get(1).get("answer").asDouble()).isPositive();
  }

  @Test
  void batch_ownNames_answerAsTheFilesDo() throws IOException {
    CommandRun run =
        batch(
            """
            [{'mechanism': 'pure_ldp', 'local_epsilon': 0.5, 'rounds': 50, 'delta': 1e-5,
              'neighbouring_relation': 'replace_one'},
             {'mechanism': 'local-dp', 'local_epsilon': 0.5, 'rounds': 50, 'delta': 1e-5,
              'accountant': 'optimal-composition'},
             {'noise_multiplier': 0, 'rounds': 1, 'delta': 1e-5}]
            """);
    assertThat(run.status()).as(run.err()).isZero();
    JsonNode cases = new ObjectMapper().readTree(run.out());
    assertThat(cases.get(0).get("answer")).isEqualTo(cases.get(1).get("answer"));
    assertThat(cases.get(2).get("answer").asText()).isEqualTo("Infinity");
  }

  /** Relative to the sensitivity of replace-one z = 1 is z = 2 of the clip norm. */
  @Test
  void batch_noiseUnderReplaceOne_isRelativeToTheSensitivityExceptForPld() throws IOException {
    CommandRun run =
        batch(
            """
            [{'noise_multiplier': 1, 'rounds': 1, 'delta': 1e-5},
             {'noise_multiplier': 1, 'rounds': 1, 'delta': 1e-5, 'accountant': 'analytic-gaussian',
              'neighbouring_relation': 'replace_one'},
             {'noise_multiplier': 2, 'rounds': 1, 'delta': 1e-5, 'accountant': 'pld',
              'neighbouring_relation': 'replace_one'},
             {'noise_multiplier_relative_to_clip_norm': 2, 'rounds': 1, 'delta': 1e-5,
              'neighbouring_relation': 'replace_one'}]
            """);
    JsonNode cases = new ObjectMapper().readTree(run.out());
    double expected = cases.get(0).get("answer").asDouble();
    for (JsonNode each : cases) {
      assertThat(each.get("answer").asDouble()).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[\n{\"delta\":,}]", "[\n{\"delta\": NaN}]", "[]\n[]"})
  void batch_malformedFile_isRefusedWithItsLine(String text) throws IOException {
    CommandRun run = batch(text);
    assertThat(run.isRefusedInOneLine()).as(run.toString()).isTrue();
    assertThat(run.err()).contains("cases.json:2: ");
  }
}
