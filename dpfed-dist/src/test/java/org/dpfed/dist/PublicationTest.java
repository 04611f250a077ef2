package org.dpfed.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** Every artifact has what Maven Central asks for, and stands without the repository. */
final class PublicationTest {
  private final XPath xpath = XPathFactory.newInstance().newXPath();

  static List<String> artifacts() {
    return Stream.concat(Stream.of("dpfed-parent", "dpfed-bom"), Build.JARS.stream()).toList();
  }

  static List<String> jars() {
    return Build.JARS;
  }

  @ParameterizedTest
  @MethodSource("artifacts")
  void pom_asPublished_hasWhatCentralAsksFor(String artifact) throws Exception {
    Document pom = parse(Build.pom(artifact));

    assertThat(text(pom, "/project/groupId")).isEqualTo("org.dpfed");
    assertThat(text(pom, "/project/artifactId")).isEqualTo(artifact);
    assertThat(text(pom, "/project/version")).isEqualTo(Build.VERSION);
    assertThat(text(pom, "/project/name")).startsWith("dpfed");
    assertThat(text(pom, "/project/description")).isNotBlank();
    assertThat(text(pom, "/project/licenses/license/name")).isEqualTo("Apache-2.0");
    assertThat(text(pom, "/project/licenses/license/url")).startsWith("https://");
    assertThat(text(pom, "/project/developers/developer/name")).isNotBlank();
    // Not with the module's name behind it, as Maven would inherit it.
    assertThat(text(pom, "/project/url")).isEqualTo("https://github.com/dpfed/dpfed");
    assertThat(text(pom, "/project/scm/url")).isEqualTo("https://github.com/dpfed/dpfed");
    assertThat(text(pom, "/project/scm/connection"))
        .isEqualTo("scm:git:https://github.com/dpfed/dpfed.git");
    assertThat(text(pom, "/project/scm/developerConnection"))
        .isEqualTo("scm:git:ssh://git@github.com/dpfed/dpfed.git");
  }

  @ParameterizedTest
  @MethodSource("artifacts")
  void pom_asPublished_needsNoParentOrBuild(String artifact) throws Exception {
    Document pom = parse(Build.pom(artifact));

    assertThat(text(pom, "/project/parent")).isEmpty();
    assertThat(text(pom, "/project/build")).isEmpty();
    assertThat(all(pom, "/project/dependencies/dependency/scope")).doesNotContain("test");
    assertThat(all(pom, "/project/dependencies/dependency/version"))
        .hasSameSizeAs(all(pom, "/project/dependencies/dependency"))
        .noneMatch(version -> version.contains("${"));
  }

  @ParameterizedTest
  @MethodSource("jars")
  void bom_namesEveryJar(String artifact) throws Exception {
    Document bom = parse(Build.pom("dpfed-bom"));

    assertThat(all(bom, "/project/dependencyManagement/dependencies/dependency/artifactId"))
        .hasSameSizeAs(Build.JARS)
        .contains(artifact);
    assertThat(text(bom, "/project/dependencies")).isEmpty();
    assertThat(text(bom, "/project/properties")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("jars")
  void jars_ofEveryArtifact_haveSourcesJavadocAndLicence(String artifact) throws Exception {
    try (ZipFile jar = new ZipFile(Build.jar(artifact, "").toFile());
        ZipFile sources = new ZipFile(Build.jar(artifact, "-sources").toFile());
        ZipFile javadoc = new ZipFile(Build.jar(artifact, "-javadoc").toFile())) {
      assertThat(jar.getEntry("META-INF/LICENSE")).isNotNull();
      assertThat(jar.getEntry("META-INF/NOTICE")).isNotNull();
      assertThat(javadoc.getEntry("index.html")).isNotNull();
      assertThat(jar.stream())
          .filteredOn(entry -> entry.getName().endsWith(".class"))
          .filteredOn(entry -> !entry.getName().contains("$"))
          .isNotEmpty()
          .allSatisfy(
              entry ->
                  assertThat(sources.getEntry(entry.getName().replace(".class", ".java")))
                      .as(entry.getName())
                      .isNotNull());
    }
  }

  private static Document parse(Path file) throws Exception {
    assertThat(file).exists();
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    return factory.newDocumentBuilder().parse(Files.newInputStream(file));
  }

  private String text(Document pom, String path) throws XPathExpressionException {
    return xpath.evaluate(path, pom).strip();
  }

  private List<String> all(Document pom, String path) throws XPathExpressionException {
    NodeList nodes = (NodeList) xpath.evaluate(path, pom, XPathConstants.NODESET);
    return IntStream.range(0, nodes.getLength())
        .mapToObj(i -> nodes.item(i).getTextContent().strip())
        .toList();
  }
}
