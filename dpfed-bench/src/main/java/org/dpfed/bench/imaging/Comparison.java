package org.dpfed.bench.imaging;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;

/**
 * What was measured.
 *
 * @param open on all patients, without privacy
 * @param byEpsilon on all patients, from the smallest ε
 * @param openAt each hospital alone, without privacy
 * @param privateAt each hospital alone, with the largest ε
 */
record Comparison(
    Runs open,
    SortedMap<Double, Runs> byEpsilon,
    Map<String, Runs> openAt,
    Map<String, Runs> privateAt) {

  static final String ACCURACY = "accuracy";
  private static final String AREA = "rocAuc";

  /** The name of the largest ε, such as {@code ε = 8}. */
  String largest() {
    return "ε = " + shown(byEpsilon.lastKey());
  }

  static String shown(double epsilon) {
    return "%.4g".formatted(epsilon).replaceFirst("\\.?0+$", "");
  }

  /** On all patients, with the largest ε. */
  Runs atLargest() {
    return byEpsilon.get(byEpsilon.lastKey());
  }

  /** Runs of hospitals, each on its own held-out images. */
  static Results.Share at(Map<String, Runs> hospitals, String metric) {
    return Results.together(hospitals.values().stream().map(Runs::all).toList(), metric);
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
    table.append(row("all five hospitals", "none: no privacy", open.all()::share));
    List<Double> descending = new ArrayList<>(byEpsilon.keySet());
    Collections.reverse(descending);
    for (double epsilon : descending) {
      table.append(row("all five hospitals", shown(epsilon), byEpsilon.get(epsilon).all()::share));
    }
    table.append(row("the image's hospital alone", "none: no privacy", each -> at(openAt, each)));
    table.append(
        row("the image's hospital alone", shown(byEpsilon.lastKey()), each -> at(privateAt, each)));
    return table.toString();
  }

  private static String row(
      String trained, String epsilon, Function<String, Results.Share> metric) {
    return "| %s | %s | %s | %s |\n"
        .formatted(trained, epsilon, metric.apply(ACCURACY), metric.apply(AREA));
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

            | hospital | held-out images | its own patients, no privacy | its own, %s | all five, %s | all five, no privacy |
            | --- | --- | --- | --- | --- | --- |
            """
                .formatted(title, largest(), largest()));
    for (String hospital : openAt.keySet()) {
      Results own = openAt.get(hospital).all();
      table.append(
          "| %s | %d | %s | %s | %s | %s |\n"
              .formatted(
                  hospital,
                  own.images(),
                  own.share(metric),
                  privateAt.get(hospital).all().share(metric),
                  atLargest().of(hospital).share(metric),
                  open.of(hospital).share(metric)));
    }
    return table.toString();
  }
}
