package org.dpfed.cli.training;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dpfed.accounting.DpEvent;
import org.dpfed.federated.PrivacyPlan;

/** Privacy events for people to read: long lists of numbers are cut short. */
final class EventText {
  private static final int SHOWN = 4;
  private static final Pattern NUMBERS = Pattern.compile("\\[([-+0-9.E, ]++)]");

  private EventText() {}

  /** What each round of a plan is charged as. */
  static String ofRound(PrivacyPlan plan) {
    DpEvent event = plan.roundEvent(0);
    return event instanceof DpEvent.RoundOf round
        ? "one round of " + shortened(round.run().toString())
        : shortened(event.toString());
  }

  /** The text with the middle left out of every list of many numbers. */
  static String shortened(String text) {
    return NUMBERS.matcher(text).replaceAll(list -> Matcher.quoteReplacement(shown(list.group(1))));
  }

  private static String shown(String list) {
    String[] numbers = list.split(", ", -1);
    if (numbers.length <= 2 * SHOWN) {
      return "[" + list + "]";
    }
    return Stream.concat(
            Stream.of(numbers).limit(SHOWN), Stream.of("… %d in all".formatted(numbers.length)))
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
