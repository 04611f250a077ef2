package org.dpfed.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.MatrixMechanism;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class EventCodecTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final EventCodec codec = new EventCodec();

  static Stream<DpEvent> samples() {
    return EventSamples.ALL.stream();
  }

  @Test
  void samples_areOfEveryKind() {
    List<Class<?>> sampled = EventSamples.ALL.stream().<Class<?>>map(Object::getClass).toList();
    assertThat(sampled).containsAll(EventSamples.kinds());
    assertThat(EventSamples.kinds()).hasSizeGreaterThanOrEqualTo(15).allMatch(Class::isRecord);
  }

  /** Records compare doubles by their bits, so that −0.0 is not 0.0. */
  @ParameterizedTest
  @MethodSource("samples")
  void read_whatWasWritten_isTheSameEvent(DpEvent event) throws JsonProcessingException {
    assertThat(read(codec.write(event).toString())).isEqualTo(event);
  }

  @Test
  void read_anyDouble_comesBackBitForBit() throws JsonProcessingException {
    long seed = 20_240_611;
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      double value = Math.abs(Double.longBitsToDouble(random.nextLong()));
      if (Double.isFinite(value)) {
        DpEvent event = new DpEvent.Gaussian(value);
        assertThat(read(codec.write(event).toString()))
            .as("seed %d, case %d", seed, i)
            .isEqualTo(event);
      }
    }
  }

  /** What is in files already must never be written otherwise under the same format. */
  @Test
  void write_always_theDocumentedText() {
    assertThat(codec.write(new DpEvent.PoissonSampled(0.1, EventSamples.GAUSSIAN)))
        .hasToString(
            "{\"type\":\"PoissonSampled\",\"samplingProbability\":0.1,"
                + "\"event\":{\"type\":\"Gaussian\",\"noiseMultiplier\":1.1}}");
    assertThat(codec.write(EventSamples.MATRIX))
        .hasToString(
            "{\"type\":\"MatrixMechanism\",\"noiseMultiplier\":1.5,\"strategy\":{\"coefficients\":"
                + "[1.0,0.5,0.30000000000000004]},\"participation\":{\"rounds\":8,"
                + "\"maxParticipations\":2,\"minSeparation\":4}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"type\":\"Laplace\",\"scale\":1}|was 'Laplace'",
        "{\"noiseMultiplier\":1}|was ''",
        "[]|was ''",
        "{\"type\":\"Gaussian\"}|Gaussian.noiseMultiplier must be a finite number, was missing",
        "{\"type\":\"Gaussian\",\"noiseMultiplier\":\"1\"}|must be a finite number, was \"1\"",
        "{\"type\":\"Gaussian\",\"noiseMultiplier\":1e999}|must be a finite number",
        "{\"type\":\"Gaussian\",\"noiseMultiplier\":-1}|finite and at least 0, was -1.0",
        "{\"type\":\"Gaussian\",\"noiseMultiplier\":1,\"sigma\":1}|Gaussian has no field sigma",
        "{\"type\":\"SelfComposed\",\"event\":{\"type\":\"NonPrivate\"},\"count\":1.5}|64-bit",
        "{\"type\":\"SelfComposed\",\"event\":{\"type\":\"NonPrivate\"},\"count\":0}|at least 1",
        "{\"type\":\"SelfComposed\",\"event\":7,\"count\":1}|was ''",
        "{\"type\":\"Composed\",\"events\":{}}|Composed.events must be a list",
        "{\"type\":\"TreeAggregation\",\"noiseMultiplier\":1,\"participation\":3}|must be an object",
        "{\"type\":\"RoundOf\",\"run\":{\"type\":\"NonPrivate\"},\"round\":4294967296}|32-bit"
      })
  void read_whatWasNotWrittenSo_isRefusedByName(String text, String problem) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(text))
        .withMessageContaining(problem);
  }

  /** Every field of every event matters: without any of them the event is refused. */
  @ParameterizedTest
  @MethodSource("samples")
  void read_fieldMissing_isRefused(DpEvent event) {
    ObjectNode whole = codec.write(event);
    whole
        .fieldNames()
        .forEachRemaining(
            field -> {
              ObjectNode without = whole.deepCopy();
              without.remove(field);
              assertThatIllegalArgumentException().isThrownBy(() -> codec.read(without));
            });
  }

  @Test
  void write_2000Coefficients_comeBack() throws JsonProcessingException {
    double[] coefficients = new double[2_000];
    for (int i = 0; i < coefficients.length; i++) {
      coefficients[i] = 1 / Math.sqrt(i + 1.0);
    }
    MatrixMechanism template = (MatrixMechanism) EventSamples.MATRIX;
    DpEvent event =
        new MatrixMechanism(
            1, org.dpfed.accounting.ToeplitzStrategy.of(coefficients), template.participation());
    assertThat(read(codec.write(event).toString())).isEqualTo(event);
  }

  private DpEvent read(String text) throws JsonProcessingException {
    return codec.read(JSON.readTree(text));
  }
}
