package org.dpfed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Whatever a command prints, a terminal finds no commands in it. */
final class TerminalTextTest {
  /** Makes what follows red, in both forms of the sequence. */
  private static final String RED = "\u001b[31m \u009b31m";

  private static final String SHOWN = "\\u001b[31m \\u009b31m";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void harmless_controlCharacters_areWrittenOut() {
    assertThat(TerminalText.harmless(RED + "\u0007\u007f\u0000\b"))
        .isEqualTo(SHOWN + "\\u0007\\u007f\\u0000\\u0008");
    // It would write over what stands before it.
    assertThat(TerminalText.harmless("refused\rread")).isEqualTo("refused\\u000dread");
  }

  @Test
  void harmless_textWithTabsAndLineBreaks_staysAsItIs() {
    String text = "ε = 1\tåß \u05d0 \ud83d\ude00\r\nC:\\u001b\n";
    assertThat(TerminalText.harmless(text)).isEqualTo(text);
  }

  @Test
  void over_whatFails_isReported() {
    PrintWriter broken =
        new PrintWriter(
            new Writer() {
              @Override
              public void write(char[] text, int from, int length) throws IOException {
                throw new IOException("No space left on device");
              }

              @Override
              public void flush() {}

              @Override
              public void close() {}
            });
    PrintWriter text = TerminalText.over(broken);
    text.println("lost");
    assertThat(text.checkError()).isTrue();
    assertThat(TerminalText.over(new PrintWriter(out)).checkError()).isFalse();
  }

  /** Its output, its errors and its failure name the same file. */
  @Command(name = "name")
  private static final class Name implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "0..1")
    private String file = RED;

    @Override
    public Integer call() {
      spec.commandLine().getOut().println(file);
      spec.commandLine().getErr().printf("note: %s%n", file);
      throw new IllegalStateException(file + " is damaged");
    }
  }

  private int execute(String... arguments) {
    CommandLine command = DpfedCommand.commandLine().addSubcommand(new Name());
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return command.execute(arguments);
  }

  @Test
  void command_printsNamesOfFiles_terminalFindsNoCommands() {
    assertThat(execute("name")).isEqualTo(1);
    assertThat(out.toString()).isEqualTo(SHOWN + System.lineSeparator());
    assertThat(err.toString().lines())
        .containsExactly("note: " + SHOWN, "dpfed name: " + SHOWN + " is damaged");
  }

  @Test
  void command_argumentsAndStackTrace_terminalFindsNoCommands() {
    assertThat(execute("name", "a", "--" + RED)).isEqualTo(2);
    assertThat(execute("name", RED, "--verbose")).isEqualTo(1);
    assertThat(err.toString())
        .contains("--" + SHOWN, "IllegalStateException: " + SHOWN, "\tat ")
        .doesNotContain("\u001b", "\u009b");
  }

  /** Help is dpfed's own text, and may be in colours. */
  @Test
  void help_inColours_staysSo() {
    CommandLine command = DpfedCommand.commandLine();
    command.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.ON));
    command.setOut(new PrintWriter(out, true));
    assertThat(command.execute("ledger", "--help")).isZero();
    assertThat(out.toString()).contains("\u001b[1m");
  }
}
