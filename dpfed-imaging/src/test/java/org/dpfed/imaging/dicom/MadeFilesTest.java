package org.dpfed.imaging.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.dpfed.imaging.Image;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that pydicom makes and dcmtk converts, of kinds that are rare: unusual bits, palettes,
 * fragments, private sequences. Two readers by others agree with ours, or differ for a reason that
 * is stated.
 */
class MadeFilesTest {
  /** The standard allows one fragment for each frame; pydicom insists on it. */
  private static final String NOT_READ_BY_PYDICOM = ".*(3_frames|2_frames|16_planar)_rle_3.dcm";

  @TempDir private Path directory;
  private Pydicom pydicom;
  private List<Path> files = List.of();

  @BeforeEach
  void makeFiles() throws Exception {
    Pydicom.assumeInstalled();
    pydicom = new Pydicom(directory);
    files = pydicom.run("make.py", List.of()).stream().map(Path::of).toList();
  }

  private List<Path> files(Predicate<String> name) {
    return files.stream().filter(file -> name.test(file.getFileName().toString())).toList();
  }

  @Test
  void frames_ofRareKinds_areEqualInEveryPixelToThoseOfPydicom() throws Exception {
    List<Path> read = files(name -> !name.matches(NOT_READ_BY_PYDICOM));

    Map<String, Integer> counts = pydicom.compare(read, 0);

    Pydicom.print("files made by pydicom", counts);
    assertThat(counts).isEqualTo(Map.of("read", read.size()));
    assertThat(read).hasSizeGreaterThan(70);
  }

  @Test
  void frames_inSeveralFragmentsEach_areEqualToThoseInOne() throws Exception {
    List<Path> several = files(name -> name.matches(NOT_READ_BY_PYDICOM));

    assertThat(several).hasSize(3);
    for (Path file : several) {
      Path one = file.resolveSibling(file.getFileName().toString().replace("rle_3", "rle_1"));
      assertThat(DicomFile.open(file).frames())
          .as("%s", file)
          .hasSizeGreaterThan(1)
          .isEqualTo(DicomFile.open(one).frames());
    }
  }

  @Test
  void frames_convertedByDcmtk_areEqualToThoseOfTheFileBefore() throws Exception {
    Pydicom.assumeRuns("dcmconv", "--version");
    Map<String, Integer> counts = new TreeMap<>();
    for (Path file : files(name -> !name.contains("rle"))) {
      for (List<String> command :
          List.of(
              List.of("dcmconv", "+te"),
              List.of("dcmconv", "+ti"),
              List.of("dcmconv", "+tb"),
              List.of("dcmconv", "+td"),
              List.of("dcmconv", "+te", "-e"),
              List.of("dcmconv", "-F", "+te"),
              List.of("dcmcrle"))) {
        compareConverted(file, command, counts);
      }
    }
    Pydicom.print("files converted by dcmtk", counts);
    assertThat(counts.keySet())
        .containsExactlyInAnyOrder(
            "[dcmconv, +te]: equal",
            "[dcmconv, +ti]: equal",
            "[dcmconv, +tb]: equal",
            "[dcmconv, +tb]: refused",
            "[dcmconv, +td]: equal",
            "[dcmconv, +te, -e]: equal",
            "[dcmconv, -F, +te]: equal",
            "[dcmcrle]: equal",
            "[dcmcrle]: not made");
    // 32 bits in big-endian words; dcmtk does not compress single bits and floats.
    assertThat(counts).containsEntry("[dcmconv, +tb]: refused", 2);
  }

  private void compareConverted(Path file, List<String> command, Map<String, Integer> counts)
      throws IOException, InterruptedException {
    Path converted = directory.resolve("converted.dcm");
    Files.deleteIfExists(converted);
    List<String> words = new ArrayList<>(command);
    words.add(file.toString());
    words.add(converted.toString());
    String outcome;
    if (run(words) != 0) {
      outcome = "not made";
    } else {
      try {
        assertThat(DicomFile.open(converted).frames())
            .as("%s by %s", file, command)
            .isEqualTo(DicomFile.open(file).frames());
        outcome = "equal";
      } catch (DicomException e) {
        assertThat(e).as("%s by %s", file, command).hasMessageContaining("big-endian words");
        outcome = "refused";
      }
    }
    counts.merge(command + ": " + outcome, 1, Integer::sum);
  }

  private static int run(List<String> words) throws IOException, InterruptedException {
    return new ProcessBuilder(words)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  @Test
  void voi_ofAllFunctions_isThatOfPydicom() throws Exception {
    List<Path> proposing = files(name -> name.startsWith("voi"));
    List<String> sizes = pydicom.run("voi.py", proposing.stream().map(Path::toString).toList());

    assertThat(sizes).hasSize(7);
    for (int i = 0; i < proposing.size(); i++) {
      DicomFile file = DicomFile.open(proposing.get(i));
      Image image = file.windowed(0, file.voi(0).get(0));
      ByteBuffer expected =
          ByteBuffer.wrap(Files.readAllBytes(directory.resolve(i + ".voi")))
              .order(ByteOrder.LITTLE_ENDIAN);
      for (float value : image.values()) {
        // Both compute in doubles; ours is rounded to a float, to 2⁻²⁵ of 1.
        assertThat((double) value)
            .as("%s", proposing.get(i))
            .isCloseTo(expected.getDouble(), within(1e-7));
      }
    }
  }

  @Test
  void windowed_bothMonochromes_areThoseOfDcmtk() throws Exception {
    Pydicom.assumeRuns("dcm2pnm", "--version");
    for (Path made : files(name -> name.matches("(monochrome_1|twelve).dcm"))) {
      DicomFile file = DicomFile.open(made);
      Image image = file.windowed(0, new Window(1500, 1200, Window.Function.LINEAR));
      Path pnm = directory.resolve("image.pgm");
      String[] command = {"dcm2pnm", "+Ww", "1500", "1200", "--write-raw-pnm"};
      List<String> words = new ArrayList<>(List.of(command));
      words.add(made.toString());
      words.add(pnm.toString());

      assertThat(run(words)).isZero();
      byte[] grey = Files.readAllBytes(pnm);
      assertThat(new String(grey, 0, 2, StandardCharsets.US_ASCII)).isEqualTo("P5");
      int start = grey.length - 99;
      for (int i = 0; i < 99; i++) {
        // dcmtk rounds to whole numbers, one way or the other.
        assertThat(255.0 * image.values()[i])
            .as("%s, pixel %d", made, i)
            .isCloseTo(Byte.toUnsignedInt(grey[start + i]), within(1.01));
      }
    }
  }
}
