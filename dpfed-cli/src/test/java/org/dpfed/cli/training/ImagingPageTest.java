package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code docs/imaging.md}, step by step beside small files of each format and a server on this
 * machine.
 */
final class ImagingPageTest {
  @TempDir Path directory;

  @Test
  void page_stepByStep_doesWhatItSays() throws Exception {
    MadeImages images = new MadeImages();
    images.dicom(directory, 40, "P");
    images.nifti(directory, 40, 1);
    images.medMnist(directory.resolve("pneumoniamnist.npz"));
    images.photos(directory.resolve("photos"), 40);
    images.photo(directory.resolve("new-photos/a.png"), 1);
    Path credentials = directory.resolve("pacs.credentials");
    Files.writeString(credentials, "hospital:the password\n");
    Files.setPosixFilePermissions(credentials, PosixFilePermissions.fromString("rw-------"));
    try (ServedDicom server = ServedDicom.of(directory.resolve("archive"), "the password")) {
      String page =
          Files.readString(Path.of("..", "docs", "imaging.md"))
              .replace("url: https://pacs.example.org/dicom-web", "url: " + server.url());
      assertThat(new PageSteps(directory).follow(page)).isGreaterThan(5);
      assertThat(server.queries()).isNotEmpty();
    }
  }
}
