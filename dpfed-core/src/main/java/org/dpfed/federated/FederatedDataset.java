package org.dpfed.federated;

import java.util.List;
import org.nd4j.linalg.dataset.api.DataSet;

/**
 * The population: every client that can be sampled, and its examples.
 *
 * <p>Several workers read an implementation at once, so it must be thread-safe.
 */
public interface FederatedDataset {
  /** What one client stands for, such as {@code patient}: the unit of privacy, named in reports. */
  String unit();

  /**
   * What must be true for one of that {@link #unit} to be exactly one client; listed in the
   * guarantee.
   */
  default List<String> assumptions() {
    return List.of(
        "one %s is one client: it holds all data of that %s, and without it no other client changes"
            .formatted(unit(), unit()));
  }

  /** Number of clients; client ids run from 0 to population − 1. */
  int population();

  /** Number of examples that client {@code id} holds, possibly 0, without loading them. */
  int examples(int id);

  /**
   * The examples of client {@code id}: features {@code [n, …]} and labels {@code [n, …]}, both
   * {@code float}. The arrays may be views of shared memory: read, never written or closed by the
   * caller, who hands them back to {@link #release}. Clients must not share memory: a trainer that
   * writes into its examples all the same then changes what this client trains on later, and
   * nothing of another client's.
   *
   * <p>A client whose data cannot be loaded contributes zero, and the run goes on.
   *
   * @throws IndexOutOfBoundsException when {@code id} is outside the population
   */
  DataSet client(int id);

  /**
   * Takes back what {@link #client} gave, after its last use. Implementations that make arrays for
   * every call close them here: they lie outside the Java heap, where the garbage collector does
   * not see them pile up. Does nothing unless overridden.
   */
  default void release(DataSet examples) {}
}
