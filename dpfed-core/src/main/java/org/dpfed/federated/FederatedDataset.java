package org.dpfed.federated;

import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.dataset.api.DataSet;

/**
 * The population: every client that can be sampled, and its examples.
 *
 * <p>Several workers read an implementation at once, so it must be thread-safe.
 */
public interface FederatedDataset {
  /** The unit of privacy: what one client represents, such as {@code patient}. Reports name it. */
  String unit();

  /**
   * The assumptions under which one {@link #unit} is exactly one client. The guarantee lists them.
   */
  default List<String> assumptions() {
    return List.of(
        "one %s is one client: it holds all data of that %s, and without it no other client changes"
            .formatted(unit(), unit()));
  }

  /** Number of clients; client ids run from 0 to population − 1. */
  int population();

  /**
   * Who client {@code id} is: bytes that are the same whenever the data is read, and others for
   * each client, such as the key of a patient. A run whose plan counts turns counts them by client
   * id, so a resumed run must have the same clients under the same ids. Checkpoints therefore hold
   * a keyed hash of all identities in the order of ids, and a run with others is not resumed.
   * Identities themselves are neither stored nor shown.
   *
   * <p>Empty for all clients, as by default, when the data cannot tell, such as made-up data. Then
   * nothing is compared, and the guarantee of a resumed run whose plan counts turns assumes that
   * ids stand for the same clients.
   */
  default Optional<byte[]> identity(int id) {
    return Optional.empty();
  }

  /** Number of examples that client {@code id} holds, possibly 0, without loading them. */
  int examples(int id);

  /**
   * The examples of client {@code id}: features {@code [n, …]} and labels {@code [n, …]}, both
   * {@code float}. The arrays may be views of memory that this object owns: the caller only reads
   * them, and returns them with {@link #release}. Clients must not share memory with each other, so
   * that a trainer that wrongly writes into its examples changes this client's data only.
   *
   * <p>A client whose data cannot be loaded contributes zero, and the run continues.
   *
   * @throws IndexOutOfBoundsException when {@code id} is outside the population
   */
  DataSet client(int id);

  /**
   * Returns the examples from {@link #client} after their last use. Implementations that create
   * arrays in every call close them in this method, because the garbage collector does not see
   * memory outside the Java heap. Does nothing unless overridden.
   */
  default void release(DataSet examples) {}
}
