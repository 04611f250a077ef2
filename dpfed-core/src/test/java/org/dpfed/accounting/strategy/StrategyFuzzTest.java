package org.dpfed.accounting.strategy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import org.dpfed.accounting.Participation;
import org.dpfed.fuzz.FuzzedReader;
import org.dpfed.fuzz.Fuzzing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damaged files of strategies are read or refused, also where their checksum matches. */
final class StrategyFuzzTest {
  private static final Participation PARTICIPATION = new Participation(60, 3, 20);
  private static final Objective OBJECTIVE = Objective.meanPrefix();
  private static final String CHECKSUM = "checksum = ";

  @TempDir private Path directory;

  /** Reads a strategy, or makes it. */
  private enum Kind {
    BANDED("banded-5-mean-prefix-n60-k3-b20.strategy") {
      @Override
      void read(StrategyCache cache) {
        cache.banded(5, PARTICIPATION, OBJECTIVE);
      }
    },
    BLT("blt-2-mean-prefix-n60-k3-b20.strategy") {
      @Override
      void read(StrategyCache cache) {
        cache.buffered(2, PARTICIPATION, OBJECTIVE);
      }
    };

    private final String fileName;

    Kind(String fileName) {
      this.fileName = fileName;
    }

    abstract void read(StrategyCache cache);
  }

  @ParameterizedTest
  @EnumSource
  void read_damaged_isReadOrRefused(Kind kind) throws Exception {
    Fuzzing.run(reader(kind), Fuzzing.FEW, directory);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("stress")
  void read_damagedManyTimes_isReadOrRefused(Kind kind) throws Exception {
    Fuzzing.run(reader(kind), Fuzzing.MANY, directory);
  }

  private FuzzedReader reader(Kind kind) throws IOException {
    Path made = directory.resolve("made");
    kind.read(new StrategyCache(made));
    return FuzzedReader.of(
            "strategy " + kind.name().toLowerCase(Locale.ROOT),
            kind.fileName,
            List.of(Files.readAllBytes(made.resolve(kind.fileName))),
            IllegalStateException.class,
            file -> kind.read(new StrategyCache(file.resolveSibling(""))))
        .in((file, mutation) -> resummed(mutation.of(file)));
  }

  /** With the checksum that whoever changes a file on purpose would give it. */
  private static byte[] resummed(byte[] file) {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    int end = text.lastIndexOf(CHECKSUM);
    String content = (end < 0 ? text : text.substring(0, end)).stripTrailing();
    CRC32 checksum = new CRC32();
    checksum.update(content.getBytes(StandardCharsets.UTF_8));
    String line = CHECKSUM + HexFormat.of().toHexDigits((int) checksum.getValue());
    return (content + "\n" + line + "\n").getBytes(StandardCharsets.ISO_8859_1);
  }
}
