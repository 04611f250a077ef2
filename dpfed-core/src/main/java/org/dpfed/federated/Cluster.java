package org.dpfed.federated;

import java.util.Map;

/**
 * Processes that train cohorts, started for as long as this is open. Optional modules have them and
 * {@link java.util.ServiceLoader} finds their {@link Provider}s, so that a command can offer them
 * without knowing what they need.
 */
public interface Cluster extends AutoCloseable {
  /**
   * An engine on these processes.
   *
   * @param factory makes trainer and data in each of them
   * @param settings for the factory
   */
  CohortEngine engine(Class<? extends SiteFactory> factory, String settings);

  /** Gives the processes back. */
  @Override
  void close();

  /** Starts clusters of one kind. */
  interface Provider {
    /** What users call it, such as {@code spark}. */
    String name();

    /** Whether all that it needs is on the class path. */
    boolean isUsable();

    /**
     * Starts or joins a cluster.
     *
     * @param properties in the words of this kind of cluster
     * @throws IllegalArgumentException when they do not describe one; the message says what to
     *     change
     */
    Cluster start(Map<String, String> properties);
  }
}
