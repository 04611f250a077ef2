package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A page of the documentation, step by step in a directory. Its blocks say what they are:
 *
 * <ul>
 *   <li>{@code file=NAME}: the content of a file, which is written;
 *   <li>{@code begins=NAME}: what the file begins with;
 *   <li>{@code console}: commands after a dollar sign and what they print, where {@code ...} stands
 *       for any text, and for any lines on a line of its own.
 * </ul>
 *
 * @param directory where commands run
 */
record PageSteps(Path directory) {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+) ?([^\n]*)\n(.*?)^```$");

  /**
   * Does what a page says.
   *
   * @return the number of commands
   */
  int follow(String page) throws IOException, InterruptedException {
    int commands = 0;
    for (MatchResult block : BLOCK.matcher(page).results().toList()) {
      String what = block.group(2);
      String content = block.group(3);
      if (block.group(1).equals("console")) {
        for (String step : content.split("(?m)^\\$ ", -1)) {
          if (!step.isEmpty()) {
            run(step);
            commands++;
          }
        }
      } else if (what.startsWith("file=")) {
        Files.writeString(directory.resolve(what.substring("file=".length())), content);
      } else if (what.startsWith("begins=")) {
        Path file = directory.resolve(what.substring("begins=".length()));
        assertThat(Files.readString(file)).startsWith(content);
      }
    }
    return commands;
  }

  /**
   * @param step a command, and on the lines after it what is expected
   */
  private void run(String step) throws IOException, InterruptedException {
    String[] commandAndOutput = step.split("\n", 2);
    String command = commandAndOutput[0];
    Process process =
        new ProcessBuilder(words(command))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .replace("\r\n", "\n");
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(output).as(command).matches(pattern(commandAndOutput[1]));
  }

  /** The words of a command; what follows {@code dpfed} goes to the command line's own class. */
  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    List<String> given =
        Pattern.compile("\"([^\"]*)\"|\\S+")
            .matcher(command)
            .results()
            .map(word -> word.group(1) == null ? word.group() : word.group(1))
            .toList();
    if (given.get(0).equals("dpfed")) {
      words.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.dpfed.cli.Main"));
    } else {
      assertThat(given.get(0)).isEqualTo("java");
    }
    words.addAll(given.subList(1, given.size()));
    return words;
  }

  private static Pattern pattern(String expected) {
    String regex =
        Arrays.stream(expected.split("(?<=\n)"))
            .map(
                line ->
                    line.strip().equals("...")
                        ? "(?:[^\n]*\n)*?"
                        : Arrays.stream(line.split("\\.\\.\\.", -1))
                            .map(Pattern::quote)
                            .collect(Collectors.joining("[^\n]*")))
            .collect(Collectors.joining());
    return Pattern.compile(regex);
  }
}
