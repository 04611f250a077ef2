package org.dpfed.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class JsonEventsTest {
  private final StringWriter out = new StringWriter();

  private static ObjectNode empty() {
    return JsonNodeFactory.instance.objectNode();
  }

  @Test
  void interrupted_beforeTraining_isTheLastEvent() throws IOException {
    try (JsonEvents events = new JsonEvents(new PrintWriter(out))) {
      events.write("plan", empty());
      events.interrupted();
      events.write("round", empty());
      events.fail(new IllegalStateException("late"), empty());
    }
    EventLines lines = EventLines.of(out.toString());
    assertThat(lines.all()).hasSize(2);
    assertThat(lines.last().path("event").asText()).isEqualTo("stopped");
    assertThat(lines.last().path("exitStatus").isNull()).isTrue();
  }

  @Test
  void interrupted_inTraining_leavesTheEndToTheRun() throws IOException {
    try (JsonEvents events = new JsonEvents(new PrintWriter(out))) {
      events.endsItself();
      events.interrupted();
      events.end("finished", empty());
    }
    assertThat(EventLines.of(out.toString()).last().path("event").asText()).isEqualTo("finished");
  }
}
