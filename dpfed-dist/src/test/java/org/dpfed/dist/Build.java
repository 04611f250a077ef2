package org.dpfed.dist;

import java.nio.file.Path;
import java.util.List;

/** Where the build that runs these tests has put what it made. */
final class Build {
  /** The root of the repository. */
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  static final String VERSION = System.getProperty("dpfed.version");

  /** Artifacts that are published with a jar. */
  static final List<String> JARS =
      List.of("dpfed-core", "dpfed-models", "dpfed-imaging", "dpfed-cuda", "dpfed-spark");

  private Build() {}

  /** A file that a module's build made. */
  static Path made(String module, String file) {
    return ROOT.resolve(module).resolve("target").resolve(file);
  }

  static Path jar(String module, String classifier) {
    return made(module, module + "-" + VERSION + classifier + ".jar");
  }

  /** The pom that is published; the parent's lies at the root. */
  static Path pom(String module) {
    return made(module.equals("dpfed-parent") ? "" : module, "published-pom.xml");
  }
}
