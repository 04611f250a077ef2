package org.dpfed.bench.imaging;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Metrics on the same held-out images, of runs that differ in their seed alone.
 *
 * @param evaluations one for each run
 */
record Results(List<JsonNode> evaluations) {
  /** A metric in per cent: its mean and its standard deviation over the seeds; NaN for none. */
  record Share(double mean, double deviation) {
    static Share of(double... values) {
      double mean =
          IntStream.range(0, values.length).mapToDouble(i -> values[i]).average().orElse(0);
      double squares = 0;
      for (double value : values) {
        squares += (value - mean) * (value - mean);
      }
      return new Share(mean, values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)));
    }

    @Override
    public String toString() {
      return Double.isNaN(mean) ? "none" : "%.1f ± %.1f".formatted(mean, deviation);
    }
  }

  int images() {
    return evaluations.get(0).path("examples").asInt();
  }

  /** A metric such as {@code accuracy}. */
  Share share(String metric) {
    return Share.of(values(metric));
  }

  private double[] values(String metric) {
    return evaluations.stream()
        .map(each -> each.path(metric))
        .mapToDouble(value -> value.isNumber() ? 100 * value.asDouble() : Double.NaN)
        .toArray();
  }

  /** The mean over groups of images, each counted by how many it has, seed by seed. */
  static Share together(Collection<Results> groups, String metric) {
    double images = groups.stream().mapToInt(Results::images).sum();
    double[] sums = new double[groups.iterator().next().evaluations.size()];
    for (Results group : groups) {
      double[] values = group.values(metric);
      for (int seed = 0; seed < sums.length; seed++) {
        sums[seed] += values[seed] * group.images() / images;
      }
    }
    return Share.of(sums);
  }
}
