package org.dpfed.cli.accounting;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.dpfed.cli.UsageException;
import org.dpfed.fuzz.FuzzedReader;
import org.dpfed.fuzz.Fuzzing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files of cases are read or refused. What a case costs is not computed here. */
final class CaseFileFuzzTest {
  @TempDir private Path directory;

  @Test
  void read_damaged_isReadOrRefused() throws Exception {
    Fuzzing.run(reader(), Fuzzing.FEW, directory);
  }

  @Test
  @Tag("stress")
  void read_damagedManyTimes_isReadOrRefused() throws Exception {
    Fuzzing.run(reader(), Fuzzing.MANY, directory);
  }

  /** Every golden case is a file of its own. */
  private static FuzzedReader reader() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (String name : List.of("golden.json", "ftrl.json")) {
      try (InputStream stream = CaseFileFuzzTest.class.getResourceAsStream(name)) {
        JsonNode document = new ObjectMapper().readTree(Objects.requireNonNull(stream));
        for (JsonNode fields : CaseFile.cases(document, Path.of(name))) {
          seeds.add(("[" + fields.toPrettyString() + "]").getBytes(UTF_8));
        }
      }
    }
    return FuzzedReader.of(
        "cases", "cases.json", seeds, UsageException.class, CaseFileFuzzTest::read);
  }

  private static void read(Path file) {
    for (JsonNode fields : CaseFile.cases(CaseFile.read(file), file)) {
      if (fields instanceof ObjectNode object) {
        GoldenCase.read(object);
      }
    }
  }
}
