package org.dpfed;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/**
 * DL4J runs with newer libraries than it was built with (SECURITY.md says why): each constructor,
 * method and field of them that it uses must still be there.
 */
class LinkageTest {
  /** Packages of the libraries whose versions the build raises. */
  private static final List<String> RAISED =
      List.of(
          "com.google.gson.",
          "com.twelvemonkeys.",
          "freemarker.",
          "org.apache.commons.codec.",
          "org.apache.commons.compress.",
          "org.apache.commons.io.",
          "org.apache.commons.lang3.",
          "org.apache.commons.net.");

  /** How the names of jars begin that may use them. */
  private static final List<String> CALLERS =
      List.of("nd4j-", "deeplearning4j-", "datavec-", "resources-", "oshi-");

  @Test
  void dl4j_withTheRaisedLibraries_findsAllThatItUses() throws IOException {
    Set<String> used = new TreeSet<>();
    Set<String> missing = new TreeSet<>();
    for (JavaClass caller : new ClassFileImporter().importUrls(callers())) {
      for (JavaAccess<?> access : caller.getAccessesFromSelf()) {
        Optional<String> library = library(access.getTargetOwner().getName());
        library.ifPresent(used::add);
        if (library.isPresent() && access.getTarget().resolveMember().isEmpty()) {
          missing.add(access.getDescription());
        }
      }
    }
    // Where DL4J used one of them no more, nothing would have been checked.
    assertThat(used).containsExactlyElementsOf(RAISED);
    assertThat(missing).isEmpty();
  }

  private static Optional<String> library(String className) {
    return RAISED.stream().filter(className::startsWith).findFirst();
  }

  private static List<URL> callers() throws IOException {
    List<URL> classes = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      File file = new File(entry);
      if (CALLERS.stream().anyMatch(file.getName()::startsWith)) {
        try (JarFile jar = new JarFile(file)) {
          for (JarEntry candidate : jar.stream().toList()) {
            if (candidate.getName().endsWith(".class") && mentions(jar, candidate)) {
              classes.add(new URL("jar:" + file.toURI() + "!/" + candidate.getName()));
            }
          }
        }
      }
    }
    return classes;
  }

  /** The names of used classes stand in a class file as text: to import all would take minutes. */
  private static boolean mentions(JarFile jar, JarEntry candidate) throws IOException {
    try (InputStream bytes = jar.getInputStream(candidate)) {
      String text = new String(bytes.readAllBytes(), StandardCharsets.ISO_8859_1);
      return RAISED.stream().anyMatch(name -> text.contains(name.replace('.', '/')));
    }
  }
}
