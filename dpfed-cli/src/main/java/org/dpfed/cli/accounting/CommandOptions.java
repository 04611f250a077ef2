package org.dpfed.cli.accounting;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The help of a command: its options by section, and the options that each mechanism and sampling
 * accepts.
 */
final class CommandOptions {
  private static final int WIDTH = 80;
  private static final String INDENT = " ".repeat(22);

  private CommandOptions() {}

  /**
   * Adds options and their explanation to a command.
   *
   * @param flags the options that the command takes
   * @param mechanisms the mechanisms that it answers for
   */
  static void declare(CommandSpec command, Set<Flag> flags, List<String> mechanisms) {
    int order = 0;
    for (Flag.Section section : Flag.Section.values()) {
      ArgGroupSpec.Builder group =
          ArgGroupSpec.builder()
              .heading("%n" + section.heading() + "%n")
              .order(order++)
              .validate(false)
              .multiplicity("0..1");
      for (Flag flag : flags) {
        if (flag.section() == section) {
          group.addArg(option(flag, order++));
        }
      }
      command.addArgGroup(group.build());
    }
    List<String> lines = new ArrayList<>();
    lines.add("%nWhat each --mechanism takes. What is in brackets may be left out.");
    if (flags.contains(Flag.PLOT)) {
      lines.add("Those with [--accountant] also take --orders and --all, and --plot too, except");
      lines.add("banded, blt and trees with --tree-rounds.");
    } else {
      lines.add("Those with [--accountant] also take --orders. What is to be found is left out.");
    }
    for (String name : mechanisms) {
      addForms(lines, name, Choices.MECHANISMS);
    }
    lines.add("%nWhat each --sampling of --mechanism gaussian takes:");
    for (String name : Choices.SAMPLINGS.names()) {
      addForms(lines, name, Choices.SAMPLINGS);
    }
    command.usageMessage().footer(lines.toArray(String[]::new));
  }

  /**
   * Adds options that mean something of their own in this command, lists of sizes among them.
   *
   * @param descriptions of the options, in the order of the help
   */
  static void declare(CommandSpec command, Map<Flag, String> descriptions) {
    int order = 0;
    for (Map.Entry<Flag, String> each : descriptions.entrySet()) {
      Flag flag = each.getKey();
      OptionSpec.Builder option = builder(flag, order++, each.getValue());
      boolean isSize = flag == Flag.BANDS || flag == Flag.BUFFERS;
      command.addOption((isSize ? option.paramLabel("LIST") : option).build());
    }
  }

  private static OptionSpec option(Flag flag, int order) {
    return builder(flag, order, flag.description()).build();
  }

  private static OptionSpec.Builder builder(Flag flag, int order, String description) {
    OptionSpec.Builder option =
        OptionSpec.builder(flag.option()).order(order).description(description);
    return flag.kind() == Kind.SWITCH
        ? option.type(boolean.class).arity("0")
        : option.type(String.class).arity("1").paramLabel(flag.paramLabel());
  }

  private static <T> void addForms(List<String> lines, String name, Choice<T> choice) {
    String start = name;
    for (Form<T> form : choice.forms()) {
      if (form.name().equals(name)) {
        addWrapped(lines, start, words(form));
        start = "  or";
      }
    }
  }

  /**
   * The options of a form that describe the run; the options of a sampling are listed once,
   * separately.
   */
  private static <T> List<String> words(Form<T> form) {
    List<String> words =
        form.needs().stream().map(Flag::option).collect(Collectors.toCollection(ArrayList::new));
    if (form.takes(Flag.SAMPLING)) {
      words.add("[" + Flag.SAMPLING.option() + " and what it takes]");
    }
    for (Flag flag : form.allows()) {
      boolean ofSampling = form.takes(Flag.SAMPLING) && flag.section() == Flag.Section.SAMPLING;
      boolean ofQuestion =
          flag.section() == Flag.Section.QUESTION || flag.section() == Flag.Section.OUTPUT;
      if (!ofSampling && (!ofQuestion || flag == Flag.ACCOUNTANT)) {
        words.add("[" + flag.option() + "]");
      }
    }
    return words.isEmpty() ? List.of("nothing more") : words;
  }

  private static void addWrapped(List<String> lines, String start, List<String> words) {
    StringBuilder line = new StringBuilder("  " + start);
    line.append(" ".repeat(INDENT.length() - line.length()));
    for (String word : words) {
      if (line.length() + word.length() + 1 > WIDTH) {
        lines.add(line.toString());
        line = new StringBuilder(INDENT);
      }
      line.append(' ').append(word);
    }
    lines.add(line.toString());
  }
}
