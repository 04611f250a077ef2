package org.dpfed.cli.training;

import static org.dpfed.cli.training.Kind.anyInteger;
import static org.dpfed.cli.training.Kind.integer;
import static org.dpfed.cli.training.Kind.oneOf;
import static org.dpfed.cli.training.Kind.positive;

import java.util.List;

/** Settings of how rows become clients. */
final class PartitionSettings {
  static final List<Setting> ALL =
      List.of(
          Setting.of(
                  "partition.by",
                  "--partition",
                  oneOf("one-per-client", "iid", "dirichlet", "shards", "by-key"),
                  "",
                  "How rows become clients.")
              .notWith("data.set", IndexedSource.SET)
              .needed(),
          Setting.of(
                  "partition.examplesPerClient",
                  "--examples-per-client",
                  integer(1),
                  "",
                  "Rows of one client.")
              .onlyWith("partition.by", "iid", "dirichlet", "shards")
              .needed(),
          Setting.of(
                  "partition.alpha",
                  "--alpha",
                  positive(),
                  "",
                  "Concentration of the Dirichlet distribution of labels; the smaller, the more clients differ.")
              .onlyWith("partition.by", "dirichlet")
              .needed(),
          Setting.of(
                  "partition.shardsPerClient",
                  "--shards-per-client",
                  integer(1),
                  "2",
                  "Shards of one client.")
              .onlyWith("partition.by", "shards"),
          Setting.of(
                  "partition.seed",
                  "--partition-seed",
                  anyInteger(),
                  "0",
                  "Seed of the assignment of rows to clients.")
              .onlyWith("partition.by", "iid", "dirichlet", "shards"));

  private PartitionSettings() {}
}
