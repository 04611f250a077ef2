package org.dpfed.cli.accounting;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.dpfed.cli.UsageException;
import picocli.CommandLine;

/**
 * A file of cases: a JSON list, or an object with the list under {@code cases}. The answer is the
 * same document with the field {@code answer} added to each case: null if there is none, with the
 * reason on standard error.
 */
final class CaseFile {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private CaseFile() {}

  /** Returns the exit status: 0 when every case was answered, else 2. */
  static int answer(Path file, PrintWriter out, PrintWriter err) {
    JsonNode document = read(file);
    int status = CommandLine.ExitCode.OK;
    int position = 1;
    for (JsonNode fields : cases(document, file)) {
      if (!(fields instanceof ObjectNode answered)) {
        throw new UsageException(file + ": every case must be an object, one was " + fields);
      }
      try {
        put(answered, GoldenCase.answer(answered));
      } catch (UsageException
          | IllegalArgumentException
          | ArithmeticException
          | UnsupportedOperationException e) {
        answered.putNull("answer");
        err.println(file + ": " + name(fields, position) + ": " + e.getMessage());
        status = CommandLine.ExitCode.USAGE;
      }
      position++;
    }
    out.println(document.toPrettyString());
    return status;
  }

  /**
   * The list of cases.
   *
   * @param document a whole file
   * @throws UsageException when there is none in it
   */
  static JsonNode cases(JsonNode document, Path file) {
    JsonNode cases = document.isArray() ? document : document.path("cases");
    if (!cases.isArray()) {
      throw new UsageException(file + ": must be a list of cases, or have one under 'cases'");
    }
    return cases;
  }

  private static String name(JsonNode fields, int position) {
    return fields.hasNonNull("id") ? fields.get("id").asText() : "case " + position;
  }

  private static void put(ObjectNode fields, double answer) {
    if (Double.isInfinite(answer)) {
      // JSON has no infinity; the golden cases write it like this.
      fields.put("answer", "Infinity");
    } else {
      fields.put("answer", answer);
    }
  }

  /**
   * The whole file.
   *
   * @throws UsageException when it is not JSON or cannot be read
   */
  static JsonNode read(Path file) {
    try {
      return MAPPER.readTree(file.toFile());
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw new UsageException(file + ":" + line + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UsageException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
