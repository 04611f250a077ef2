package org.dpfed.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dpfed.dist.Command.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another Maven project with what the README says: the coordinates, and the example, against the
 * poms and jars that would be published.
 */
final class ConsumerTest {
  private static final Path REPOSITORY = Path.of(System.getProperty("maven.repository"));

  @TempDir Path folder;

  private final List<Path> links = new ArrayList<>();

  /** JUnit would warn of each. */
  @AfterEach
  void removeLinks() throws IOException {
    for (Path link : links) {
      Files.delete(link);
    }
  }

  @Test
  void coordinatesAndExample_ofTheReadme_trainInAnotherProject() throws Exception {
    String readme = Files.readString(Build.ROOT.resolve("README.md"));
    Path project = Files.createDirectories(folder.resolve("another project"));
    Files.writeString(
        project.resolve("pom.xml"), template().replace("<!-- README -->", block(readme, "xml")));
    Path source = Files.createDirectories(project.resolve("src/main/java")).resolve("Example.java");
    Files.writeString(source, program(block(readme, "java")));

    compile(project, repositoryWithWhatWasBuilt());
    String libraries = Files.readString(project.resolve("class-path"));
    // Dependency management is not published: what it decides here, others must get all the same.
    assertThat(names(libraries))
        .isSubsetOf(names(Files.readString(Build.made("dpfed-cli", "launch/class-path"))));
    String classPath = project.resolve("target/classes") + ":" + libraries;
    Outcome outcome =
        Command.in(
                project,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                classPath,
                "Example")
            .run()
            .succeeded();

    assertThat(outcome.out()).contains("ε = ").contains("for one patient").contains("accuracy");
    // Without a provider nothing is logged, and SLF4J tells the user so.
    assertThat(outcome.err()).contains("No SLF4J providers were found");
  }

  /** As mvn install would lay it, beside the build's own repository, which is not written to. */
  private Path repositoryWithWhatWasBuilt() throws IOException {
    Path repository = Files.createDirectories(folder.resolve("repository"));
    linkAll(REPOSITORY, repository, "org");
    linkAll(REPOSITORY.resolve("org"), Files.createDirectories(repository.resolve("org")), "dpfed");
    install(repository, "dpfed-bom");
    for (String artifact : Build.JARS) {
      Path version = install(repository, artifact);
      Files.copy(Build.jar(artifact, ""), version.resolve(artifact + "-" + Build.VERSION + ".jar"));
    }
    return repository;
  }

  private static Path install(Path repository, String artifact) throws IOException {
    Path version =
        Files.createDirectories(
            repository.resolve("org/dpfed").resolve(artifact).resolve(Build.VERSION));
    Files.copy(Build.pom(artifact), version.resolve(artifact + "-" + Build.VERSION + ".pom"));
    return version;
  }

  private void linkAll(Path from, Path to, String leftOut) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(from)) {
      for (Path entry : entries) {
        if (!entry.endsWith(leftOut)) {
          links.add(Files.createSymbolicLink(to.resolve(entry.getFileName()), entry));
        }
      }
    }
  }

  private static void compile(Path project, Path repository) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("maven.home"), "bin", "mvn").toString(),
                "-B",
                "-q",
                "-Djavacpp.platform.host",
                "-Dmaven.repo.local=" + repository,
                "-Dmdep.outputFile=class-path",
                "compile",
                "dependency:build-classpath"));
    if (System.getProperty("maven.settings").equals("offline=true")) {
      words.add("-o");
    }
    Command.in(project, words.toArray(String[]::new)).run().succeeded();
  }

  /**
   * File names of libraries, their versions in them, but for dpfed's own, which are not packed yet.
   */
  private static List<String> names(String classPath) {
    return Stream.of(classPath.strip().split(":"))
        .map(library -> Path.of(library).getFileName().toString())
        .filter(name -> name.endsWith(".jar") && !name.startsWith("dpfed-"))
        .toList();
  }

  private static String block(String markdown, String language) {
    return markdown.split("```" + language + "\n", 2)[1].split("```", 2)[0];
  }

  private static String program(String example) {
    List<String> lines = example.lines().toList();
    String imports =
        lines.stream().filter(line -> line.startsWith("import")).collect(Collectors.joining("\n"));
    String body =
        lines.stream().filter(line -> !line.startsWith("import")).collect(Collectors.joining("\n"));
    return imports
        + "\npublic class Example { public static void main(String[] a) throws Exception {\n"
        + body
        + "}}\n";
  }

  private static String template() throws IOException {
    try (InputStream pom =
        Objects.requireNonNull(ConsumerTest.class.getResourceAsStream("consumer-pom.xml"))) {
      return new String(pom.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
