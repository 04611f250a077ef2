package org.dpfed.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.dpfed.dist.BillOfMaterials.Library;
import org.junit.jupiter.api.Test;

/** The bill of materials lists what users get: all of it, and nothing else. */
final class BillOfMaterialsTest {
  @Test
  void libraries_areThoseThatTheCommandLineRunsWith() throws IOException {
    List<String> classPath =
        Stream.of(Files.readString(Build.made("dpfed-cli", "launch/class-path")).strip().split(":"))
            .map(entry -> Path.of(entry).getFileName().toString())
            .filter(name -> name.endsWith(".jar") && !name.startsWith("dpfed-"))
            .toList();
    List<String> listed =
        BillOfMaterials.ofTheBuild().libraries().stream()
            .filter(library -> !library.coordinates().startsWith("org.dpfed:"))
            .map(Library::fileName)
            .toList();

    assertThat(new TreeSet<>(listed)).isEqualTo(new TreeSet<>(classPath));
  }

  @Test
  void libraries_haveVersionLicenceAndHash() throws IOException {
    List<Library> libraries = BillOfMaterials.ofTheBuild().libraries();

    assertThat(libraries)
        .extracting(Library::coordinates)
        .contains(
            "org.dpfed:dpfed-core",
            "org.dpfed:dpfed-models",
            "org.dpfed:dpfed-imaging",
            "org.dpfed:dpfed-cli",
            "org.nd4j:nd4j-api",
            "org.nd4j:nd4j-native",
            "org.deeplearning4j:deeplearning4j-nn",
            "org.datavec:datavec-api",
            "ch.qos.logback:logback-classic",
            "info.picocli:picocli");
    assertThat(libraries)
        .allSatisfy(
            library -> {
              assertThat(library.version()).isNotBlank();
              assertThat(library.node().path("licenses")).as(library.fileName()).isNotEmpty();
              assertThat(library.node().path("hashes")).as(library.fileName()).isNotEmpty();
            });
  }

  @Test
  void libraries_ofTestsAndOfTheBuild_areNotListed() throws IOException {
    assertThat(BillOfMaterials.ofTheBuild().libraries())
        .extracting(Library::coordinates)
        .noneMatch(
            name ->
                name.matches(
                    ".*(junit|assertj|archunit|opentest4j|error_prone_core|nullaway|jmh|jacoco).*"));
  }

  @Test
  void document_hasNothingThatDiffersBetweenBuilds() throws IOException {
    BillOfMaterials bill = BillOfMaterials.ofTheBuild();

    assertThat(bill.root().path("bomFormat").asText()).isEqualTo("CycloneDX");
    assertThat(bill.root().has("serialNumber")).isFalse();
    assertThat(bill.root().path("metadata").has("timestamp")).isFalse();
    assertThat(bill.root().toString()).doesNotContain(Build.ROOT.toString());
  }
}
