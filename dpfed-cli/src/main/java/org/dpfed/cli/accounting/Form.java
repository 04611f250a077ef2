package org.dpfed.cli.accounting;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;

/**
 * One way to describe a part of a run: the options that it accepts, and the object that they
 * create.
 *
 * @param name what the user chooses it by, such as {@code tree}; several forms may share it
 * @param needs the options without which it says nothing
 * @param allows the options that may be left out; each changes the answer
 * @param make what the options make, once they are known to be these
 */
record Form<T>(String name, Set<Flag> needs, Set<Flag> allows, Function<OptionValues, T> make) {
  Form {
    needs = Flag.set(needs);
    allows = Flag.set(allows);
  }

  boolean takes(Flag flag) {
    return needs.contains(flag) || allows.contains(flag);
  }

  /** The options that are needed and not given. */
  Set<Flag> missing(OptionValues options) {
    Set<Flag> missing = EnumSet.noneOf(Flag.class);
    needs.stream().filter(flag -> !options.has(flag)).forEach(missing::add);
    return missing;
  }
}
