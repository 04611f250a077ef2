package org.dpfed.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/** Standard output of a command with {@code --json}. */
public record EventLines(List<JsonNode> all) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final List<String> ENDS = List.of("finished", "stopped", "failed");

  /** Every line is an object with an event, and only the last one is an end. */
  public static EventLines of(String output) throws JsonProcessingException {
    assertThat(output).endsWith(System.lineSeparator());
    List<JsonNode> all = new ArrayList<>();
    for (String line : output.lines().toList()) {
      JsonNode event = JSON.readTree(line);
      assertThat(event.path("event").isTextual()).as(line).isTrue();
      all.add(event);
    }
    for (JsonNode event : all.subList(0, all.size() - 1)) {
      assertThat(ENDS).doesNotContain(event.path("event").asText());
    }
    assertThat(ENDS).contains(all.get(all.size() - 1).path("event").asText());
    return new EventLines(all);
  }

  public JsonNode last() {
    return all.get(all.size() - 1);
  }

  public List<JsonNode> named(String event) {
    return all.stream().filter(each -> each.path("event").asText().equals(event)).toList();
  }
}
