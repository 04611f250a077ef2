package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** What {@code benchmarks/imaging/hospitals.py} writes is read as it was meant. */
final class SimulatedHospitalsTest {
  private static final Path SCRIPT = Path.of("..", "benchmarks", "imaging", "hospitals.py");

  @TempDir Path directory;

  private record Output(int status, String text) {}

  private static Output python(String... arguments) throws IOException, InterruptedException {
    List<String> words = new java.util.ArrayList<>(List.of("/usr/bin/python3"));
    words.addAll(List.of(arguments));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Output(process.waitFor(), text);
  }

  private static void assumePydicom() throws InterruptedException {
    boolean isThere;
    try {
      isThere = python("-c", "import numpy, pydicom").status() == 0;
    } catch (IOException e) {
      isThere = false;
    }
    if (!isThere) {
      System.out.println("skipped: python3-pydicom or python3-numpy is missing");
    }
    Assumptions.assumeTrue(isThere, "pydicom is missing");
  }

  /** The second class is brighter, whatever the bits, the gain and the direction of the scanner. */
  @Test
  void hospitals_fewPatients_areReadInOneUnitFromEveryScanner() throws Exception {
    assumePydicom();
    Path images = directory.resolve("made.npz");
    new MadeImages().medMnist(images);

    Output output =
        python(SCRIPT.toString(), images.toString(), directory.toString(), "--patients", "15");

    assertThat(output.status()).as(output.text()).isZero();
    assertThat(output.text())
        .contains("12,MONOCHROME1")
        .contains("16,MONOCHROME2")
        .contains("8,MONOCHROME2");
    for (String hospital : List.of("north", "east", "south", "west", "island")) {
      assertThat(directory.resolve("archive").resolve(hospital)).isNotEmptyDirectory();
    }
    DataSource source =
        DataSource.of(
            Configuration.of(
                    Files.writeString(
                        directory.resolve("a.yaml"),
                        """
                        data:
                          set: dicom
                          directory: archive
                          labels: labels.csv
                          classes: [healthy, ill]
                          imageSize: [28, 28]
                          scaling: [0, 1000]
                        partition: {by: by-key}
                        model: {architecture: image-cnn, width: 4}
                        """
                            + ImageRun.PLAN))
                .complete());
    assertThat(source.split().train().keys().orElseThrow().names()).hasSize(15);
    for (DataSet rows :
        List.of(source.split().train().toDataSet(), source.split().test().toDataSet())) {
      INDArray brightness = rows.getFeatures().mean(1, 2, 3);
      INDArray isIll = rows.getLabels().getColumn(1);
      for (int row = 0; row < rows.numExamples(); row++) {
        // A healthy image is at most 0.2 + 0.7 · 60/255 = 0.36 of the range, an ill one at least
        // 0.05 + 0.6 · 200/255 = 0.52, which the range [-1, 1] makes -0.27 and 0.04; noise has a
        // mean over 784 pixels.
        boolean isBright = brightness.getDouble(row) > -0.1;
        assertThat(isBright).isEqualTo(isIll.getDouble(row) == 1);
      }
    }
  }
}
