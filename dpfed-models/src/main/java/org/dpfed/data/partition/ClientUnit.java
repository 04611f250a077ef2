package org.dpfed.data.partition;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.dpfed.data.LabelledData;
import org.dpfed.data.RowKeys;
import org.dpfed.data.SimilarKeys;

/**
 * The unit that one client of a partition represents. Names that do not match the partition are
 * refused: a guarantee may name a patient only if one client holds all rows of a patient, and
 * removing them changes no other client.
 *
 * @param name the unit of privacy
 * @param assumptions what must be true for one of that unit to be exactly one client
 */
record ClientUnit(String name, List<String> assumptions) {
  static final String ROW = "row";
  static final String CLIENT = "client";
  static final String SIMULATED = "simulated client";

  /** Whom a file of many rows is not. */
  private static final Set<String> PERSONS =
      Set.of(
          "patient",
          "patients",
          "person",
          "persons",
          "people",
          "individual",
          "individuals",
          "subject",
          "subjects",
          "participant",
          "participants",
          "human",
          "citizen",
          "visit",
          "case");

  ClientUnit {
    if (name.isBlank()) {
      throw new IllegalArgumentException("unit must name what one client is, was blank");
    }
  }

  /** Each row is one client: a row, or the unit that the data declares each row to be. */
  static ClientUnit ofRows(LabelledData data, String name) {
    String stripped = name.strip();
    if (data.rowUnit().filter(stripped::equals).isPresent()) {
      return new ClientUnit(stripped, List.of("each " + stripped + " has exactly one row"));
    }
    if (!stripped.isEmpty() && !Set.of(ROW, CLIENT).contains(stripped)) {
      throw new IllegalArgumentException(
          "unit '%s' does not fit partition one-per-client, where a client is one %s; %s"
              .formatted(stripped, data.rowUnit().orElse(ROW), remedy(data, stripped)));
    }
    return new ClientUnit(
        stripped,
        List.of(
            "each row is one client: a person with several rows is protected row by row, not as a whole"));
  }

  private static String remedy(LabelledData data, String name) {
    if (data.rowUnit().isPresent()) {
      return "name that, or leave the unit out";
    }
    return data.keys().isPresent()
        ? "choose by-key, which makes all rows of one key a client, or leave the unit out"
        : "declare that each %s has exactly one row (rows per unit: one) if that is true, name a key column and choose by-key, or leave the unit out"
            .formatted(name);
  }

  /** All rows of a key are one client: whatever the key identifies. */
  static ClientUnit ofKeys(RowKeys keys, String name) {
    String stripped = name.strip();
    String plain = stripped.toLowerCase(Locale.ROOT);
    if (Set.of("row", "rows", "record", "records", SIMULATED).contains(plain)) {
      throw new IllegalArgumentException(
          "unit '%s' does not fit partition by-key, where a client is all rows of one key; name what a key identifies, or leave the unit out"
              .formatted(stripped));
    }
    if (keys.areFiles()) {
      return ofFiles(stripped, plain);
    }
    String distinct =
        keys.similar() == SimilarKeys.DISTINCT
            ? ", even one that differs in case, blanks or form only"
            : "";
    return new ClientUnit(
        stripped,
        List.of(
            "one %s is all rows with one key, %s; nobody has a second key%s"
                .formatted(stripped, keys.source(), distinct)));
  }

  private static ClientUnit ofFiles(String name, String plain) {
    if (PERSONS.contains(plain)) {
      throw new IllegalArgumentException(
          "unit '%s' does not fit partition by-key where each client is one file; name the key column that says whose row it is, or name what a file stands for, such as hospital"
              .formatted(name));
    }
    return new ClientUnit(
        name,
        List.of(
            "each file is one %s, and no %s has rows in a second file; the guarantee is for all rows of one file: a person with rows in several files is not covered as a whole"
                .formatted(name, name)));
  }

  /**
   * Rows are assigned at random: clients are simulated, because removing a row reassigns the
   * others.
   */
  static ClientUnit ofDeal(String partition, String name) {
    String stripped = name.strip();
    if (!stripped.isEmpty() && !Set.of(CLIENT, SIMULATED).contains(stripped)) {
      throw new IllegalArgumentException(
          "unit '%s' does not fit partition %s, which assigns all rows differently when one is missing, so its clients are simulated; choose by-key or one-per-client, or leave the unit out"
              .formatted(stripped, partition));
    }
    return new ClientUnit(
        stripped.isEmpty() ? stripped : SIMULATED,
        List.of(
            "clients are simulated: the guarantee is for one simulated client, not for a person or a row, because removing a row changes the rows of most clients"));
  }
}
