package org.dpfed.cli.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.dpfed.data.LabelledData;
import org.dpfed.data.Scaling;
import org.dpfed.data.TrainTestSplit;
import org.dpfed.imaging.folder.DamagedImages;
import org.dpfed.imaging.folder.ImageFolder;
import org.dpfed.imaging.folder.ImageLoader;
import org.dpfed.imaging.folder.Unit;
import org.dpfed.imaging.medmnist.MedMnist;
import org.dpfed.imaging.medmnist.MedMnistReader;
import org.dpfed.imaging.medmnist.MedMnistReader.Validation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Images in the formats of MedMNIST and in folders, as a configuration names them. */
final class ImageSource {
  private static final Logger LOG = LoggerFactory.getLogger(ImageSource.class);

  private ImageSource() {}

  /** A MedMNIST file in its published split. */
  static TrainTestSplit medMnist(Configuration configuration) throws IOException {
    return medMnistReader(configuration).read(Path.of(configuration.text("data.file")));
  }

  /** A reader of files such as the configuration's. */
  static MedMnistReader medMnistReader(Configuration configuration) {
    Validation validation =
        Validation.valueOf(
            configuration.text("data.validation").replace('-', '_').toUpperCase(Locale.ROOT));
    return new MedMnistReader(
        medMnistSet(configuration), validation, ImageSettings.scaling(configuration));
  }

  /** The set that the configuration's file is of. */
  static MedMnist medMnistSet(Configuration configuration) {
    if (configuration.has("data.name")) {
      return MedMnist.named(configuration.text("data.name"));
    }
    Path file = Path.of(configuration.text("data.file"));
    try {
      return MedMnist.named(String.valueOf(file.getFileName()).replaceFirst("(?s)[._].*", ""));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          e.getMessage() + ", by the name of the file; say which it is with data.name", e);
    }
  }

  /** A folder of images, split by its units. */
  static TrainTestSplit folder(Configuration configuration) throws IOException {
    return split(configuration, folderRows(configuration));
  }

  /** All images of a folder, with labels or masks. */
  static LabelledData folderRows(Configuration configuration) throws IOException {
    ImageSettings settings = ImageSettings.of(configuration);
    if (settings.areLabelsStated()) {
      throw new IllegalArgumentException(
          "data.classes must be a list with data.set image-folder, was a map; folders, labels and masks go by the names and numbers of the classes");
    }
    ImageFolder folder = index(configuration, settings.classNames());
    CollectedImages.requireRoom(
        folder.size(),
        (long) Float.BYTES
            * settings.channels()
            * settings.size().height()
            * settings.size().width());
    DamagedImages damaged =
        leavesOutDamaged(configuration) ? DamagedImages.leftOut() : DamagedImages.refused();
    LabelledData rows = folder.read(loader(configuration), List.of(settings.scaling()), damaged);
    if (damaged.count() > 0) {
      LOG.warn("{} damaged images were left out", damaged.count());
    }
    return rows;
  }

  /** Reads images of a folder as the configuration wants them. */
  static ImageLoader loader(Configuration configuration) {
    ImageSettings settings = ImageSettings.of(configuration);
    int bits = configuration.integer("data.bits");
    boolean isOfBytes =
        settings.scaling().equals(Scaling.Affine.PIXEL)
            || settings.scaling().equals(Scaling.Affine.CENTRED_PIXEL);
    if (bits != 8 && isOfBytes) {
      throw new IllegalArgumentException(
          "data.scaling must be stated for values of %d bits (data.bits), was for 0 to 255; such as [0, 65535]"
              .formatted(bits));
    }
    return new ImageLoader(
        settings.channels(),
        settings.size().height(),
        settings.size().width(),
        bits,
        settings.fits(),
        configuration.text("data.transparency").equals("black"),
        configuration.text("data.orientation").equals("exif"));
  }

  /**
   * How images are changed before anyone trains on them, in a note of the run.
   *
   * <p>It follows from the settings alone, and is the same whether all images are changed or none:
   * notes stand in the part of a report that may be shown, and how many files are in colour, or
   * that one is, can depend on a single client.
   */
  static Optional<String> conversions(Configuration configuration) {
    List<String> all = new ArrayList<>();
    boolean isFit = configuration.optionalText("data.fit").filter("true"::equals).isPresent();
    switch (configuration.text("data.set")) {
      case "image-folder" -> {
        all.add(
            configuration.text("data.channels").equals("1")
                ? "colours become grey (data.channels 1)"
                : "grey images get three equal channels (data.channels 3)");
        if (configuration.text("data.transparency").equals("black")) {
          all.add("transparent pixels are mixed with black (data.transparency)");
        }
        all.add(
            configuration.text("data.orientation").equals("exif")
                ? "images are turned as EXIF says (data.orientation)"
                : "an EXIF orientation is ignored (data.orientation)");
        if (isFit) {
          all.add("other sizes are resized, proportions not kept (data.fit)");
        }
      }
      case "dicom" -> all.add("grey values whose lowest is white (MONOCHROME1) are inverted");
      default -> {
        // Read as they are.
      }
    }
    if (isFit && !configuration.text("data.set").equals("image-folder")) {
      all.add("other sizes are cropped or padded around the middle (data.fit)");
    }
    return all.isEmpty()
        ? Optional.empty()
        : Optional.of("images that need it are converted: " + String.join("; ", all));
  }

  static boolean leavesOutDamaged(Configuration configuration) {
    return configuration.text("data.damaged").equals("leave-out");
  }

  private static ImageFolder index(Configuration configuration, List<String> classNames)
      throws IOException {
    Path root = Path.of(configuration.text("data.directory"));
    boolean namesPatients = namesPatients(configuration);
    String unit = unit(configuration);
    if (!unit.equals("site") && !(namesPatients && unit.equals("patient"))) {
      throw new IllegalArgumentException(
          namesPatients
              ? "data.unit must be patient or site with data.labels or data.masks"
              : "data.unit must be site without data.labels or data.masks, since nothing says which patient an image is of");
    }
    Unit client = unit.equals("site") ? Unit.SITE : Unit.PATIENT;
    if (configuration.has("data.labels")) {
      return ImageFolder.withLabels(
          root, Path.of(configuration.text("data.labels")), classNames, client);
    }
    return configuration.has("data.masks")
        ? ImageFolder.withMasks(root, Path.of(configuration.text("data.masks")), classNames, client)
        : ImageFolder.bySiteAndLabel(root, classNames);
  }

  /** What one client of a folder is. */
  static String unit(Configuration configuration) {
    return configuration
        .optionalText("data.unit")
        .orElse(namesPatients(configuration) ? "patient" : "site");
  }

  private static boolean namesPatients(Configuration configuration) {
    return configuration.has("data.labels") || configuration.has("data.masks");
  }

  /** Holds out some sites, or a share of the keys, by a hash of each. */
  static TrainTestSplit split(Configuration configuration, LabelledData rows) {
    if (configuration.has("data.testSites")) {
      return TrainTestSplit.ofSites(rows, Set.copyOf(configuration.texts("data.testSites")));
    }
    return TrainTestSplit.byUnit(
        rows,
        configuration.optionalNumber("data.testShare").orElse(DataSource.TEST_SHARE),
        configuration.longInteger("data.splitSeed"));
  }
}
