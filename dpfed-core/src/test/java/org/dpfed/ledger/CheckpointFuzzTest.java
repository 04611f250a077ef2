package org.dpfed.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dpfed.fuzz.FuzzedReader;
import org.dpfed.fuzz.Fuzzing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged checkpoints are read or refused, also where their hash has been made to match. */
final class CheckpointFuzzTest {
  private static final int HASH_BYTES = 32;

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

  private FuzzedReader reader() throws IOException {
    return FuzzedReader.of(
            "checkpoint",
            "round-1.checkpoint",
            List.of(checkpoint(1), checkpoint(40)),
            DamagedCheckpointException.class,
            CheckpointFuzzTest::read)
        .in((file, mutation) -> hashed(mutation.of(content(file))));
  }

  private static void read(Path file) throws IOException {
    try {
      CheckpointFormat.read(file);
    } catch (IllegalArgumentException e) {
      // What it documents for a newer version, and for nothing else.
      if (!String.valueOf(e.getMessage()).contains("a newer dpfed wrote")) {
        throw e;
      }
      throw new DamagedCheckpointException(file, "newer");
    }
  }

  private byte[] checkpoint(int length) throws IOException {
    Map<String, Object> arrays = new LinkedHashMap<>();
    arrays.put("parameters", new float[length]);
    arrays.put("bounds", new double[] {0.5});
    arrays.put("order", new int[] {3, 1, 2});
    arrays.put("noise.0", new double[length]);
    Path made = directory.resolve("made");
    try (CheckpointDirectory checkpoints = CheckpointDirectory.open(made)) {
      checkpoints.write(new Checkpoint(1, Map.of("run", "1", "unit", "Pati€nt"), arrays));
    }
    try (var files = Files.list(made)) {
      return Files.readAllBytes(files.findFirst().orElseThrow());
    }
  }

  private static byte[] content(byte[] file) {
    return Arrays.copyOf(file, Math.max(file.length - HASH_BYTES, 0));
  }

  /** With the hash that whoever changes a file on purpose would give it. */
  private static byte[] hashed(byte[] content) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      byte[] file = Arrays.copyOf(content, content.length + HASH_BYTES);
      System.arraycopy(hash, 0, file, content.length, HASH_BYTES);
      return file;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
