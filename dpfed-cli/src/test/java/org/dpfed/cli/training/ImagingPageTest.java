package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/imaging.md}, step by step beside small files of each format. */
final class ImagingPageTest {
  @TempDir Path directory;

  @Test
  void page_stepByStep_doesWhatItSays() throws Exception {
    MadeImages images = new MadeImages();
    images.dicom(directory, 40, "P");
    images.nifti(directory, 40, 1);
    images.medMnist(directory.resolve("pneumoniamnist.npz"));
    String page = Files.readString(Path.of("..", "docs", "imaging.md"));
    assertThat(new PageSteps(directory).follow(page)).isGreaterThan(4);
  }
}
