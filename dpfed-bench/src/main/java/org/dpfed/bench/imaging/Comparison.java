package org.dpfed.bench.imaging;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/**
 * What was measured.
 *
 * @param open on all patients, without privacy
 * @param byEpsilon on all patients, from the smallest ε
 * @param hospitals each of them alone
 */
record Comparison(Runs open, List<Runs> byEpsilon, List<Hospital> hospitals) {
  static final String ACCURACY = "accuracy";
  private static final String AREA = "rocAuc";

  /**
   * Training on the patients of one hospital.
   *
   * @param open without privacy
   * @param closed with the largest ε
   */
  record Hospital(String name, Runs open, Runs closed) {}

  /** On all patients, with the largest ε. */
  Runs closed() {
    return Runs.last(byEpsilon);
  }

  /** The name of the largest ε, such as {@code ε = 8}. */
  String largest() {
    return "ε = " + closed().shownEpsilon();
  }

  /** A metric of each hospital's own runs on its own held-out images. */
  Results.Share alone(Function<Hospital, Runs> runs, String metric) {
    return Results.together(
        hospitals.stream().map(each -> runs.apply(each).all()).toList(), metric);
  }

  /** The table of all held-out images together. */
  String together() {
    StringBuilder table =
        new StringBuilder(
            """

            ## All %d held-out images

            | trained on the patients of | ε for one patient | accuracy, %% | AUC, %% |
            | --- | --- | --- | --- |
            """
                .formatted(open.all().images()));
    List<Runs> descending = new ArrayList<>(byEpsilon);
    descending.add(open);
    Collections.reverse(descending);
    for (Runs runs : descending) {
      table.append(row("all five hospitals", runs, runs.all()::share));
    }
    table.append(row("the image's hospital alone", open, each -> alone(Hospital::open, each)));
    table.append(
        row("the image's hospital alone", closed(), each -> alone(Hospital::closed, each)));
    return table.toString();
  }

  private static String row(String trained, Runs runs, Function<String, Results.Share> metric) {
    return "| %s | %s | %s | %s |\n"
        .formatted(trained, runs.shownEpsilon(), metric.apply(ACCURACY), metric.apply(AREA));
  }

  /** The tables of each hospital. */
  String byHospital() {
    return byHospital("Accuracy", ACCURACY) + byHospital("AUC", AREA);
  }

  private String byHospital(String title, String metric) {
    StringBuilder table =
        new StringBuilder(
            """

            ## %s at each hospital, %%

            | hospital | held-out images | alone, no privacy | alone, %s | all five, %s | all five, no privacy |
            | --- | --- | --- | --- | --- | --- |
            """
                .formatted(title, largest(), largest()));
    for (Hospital each : hospitals) {
      Results own = each.open().all();
      table.append(
          "| %s | %d | %s | %s | %s | %s |\n"
              .formatted(
                  each.name(),
                  own.images(),
                  own.share(metric),
                  each.closed().all().share(metric),
                  closed().of(each.name()).share(metric),
                  open.of(each.name()).share(metric)));
    }
    return table.toString();
  }
}
