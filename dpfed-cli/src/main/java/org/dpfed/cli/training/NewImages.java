package org.dpfed.cli.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.data.LabelledData;
import org.dpfed.data.MalformedDataException;
import org.dpfed.imaging.dicom.DicomException;
import org.dpfed.imaging.dicom.DicomFile;
import org.dpfed.imaging.dicom.DicomSeries;
import org.dpfed.imaging.folder.ImageFiles;
import org.dpfed.imaging.folder.ImageLoader;
import org.dpfed.imaging.medmnist.MedMnistReader;
import org.dpfed.imaging.networks.ImageNetwork;
import org.dpfed.imaging.nifti.NiftiReader;
import org.dpfed.imaging.volume.Plane;
import org.dpfed.imaging.volume.Volume;

/**
 * Images to judge by a trained model, read as the run's configuration says. No label is needed, and
 * no name shows what a DICOM header says.
 */
final class NewImages {
  private static final List<List<String>> LISTS =
      List.of(
          List.of("image"),
          List.of("patient", "image"),
          List.of("patient", "image", "labels"),
          List.of("patient", "image", "labels", "site"));

  /** Takes images one after another. */
  interface Receiver {
    /**
     * Takes an image.
     *
     * @param name the path of its file with the slice, or its number
     * @param row what the network takes
     */
    void take(String name, float[] row) throws IOException;
  }

  private final Configuration configuration;
  private final Receiver receiver;
  private int leftOut;

  private NewImages(Configuration configuration, Receiver receiver) {
    this.configuration = configuration;
    this.receiver = receiver;
  }

  /**
   * Reads all images in order.
   *
   * @param configuration of the run, with {@code data.file} or {@code data.directory} of the images
   * @param receiver gets them
   * @return how many damaged ones were left out, where the run leaves them out
   * @throws MalformedDataException when one cannot be read
   */
  static int read(Configuration configuration, Receiver receiver) throws IOException {
    NewImages images = new NewImages(configuration, receiver);
    switch (configuration.text("data.set")) {
      case "medmnist" -> images.medMnist();
      case "image-folder" -> images.folder();
      case "nifti" -> images.nifti();
      default -> images.dicom();
    }
    return images.leftOut;
  }

  /** All images with their labels. */
  static LabelledData labelled(Configuration configuration) throws IOException {
    return switch (configuration.text("data.set")) {
      case "medmnist" ->
          ImageSource.medMnistReader(configuration)
              .readHeldOut(Path.of(configuration.text("data.file")));
      case "image-folder" -> ImageSource.folderRows(configuration);
      case "nifti" -> NiftiSource.rows(configuration);
      default -> DicomSource.directoryRows(configuration);
    };
  }

  /** Channels, height and width of every image. */
  static long[] shape(Configuration configuration) throws IOException {
    InputType.InputTypeConvolutional shape;
    if (configuration.text("data.set").equals("medmnist")) {
      shape = unlabelled(configuration).type();
    } else {
      ImageSettings settings = ImageSettings.of(configuration);
      shape =
          ImageNetwork.image(
              settings.size().height(), settings.size().width(), settings.channels());
    }
    return new long[] {shape.getChannels(), shape.getHeight(), shape.getWidth()};
  }

  private void medMnist() throws IOException {
    int number = 1;
    for (float[] row : unlabelled(configuration).rows()) {
      receiver.take("" + number++, row);
    }
  }

  private static MedMnistReader.Unlabelled unlabelled(Configuration configuration)
      throws IOException {
    return ImageSource.medMnistReader(configuration)
        .readHeldOutImages(Path.of(configuration.text("data.file")));
  }

  private void folder() throws IOException {
    ImageSettings settings = ImageSettings.of(configuration);
    ImageLoader loader = ImageSource.loader(configuration);
    CollectedImages images = new CollectedImages(settings);
    for (Map.Entry<String, Path> file : ImageFiles.in(directory()).entrySet()) {
      float[] row;
      try {
        row =
            images.row(
                loader.read(file.getValue()),
                MalformedDataException.in(file.getValue().toString()));
      } catch (MalformedDataException e) {
        if (!ImageSource.leavesOutDamaged(configuration)) {
          throw e;
        }
        leftOut++;
        continue;
      }
      receiver.take(file.getKey(), row);
    }
  }

  /** Of one volume, or of all in a list. */
  private void nifti() throws IOException {
    Path file = Path.of(configuration.text("data.file"));
    String name = String.valueOf(file.getFileName());
    if (name.toLowerCase(Locale.ROOT).matches("(?s).*\\.nii(\\.gz)?")) {
      slices(file, name);
      return;
    }
    ListFile list = ListFile.read(file, LISTS);
    int column = list.columns().indexOf("image");
    for (ListFile.Row row : list.rows()) {
      slices(NiftiSource.beside(file, row, column), row.values().get(column));
    }
  }

  private void slices(Path file, String name) throws IOException {
    CollectedImages images = new CollectedImages(ImageSettings.of(configuration));
    Plane plane = NiftiSource.plane(configuration);
    Volume volume = NiftiReader.read(file);
    for (int slice = 0; slice < volume.slices(plane); slice++) {
      float[] row =
          images.row(volume.slice(plane, slice), MalformedDataException.in(file.toString()));
      receiver.take(
          "%s/%s-%03d"
              .formatted(
                  name.replaceFirst("(?i)\\.nii(\\.gz)?$", ""),
                  plane.name().toLowerCase(Locale.ROOT),
                  slice),
          row);
    }
  }

  private void dicom() throws IOException {
    CollectedImages images = new CollectedImages(ImageSettings.of(configuration));
    List<DicomFile> files = new ArrayList<>();
    for (Path file : DicomSource.files(directory())) {
      files.add(DicomFile.open(file));
    }
    int number = 1;
    for (DicomSeries.Slice slice : ordered(files)) {
      float[] row =
          images.row(
              DicomSource.image(slice.file(), slice.frame()),
              MalformedDataException.in(slice.file().toString()));
      receiver.take("" + number++, row);
    }
  }

  /** Series by the path of their first file; their slices by geometry, else by path and frame. */
  private static List<DicomSeries.Slice> ordered(List<DicomFile> files) {
    Map<String, List<DicomFile>> series;
    try {
      series = DicomSeries.bySeries(files);
    } catch (DicomException e) {
      // Without a series there is no place in one.
      series = new LinkedHashMap<>(Map.of("", files));
    }
    List<DicomSeries.Slice> all = new ArrayList<>();
    for (Collection<DicomFile> each : series.values()) {
      try {
        all.addAll(DicomSeries.of(each).slices());
      } catch (DicomException e) {
        // No volume, such as radiographs.
        for (DicomFile file : each) {
          for (int frame = 0; frame < file.header().frames(); frame++) {
            all.add(new DicomSeries.Slice(file, frame));
          }
        }
      }
    }
    return all;
  }

  private Path directory() {
    return Path.of(configuration.text("data.directory"));
  }
}
