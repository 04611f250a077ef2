package org.dpfed.dist;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The libraries of the distribution as {@code sbom.cdx.json} lists them.
 *
 * @param root the whole document
 */
record BillOfMaterials(JsonNode root) {
  static final String FILE = "sbom.cdx.json";

  /**
   * One file of a library.
   *
   * @param coordinates group and artifact, with a colon between them
   * @param version as Maven has it
   * @param fileName as it lies in a repository or in the distribution
   * @param node the entry
   */
  record Library(String coordinates, String version, String fileName, JsonNode node) {}

  static BillOfMaterials read(Path file) throws IOException {
    return new BillOfMaterials(new ObjectMapper().readTree(file.toFile()));
  }

  static BillOfMaterials ofTheBuild() throws IOException {
    return read(Build.made("dpfed-dist", FILE));
  }

  List<Library> libraries() {
    List<Library> libraries = new ArrayList<>();
    for (JsonNode component : root.path("components")) {
      String artifact = component.path("name").asText();
      String version = component.path("version").asText();
      String purl = component.path("purl").asText();
      String classifier =
          purl.contains("classifier=") ? "-" + purl.replaceAll(".*classifier=([^&]*).*", "$1") : "";
      libraries.add(
          new Library(
              component.path("group").asText() + ":" + artifact,
              version,
              artifact + "-" + version + classifier + ".jar",
              component));
    }
    return libraries;
  }
}
