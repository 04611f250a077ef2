package org.dpfed.imaging.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** pydicom's own test files, read as pydicom reads them or refused. */
class PydicomFilesTest {
  private static final Path FILES =
      Path.of("/usr/lib/python3/dist-packages/pydicom/data/test_files");

  @TempDir private Path directory;

  @BeforeEach
  void assumeInstalled() {
    Pydicom.assumeInstalled();
  }

  @Test
  void frames_testFiles_areEqualInEveryPixelOrRefused() throws Exception {
    Map<String, Integer> counts = new Pydicom(directory).compare(files(), 0);
    Pydicom.print("pydicom's test files", counts);

    assertThat(counts.getOrDefault("read", 0)).isGreaterThanOrEqualTo(50);
  }

  private static List<Path> files() throws IOException {
    return Pydicom.filesIn(FILES).stream()
        .filter(file -> !file.toString().matches(".*(README.*|\\.dump|\\.json|\\.gz)"))
        .toList();
  }

  @Test
  void header_testFiles_isThatOfPydicom() throws Exception {
    List<DicomHeader> read = new ArrayList<>();
    for (Path file : files()) {
      try {
        read.add(DicomFile.open(file).header());
      } catch (DicomException e) {
        // Counted by the other test.
      }
    }
    List<String> expected =
        new Pydicom(directory).run("header.py", read.stream().map(DicomHeader::source).toList());

    assertThat(read).hasSizeGreaterThanOrEqualTo(50);
    for (int i = 0; i < read.size(); i++) {
      assertThat(line(read.get(i))).as(read.get(i).source()).isEqualTo(expected.get(i));
    }
  }

  private static String line(DicomHeader header) {
    Stream<String> texts =
        Stream.of(
                header.sopClassUid(),
                header.studyUid(),
                header.seriesUid(),
                header.instanceUid(),
                header.patientId(),
                header.modality(),
                header.institutionName(),
                header.sourceAeTitle())
            .map(text -> text.orElse(""));
    Plane plane = header.planes().get(0);
    Stream<String> numbers =
        Stream.of(plane.position(), plane.orientation(), plane.spacing())
            .map(PydicomFilesTest::line);
    return String.join("\t", Stream.concat(texts, numbers).toList());
  }

  private static String line(List<Double> numbers) {
    return String.join(" ", numbers.stream().map(PydicomFilesTest::bits).toList());
  }

  private static String bits(double number) {
    return "%016x".formatted(Double.doubleToLongBits(number));
  }
}
