package org.dpfed.cli.accounting;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.dpfed.cli.UsageException;

/** Orders of Rényi divergences as text: numbers and ranges, such as {@code 1.5,2..64,128}. */
final class RenyiOrders {
  private static final int MOST = 100_000;
  private static final String RANGE = "..";

  private RenyiOrders() {}

  /**
   * The orders in the text.
   *
   * @param label what messages call the option
   */
  static double[] read(String label, String text) {
    DoubleStream.Builder orders = DoubleStream.builder();
    int count = 0;
    for (String part : text.split(",", -1)) {
      double[] some = part(label, part.strip());
      count += some.length;
      if (count > MOST) {
        throw new UsageException(label + " must be at most " + MOST + " orders");
      }
      DoubleStream.of(some).forEach(orders);
    }
    return orders.build().toArray();
  }

  private static double[] part(String label, String text) {
    int dots = text.indexOf(RANGE);
    String entry = "each entry of " + label + ", such as 1.5,2..64,128,";
    if (dots < 0) {
      return new double[] {order(entry, text)};
    }
    int from = (int) Kind.INDEX.read(entry, text.substring(0, dots).strip());
    int to = (int) Kind.INDEX.read(entry, text.substring(dots + RANGE.length()).strip());
    if (from < 2 || to < from || to - from >= MOST) {
      throw new UsageException(
          "each range of %s must rise from at least 2 and hold at most %d orders, was '%s'"
              .formatted(label, MOST, text));
    }
    return IntStream.rangeClosed(from, to).asDoubleStream().toArray();
  }

  private static double order(String entry, String text) {
    double order = Kind.NUMBER.read(entry, text);
    if (!(order > 1)) {
      throw new UsageException(entry + " must be above 1, was '" + text + "'");
    }
    return order;
  }
}
