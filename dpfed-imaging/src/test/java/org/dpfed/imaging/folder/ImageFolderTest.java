package org.dpfed.imaging.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dpfed.data.LabelledData;
import org.dpfed.data.MalformedDataException;
import org.dpfed.data.Scaling;
import org.dpfed.data.TrainTestSplit;
import org.dpfed.data.partition.ByKey;
import org.dpfed.data.partition.Partition;
import org.dpfed.federated.FederatedDataset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.api.DataSet;

class ImageFolderTest {
  private static final List<String> CLASSES = List.of("normal", "pneumonia");
  private static final List<Scaling> SCALINGS = List.of(Scaling.Affine.PIXEL);
  private static final ImageLoader LOADER = ImageLoader.of(1, 2, 3);

  @TempDir private Path directory;
  private Path root;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(directory.resolve("images"));
  }

  @Test
  void bySiteAndLabel_clients_areSitesWithTheCallersLabels() throws IOException {
    write("images/north/pneumonia/b.png", 51);
    write("images/north/normal/a.png", 102);
    write("images/south/pneumonia/c.png", 204);
    Files.createFile(root.resolve("north").resolve(".hidden"));

    ImageFolder folder = ImageFolder.bySiteAndLabel(root, CLASSES);
    FederatedDataset clients = folder.clients(LOADER, SCALINGS, DamagedImages.refused());

    assertThat(folder.size()).isEqualTo(3);
    assertThat(clients.unit()).isEqualTo("site");
    assertThat(clients.population()).isEqualTo(2);
    assertThat(clients.examples(0)).isEqualTo(2);
    DataSet north = clients.client(0);
    assertThat(north.getFeatures().shape()).containsExactly(2, 1, 2, 3);
    assertThat(north.getFeatures().getFloat(0, 0, 1, 2)).isEqualTo(102 / 255f);
    assertThat(north.getLabels().toFloatMatrix()).isDeepEqualTo(new float[][] {{1, 0}, {0, 1}});
    // South has no folder for the first class, which is a class all the same.
    assertThat(clients.client(1).getLabels().toFloatMatrix()).isDeepEqualTo(new float[][] {{0, 1}});
    clients.release(north);
    assertThat(north.getFeatures().wasClosed()).isTrue();
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> clients.examples(2));
  }

  @Test
  void bySiteAndLabel_unknownFoldersAndFiles_areRefusedByPath() throws IOException {
    write("images/north/normal/a.png", 1);
    write("images/north/Normal/b.png", 1);
    assertRefused(() -> ImageFolder.bySiteAndLabel(root, CLASSES), "differ in more than case");
    Files.move(root.resolve("north/Normal"), root.resolve("north/other"));
    assertRefused(
        () -> ImageFolder.bySiteAndLabel(root, CLASSES),
        root.resolve("north/other") + ": expected a folder with the name of a class");
    Files.move(root.resolve("north/other"), root.resolve("north/pneumonia"));
    Path notes = Files.createFile(root.resolve("north/normal/notes.txt"));
    assertRefused(
        () -> ImageFolder.bySiteAndLabel(root, CLASSES), notes + ": expected PNG, JPEG or TIFF");
    Files.move(notes, root.resolve("notes.txt"));
    assertRefused(
        () -> ImageFolder.bySiteAndLabel(root, CLASSES), "expected folders alone at this level");
    assertRefused(
        () -> ImageFolder.bySiteAndLabel(directory.resolve("none"), CLASSES),
        "expected a folder, found none");
  }

  @Test
  void withLabels_ofFoldersAndImages_makePatientsOrSites() throws IOException {
    write("images/north/p1/a.png", 51);
    write("images/north/p1/b.png", 102);
    write("images/north/p2/a.png", 153);
    write("images/south/p1/a.png", 204);
    Path labels = labels("north/p1,pneumonia", "north/p2/a.png,normal", "\"south/p1\",pneumonia");

    ImageFolder patients = ImageFolder.withLabels(root, labels, CLASSES, Unit.PATIENT);
    FederatedDataset clients = patients.clients(LOADER, SCALINGS, DamagedImages.refused());
    assertThat(clients.population()).isEqualTo(3);
    assertThat(clients.unit()).isEqualTo("patient");
    assertThat(clients.client(0).getLabels().toFloatMatrix())
        .isDeepEqualTo(new float[][] {{0, 1}, {0, 1}});
    assertThat(clients.client(1).getLabels().toFloatMatrix()).isDeepEqualTo(new float[][] {{1, 0}});

    LabelledData data = patients.read(LOADER, SCALINGS, DamagedImages.refused());
    assertThat(data.keys().orElseThrow().names())
        .containsExactly("north/p1", "north/p2", "south/p1");
    Partition partition = new ByKey().partition(data, "patient");
    for (int id = 0; id < 3; id++) {
      assertThat(partition.client(id).getFeatures()).isEqualTo(clients.client(id).getFeatures());
      assertThat(partition.client(id).getLabels()).isEqualTo(clients.client(id).getLabels());
    }
    ImageFolder sites = ImageFolder.withLabels(root, labels, CLASSES, Unit.SITE);
    assertThat(sites.keys()).containsExactly("north", "south");
  }

  @Test
  void withLabels_thatAreMissingOrTwoOrNone_areRefused() throws IOException {
    write("images/north/p1/a.png", 51);
    assertRefused(() -> labelled("north/p2,normal"), "found none");
    assertRefused(() -> labelled("north/p1,normal", "north/p1/a.png,normal"), "found both");
    assertRefused(
        () -> labelled("north/p1,normal", "north/p2,normal"), "line 3: expected the path");
    assertRefused(() -> labelled("north/p1,normal", "north/p1,normal"), "found that of line 2");
    assertRefused(() -> labelled("north/p1,ill"), "line 2: expected a label among");
    assertRefused(() -> labelled("north/p1"), "line 2: expected a path and a label");
    Path other = Files.writeString(directory.resolve("other.csv"), "file,label\n");
    assertRefused(
        () -> ImageFolder.withLabels(root, other, CLASSES, Unit.SITE), "the header path,label");
  }

  @Test
  void withMasks_pairs_areRowsWithMasks() throws IOException {
    write("images/north/p1/a.png", 51);
    write("images/north/p2/b.png", 51);
    write("masks/north/p1/a.png", 1);
    Path masks = directory.resolve("masks");
    assertRefused(() -> masked(masks), "found no mask for it alone");
    write("masks/north/p2/b.png", 0);
    write("masks/north/p3/c.png", 0);
    assertRefused(() -> masked(masks), "expected an image of the same name");
    Files.delete(masks.resolve("north/p3/c.png"));

    FederatedDataset clients = masked(masks).clients(LOADER, SCALINGS, DamagedImages.refused());
    assertThat(clients.client(0).getLabels().shape()).containsExactly(1, 2, 2, 3);
    assertThat(clients.client(0).getLabels().getFloat(0, 1, 1, 1)).isEqualTo(1);
    assertThat(clients.client(1).getLabels().getFloat(0, 1, 1, 1)).isZero();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> masked(masks).clients(LOADER.rotating(), SCALINGS, DamagedImages.refused()))
        .withMessageContaining("must be taken as stored");
  }

  @Test
  void client_damagedImage_isAnErrorOrLeftOutAndCounted() throws IOException {
    write("images/north/normal/a.png", 51);
    write("images/south/normal/b.png", 51);
    Path damaged = Files.writeString(root.resolve("north/normal/c.png"), "no image");
    ImageFolder folder = ImageFolder.bySiteAndLabel(root, CLASSES);

    FederatedDataset strict = folder.clients(LOADER, SCALINGS, DamagedImages.refused());
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> strict.client(0))
        .withMessageContaining(damaged.toString());
    assertThat(strict.client(1).numExamples()).isEqualTo(1);
    assertRefused(() -> folder.read(LOADER, SCALINGS, DamagedImages.refused()), damaged.toString());

    DamagedImages leftOut = DamagedImages.leftOut();
    FederatedDataset lenient = folder.clients(LOADER, SCALINGS, leftOut);
    assertThat(lenient.client(0).numExamples()).isEqualTo(1);
    assertThat(lenient.client(0).numExamples()).isEqualTo(1);
    assertThat(leftOut.count()).isEqualTo(1);
    assertThat(leftOut.problems().get(0)).contains(damaged.toString()).contains("other bytes");
    Files.delete(root.resolve("north/normal/a.png"));
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(
            () ->
                ImageFolder.bySiteAndLabel(root, CLASSES)
                    .clients(LOADER, SCALINGS, leftOut)
                    .client(0))
        .withMessageContaining("at least one image that can be read");
    Files.delete(damaged);
    assertThat(
            ImageFolder.bySiteAndLabel(root, CLASSES)
                .clients(LOADER, SCALINGS, leftOut)
                .client(0)
                .getFeatures()
                .shape())
        .containsExactly(0, 1, 2, 3);
  }

  @Test
  void split_units_areOnOneSideAndAsTrainTestSplitHasThem() throws IOException {
    for (int patient = 0; patient < 30; patient++) {
      write("images/north/p%d/a.png".formatted(patient), patient);
      write("images/north/p%d/b.png".formatted(patient), patient);
    }
    String[] lines =
        IntStream.range(0, 30)
            .mapToObj(p -> "north/p%d,normal".formatted(p))
            .toArray(String[]::new);
    ImageFolder folder = ImageFolder.withLabels(root, labels(lines), CLASSES, Unit.PATIENT);

    ImageFolder.Split split = folder.split(0.3, 5);

    TrainTestSplit inMemory =
        TrainTestSplit.byUnit(folder.read(LOADER, SCALINGS, DamagedImages.refused()), 0.3, 5);
    assertThat(split.test().size()).isEqualTo(inMemory.test().size());
    assertThat(split.train().size()).isEqualTo(inMemory.train().size());
    for (String key : folder.keys()) {
      assertThat(split.train().images(key).isEmpty())
          .isNotEqualTo(split.test().images(key).isEmpty());
    }
    assertThat(
            split.train().read(LOADER, SCALINGS, DamagedImages.refused()).toDataSet().getFeatures())
        .isEqualTo(inMemory.train().toDataSet().getFeatures());
    assertThatIllegalArgumentException().isThrownBy(() -> folder.split(1e-12, 5));
    assertThatIllegalArgumentException().isThrownBy(() -> folder.split(1, 5));
  }

  @Test
  void split_numericNames_isThatOfTrainTestSplit() throws IOException {
    for (int site = 0; site < 30; site++) {
      write("images/%03d/normal/a.png".formatted(site), site);
    }
    ImageFolder folder = ImageFolder.bySiteAndLabel(root, CLASSES);
    TrainTestSplit inMemory =
        TrainTestSplit.byUnit(folder.read(LOADER, SCALINGS, DamagedImages.refused()), 0.3, 5);
    assertThat(
            folder
                .split(0.3, 5)
                .test()
                .read(LOADER, SCALINGS, DamagedImages.refused())
                .toDataSet()
                .getFeatures())
        .isEqualTo(inMemory.test().toDataSet().getFeatures());
  }

  @Test
  void read_patientWithDamagedImagesAlone_staysInThePopulation() throws IOException {
    Files.createDirectories(root.resolve("north/p1"));
    Files.writeString(root.resolve("north/p1/a.png"), "no image");
    write("images/north/p2/a.png", 1);
    Path labels = labels("north/p1,normal", "north/p2,normal");
    ImageFolder folder = ImageFolder.withLabels(root, labels, CLASSES, Unit.PATIENT);
    DamagedImages damaged = DamagedImages.leftOut();

    LabelledData data = folder.read(LOADER, SCALINGS, damaged);

    assertThat(data.keys().orElseThrow().names()).isEqualTo(folder.keys());
    Partition partition = new ByKey().partition(data, "patient");
    assertThat(partition.population())
        .isEqualTo(folder.clients(LOADER, SCALINGS, damaged).population())
        .isEqualTo(2);
    assertThat(partition.examples(0)).isZero();
    assertThat(partition.client(1).numExamples()).isEqualTo(1);
  }

  @Test
  void folders_thatAreLinksToOthers_areRefused() throws IOException {
    write("images/s/p1/a.png", 1);
    Path patient = Files.createSymbolicLink(root.resolve("s/q2"), root.resolve("s/p1"));
    Path labels = labels("s/p1,normal", "s/q2,normal");
    assertRefused(
        () -> ImageFolder.withLabels(root, labels, CLASSES, Unit.PATIENT),
        patient + ": expected each folder once");
    Files.delete(patient);
    Path site = Files.createSymbolicLink(root.resolve("t"), root.resolve("s"));
    assertRefused(
        () -> ImageFolder.withLabels(root, labels, CLASSES, Unit.PATIENT),
        site + ": expected each folder once");
    Files.delete(site);
    // A link to a folder that is nowhere else in the tree is one patient.
    write("elsewhere/a.png", 1);
    Files.createSymbolicLink(root.resolve("s/q2"), directory.resolve("elsewhere"));
    assertThat(ImageFolder.withLabels(root, labels, CLASSES, Unit.PATIENT).keys())
        .containsExactly("s/p1", "s/q2");
  }

  @Test
  void client_manyThreads_getTheSameImages() throws Exception {
    for (int site = 0; site < 8; site++) {
      for (int image = 0; image < 5; image++) {
        write("images/s%d/normal/%d.png".formatted(site, image), 10 * site + image);
      }
    }
    FederatedDataset clients =
        ImageFolder.bySiteAndLabel(root, CLASSES)
            .clients(LOADER, List.of(new Scaling.None()), DamagedImages.refused());
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int task = 0; task < 200; task++) {
      int site = task % 8;
      tasks.add(
          () -> {
            DataSet client = clients.client(site);
            for (int image = 0; image < 5; image++) {
              assertThat(client.getFeatures().getFloat(image, 0, 1, 1))
                  .isEqualTo(10 * site + image);
            }
            clients.release(client);
            return null;
          });
    }
    for (Future<Void> task : threads.invokeAll(tasks)) {
      task.get();
    }
    threads.shutdown();
  }

  @Test
  void clients_tooLargeForOneClient_areRefused() throws IOException {
    write("images/north/normal/a.png", 51);
    ImageFolder folder = ImageFolder.bySiteAndLabel(root, CLASSES);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                folder.clients(
                    ImageLoader.of(1, 20_000, 20_000), SCALINGS, DamagedImages.refused()))
        .withMessageContaining("at most 1 GiB");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                folder.clients(
                    LOADER,
                    List.of(Scaling.Affine.PIXEL, Scaling.Affine.PIXEL),
                    DamagedImages.refused()))
        .withMessageContaining("scalings must be 1 or one for each of 1 channels");
  }

  private ImageFolder masked(Path masks) throws IOException {
    return ImageFolder.withMasks(root, masks, List.of("background", "lesion"), Unit.PATIENT);
  }

  private void labelled(String... lines) throws IOException {
    ImageFolder.withLabels(root, labels(lines), CLASSES, Unit.PATIENT);
  }

  private Path labels(String... lines) throws IOException {
    return Files.writeString(
        directory.resolve("labels.csv"), "path,label\n" + String.join("\n", lines) + "\n");
  }

  private static void assertRefused(ThrowingCallable reading, String reason) {
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(reading)
        .withMessageContaining(reason);
  }

  private void write(String path, int grey) throws IOException {
    BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 6; i++) {
      image.getRaster().setSample(i % 3, i / 3, 0, grey);
    }
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
  }
}
