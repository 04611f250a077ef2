package org.dpfed.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The versions of dpfed and of its libraries. */
public final class Versions implements IVersionProvider {
  private static final String RESOURCE = "versions.properties";

  private final Properties versions = new Properties();

  /** Reads what the build has written down. */
  public Versions() {
    try (InputStream stream = Versions.class.getResourceAsStream(RESOURCE)) {
      if (stream == null) {
        throw new IllegalStateException("resource " + RESOURCE + " is missing from dpfed-cli");
      }
      versions.load(stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Version of dpfed. */
  public String dpfed() {
    return versions.getProperty("dpfed");
  }

  /** Version of Deeplearning4j. */
  public String deeplearning4j() {
    return versions.getProperty("deeplearning4j");
  }

  /** Version of the JVM that runs this, with its vendor. */
  public String jvm() {
    return Runtime.version() + " (" + System.getProperty("java.vendor") + ")";
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "dpfed " + dpfed() + ", Deeplearning4j " + deeplearning4j() + ", Java " + jvm()
    };
  }
}
