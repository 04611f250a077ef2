package org.dpfed.imaging.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
    List<Path> files =
        Pydicom.filesIn(FILES).stream()
            .filter(file -> !file.toString().matches(".*(README.*|\\.dump|\\.json|\\.gz)"))
            .toList();
    Map<String, Integer> counts = new Pydicom(directory).compare(files, 0);
    Pydicom.print("pydicom's test files", counts);

    assertThat(counts.getOrDefault("read", 0)).isGreaterThanOrEqualTo(50);
  }
}
