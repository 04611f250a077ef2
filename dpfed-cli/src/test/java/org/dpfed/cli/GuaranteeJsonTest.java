package org.dpfed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.NeighbouringRelation;
import org.junit.jupiter.api.Test;

final class GuaranteeJsonTest {
  @Test
  void of_finiteEpsilon_holdsEveryPartOfTheGuarantee() throws JsonProcessingException {
    Guarantee guarantee = guarantee(1.5);
    JsonNode node = read(guarantee);
    assertThat(node.get("summary").asText()).isEqualTo(guarantee.summary());
    assertThat(node.get("isPrivate").asBoolean()).isTrue();
    assertThat(node.get("epsilon").asDouble()).isEqualTo(1.5);
    assertThat(node.get("delta").asDouble()).isEqualTo(1e-5);
    assertThat(node.get("relation").asText()).isEqualTo("zero-out");
    assertThat(node.get("unit").asText()).isEqualTo("patient");
    assertThat(node.get("accountant").asText()).isEqualTo("RDP");
    assertThat(node.get("assumptions").toString()).isEqualTo("[\"one\",\"two\"]");
    assertThat(node.size()).isEqualTo(8);
  }

  @Test
  void of_infiniteEpsilon_isNullAndSaysNoPrivacy() throws JsonProcessingException {
    JsonNode node = read(guarantee(Double.POSITIVE_INFINITY));
    assertThat(node.get("epsilon").isNull()).isTrue();
    assertThat(node.get("isPrivate").asBoolean()).isFalse();
    assertThat(node.get("summary").asText()).startsWith("no privacy");
  }

  private static Guarantee guarantee(double epsilon) {
    return new Guarantee(
        epsilon, 1e-5, NeighbouringRelation.ZERO_OUT, "patient", "RDP", List.of("one", "two"));
  }

  private static JsonNode read(Guarantee guarantee) throws JsonProcessingException {
    return new ObjectMapper().readTree(GuaranteeJson.of(guarantee).toString());
  }
}
