package org.dpfed.imaging.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables of docs/imaging.md are those of the code. */
class DicomPageTest {
  private static final Path PAGE = Path.of("..", "docs", "imaging.md");

  /** The first cells of the table with this header. */
  private static List<String> rows(String header, int cells) throws IOException {
    List<String> lines = Files.readAllLines(PAGE);
    return lines.stream()
        .skip(lines.indexOf(header) + 2)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> String.join("|", Arrays.copyOf(line.split(" ?\\| ?"), cells + 1)).substring(1))
        .toList();
  }

  @Test
  void page_transferSyntaxes_areThoseThatAreRead() throws IOException {
    assertThat(rows("| transfer syntax | UID | read |", 3))
        .containsExactlyElementsOf(
            Stream.of(TransferSyntax.values())
                .filter(TransferSyntax::isRead)
                .map(syntax -> syntax.meaning() + "|" + syntax.uid() + "|yes")
                .toList());
  }

  @Test
  void page_photometricInterpretations_areThoseThatAreRead() throws IOException {
    assertThat(rows("| photometric interpretation | image |", 1))
        .containsExactlyElementsOf(
            Stream.of(Photometric.values())
                .map(photometric -> photometric.name().replace("E_C", "E C"))
                .toList());
  }
}
