package org.dpfed.dl4j.layers;

import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Finds arithmetic that is written with the Vector API, an incubator module that a JVM has only
 * with {@code --add-modules jdk.incubator.vector}.
 */
public final class IncubatorVectors {
  private static final String MODULE = "jdk.incubator.vector";

  private IncubatorVectors() {}

  /**
   * A new object of the first class that {@link ServiceLoader} names for a type.
   *
   * @return empty without the module, or where the class is not for vectors as long as this
   *     processor's
   */
  public static <T> Optional<T> find(Class<T> type) {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return Optional.empty();
    }
    try {
      return ServiceLoader.load(type).findFirst();
    } catch (ServiceConfigurationError e) {
      return Optional.empty();
    }
  }
}
