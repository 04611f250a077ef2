package org.dpfed.cli.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.dpfed.data.LabelledData;
import org.dpfed.data.MalformedDataException;
import org.dpfed.data.TrainTestSplit;
import org.dpfed.imaging.data.Mask;
import org.dpfed.imaging.nifti.NiftiReader;
import org.dpfed.imaging.volume.Plane;
import org.dpfed.imaging.volume.SegmentedVolume;
import org.dpfed.imaging.volume.Volume;

/**
 * NIfTI volumes with a class for each voxel, from a CSV file with the header {@code
 * patient,image,labels} or {@code patient,image,labels,site}. Each slice of a plane becomes a row,
 * with its patient as key.
 */
final class NiftiSource {
  private static final List<List<String>> HEADERS =
      List.of(List.of("patient", "image", "labels"), List.of("patient", "image", "labels", "site"));

  private final ImageSettings settings;
  private final Plane plane;
  private final CollectedImages images;

  private NiftiSource(Configuration configuration) {
    this.settings = ImageSettings.of(configuration);
    this.plane = plane(configuration);
    this.images = new CollectedImages(settings);
  }

  static TrainTestSplit split(Configuration configuration) throws IOException {
    return ImageSource.split(configuration, rows(configuration));
  }

  /** The slices of all volumes, with a class for each pixel. */
  static LabelledData rows(Configuration configuration) throws IOException {
    Path file = Path.of(configuration.text("data.file"));
    NiftiSource source = new NiftiSource(configuration);
    Set<Path> seen = new HashSet<>();
    for (ListFile.Row row : ListFile.read(file, HEADERS).rows()) {
      Path image = beside(file, row, 1);
      if (!seen.add(Files.exists(image) ? image.toRealPath() : image.toAbsolutePath())) {
        throw row.place().problem("expected each image once, found one again");
      }
      String site = row.values().size() > 3 ? row.values().get(3) : "";
      source.add(row.values().get(0), site, image, beside(file, row, 2));
    }
    return source.images.build();
  }

  static Path beside(Path file, ListFile.Row row, int column) throws MalformedDataException {
    try {
      return file.resolveSibling(row.values().get(column));
    } catch (InvalidPathException e) {
      throw row.place().problem("expected paths of files, found another text");
    }
  }

  static Plane plane(Configuration configuration) {
    return Plane.valueOf(configuration.text("data.plane").toUpperCase(Locale.ROOT));
  }

  private void add(String patient, String site, Path image, Path labels) throws IOException {
    Volume seen = NiftiReader.read(image);
    List<Mask> masks = masks(seen, NiftiReader.read(labels), labels);
    MalformedDataException.Place place = MalformedDataException.in(image.toString());
    for (int slice = 0; slice < masks.size(); slice++) {
      images.add(patient, site, seen.slice(plane, slice), masks.get(slice), place);
    }
  }

  /** The classes of every slice. */
  private List<Mask> masks(Volume seen, Volume labels, Path file) throws MalformedDataException {
    MalformedDataException.Place place = MalformedDataException.in(file.toString());
    Volume classes = classes(labels, place);
    try {
      SegmentedVolume volume = new SegmentedVolume(seen, classes);
      return IntStream.range(0, seen.slices(plane))
          .mapToObj(slice -> volume.mask(plane, slice, settings.classNames().size()))
          .toList();
    } catch (IllegalArgumentException e) {
      throw place.problem(String.valueOf(e.getMessage()));
    }
  }

  /** Values as classes; without stated labels they are the numbers of classes already. */
  private Volume classes(Volume labels, MalformedDataException.Place place)
      throws MalformedDataException {
    if (!settings.areLabelsStated()) {
      return labels;
    }
    int[] shape = labels.shape();
    float[] classes = new float[shape[0] * shape[1] * shape[2]];
    int at = 0;
    for (int k = 0; k < shape[2]; k++) {
      for (int j = 0; j < shape[1]; j++) {
        for (int i = 0; i < shape[0]; i++) {
          classes[at++] = classOf(labels.at(i, j, k), place);
        }
      }
    }
    return new Volume(shape, classes, labels.affine());
  }

  private int classOf(float value, MalformedDataException.Place place)
      throws MalformedDataException {
    Integer known = value == (int) value ? settings.classOfLabel().get("" + (int) value) : null;
    if (known == null) {
      throw place.problem(
          "expected values that belong to one of the %d classes, found another; state it under a class in data.classes"
              .formatted(settings.classNames().size()));
    }
    return known;
  }
}
