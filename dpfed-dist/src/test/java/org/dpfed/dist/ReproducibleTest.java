package org.dpfed.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What commonly makes two builds differ is not in the archives. {@code reproducible.sh} builds
 * twice and compares everything.
 */
final class ReproducibleTest {
  private static final LocalDateTime TIME =
      LocalDateTime.ofInstant(
          Instant.parse(System.getProperty("dpfed.outputTimestamp")), ZoneOffset.UTC);

  static List<String> jars() {
    return Build.JARS;
  }

  @ParameterizedTest
  @MethodSource("jars")
  void jars_ofEveryArtifact_haveOneTimeAndNoPath(String artifact) throws IOException {
    for (String classifier : List.of("", "-sources", "-javadoc")) {
      assertIsFixed(Build.jar(artifact, classifier));
    }
  }

  @Test
  void zip_ofTheDistribution_hasOneTimeAndNoPath() throws IOException {
    Path archive = Build.made("dpfed-dist", "dpfed-" + Build.VERSION + ".zip");
    assumeTrue(Files.exists(archive), "the build has made no distribution (assembly.skipAssembly)");
    assertIsFixed(archive);
  }

  private static void assertIsFixed(Path archive) throws IOException {
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      List<? extends ZipEntry> entries = zip.stream().toList();
      assertThat(entries)
          .extracting(ZipEntry::getTimeLocal)
          .as("times in %s", archive.getFileName())
          .containsOnly(TIME);
      for (ZipEntry entry : entries) {
        if (!entry.getName().endsWith(".jar")) {
          String content =
              new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1);
          assertThat(content.contains(Build.ROOT.toString()))
              .as("%s in %s names the folder of the build", entry.getName(), archive)
              .isFalse();
        }
      }
    }
  }
}
