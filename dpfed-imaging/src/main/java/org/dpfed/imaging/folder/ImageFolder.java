package org.dpfed.imaging.folder;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.data.LabelledData;
import org.dpfed.data.MalformedDataException;
import org.dpfed.data.Scaling;
import org.dpfed.data.UnitHash;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.imaging.data.ImageRows;

/**
 * Which images there are, whose they are and what their labels are, without a pixel: an index of a
 * folder with one subfolder for each site. Class names come from the caller, the same for all
 * sites, and are never taken from the folders. Files whose names begin with a dot are ignored;
 * everything else that is no image is refused.
 *
 * <p>Names of folders and files appear in errors: name patients by pseudonyms.
 */
public final class ImageFolder {
  private final Unit unit;
  private final List<String> classNames;
  private final boolean hasMasks;
  private final Map<String, List<LabelledImage>> clients;

  ImageFolder(
      Unit unit,
      List<String> classNames,
      boolean hasMasks,
      Map<String, List<LabelledImage>> clients) {
    this.unit = unit;
    this.classNames = List.copyOf(classNames);
    this.hasMasks = hasMasks;
    this.clients = clients;
  }

  /**
   * Images at {@code root/site/label/image.png}: each subfolder of a site is named after a class.
   * The unit is the site, since nothing says which patient an image is of.
   *
   * @param classNames all labels that there can be, public
   * @throws MalformedDataException when a folder is named otherwise, or holds what is no image
   */
  public static ImageFolder bySiteAndLabel(Path root, List<String> classNames) throws IOException {
    return FolderTree.of(root).labelledByFolder(classNames);
  }

  /**
   * Images at {@code root/site/patient/image.png}, with a CSV file of labels.
   *
   * @param labels with the header {@code path,label} and in each line the path of an image or of a
   *     patient's folder within {@code root}, with slashes, and one of the class names. Every image
   *     has one label, its own or its folder's
   * @param classNames all labels that there can be, public
   * @throws MalformedDataException when an image has no label or two, when a label is no class or
   *     is of nothing, or when a folder holds what is no image
   */
  public static ImageFolder withLabels(Path root, Path labels, List<String> classNames, Unit unit)
      throws IOException {
    return FolderTree.of(root).labelledBy(LabelFile.read(labels, classNames), classNames, unit);
  }

  /**
   * Images at {@code root/site/patient/image.png}, each with a mask of the same path and name, in
   * PNG format, within {@code masks}.
   *
   * @param classNames of the pixels, public; a mask holds indices into them
   * @throws MalformedDataException when an image has no mask, when a mask is of no image, or when a
   *     folder holds what is no image
   */
  public static ImageFolder withMasks(Path root, Path masks, List<String> classNames, Unit unit)
      throws IOException {
    return FolderTree.of(root).maskedBy(FolderTree.of(masks), classNames, unit);
  }

  /** Number of images. */
  public int size() {
    return clients.values().stream().mapToInt(List::size).sum();
  }

  /**
   * All images in memory, with their unit as key and their sites, for {@code Partition} and {@code
   * TrainTestSplit}. A unit without an image that can be read has a key without rows, and stays a
   * client.
   *
   * @param scalings with public constants: one for all channels, or one for each
   * @throws MalformedDataException when an image is damaged and damaged ones are refused
   */
  public LabelledData read(ImageLoader loader, List<Scaling> scalings, DamagedImages damaged)
      throws IOException {
    ImageRows rows = rows(loader, scalings);
    List<String> sites = new ArrayList<>();
    for (Map.Entry<String, List<LabelledImage>> client : clients.entrySet()) {
      rows.addKey(client.getKey());
      addTo(rows, client.getKey(), client.getValue(), loader, damaged);
      String site = Path.of(client.getKey()).getName(0).toString();
      sites.addAll(Collections.nCopies(rows.size() - sites.size(), site));
    }
    return rows.build().withSites(sites);
  }

  /**
   * A population whose clients' images are read when they are asked for, and freed after their use.
   * No more is in memory than the images of the clients in work.
   *
   * @param scalings with public constants: one for all channels, or one for each
   * @param damaged what becomes of images that cannot be read: the client that holds one fails, or
   *     trains on the others
   * @throws IllegalArgumentException when a client's images would take more than 1 GiB
   */
  public FederatedDataset clients(
      ImageLoader loader, List<Scaling> scalings, DamagedImages damaged) {
    return new FolderClients(this, loader, scalings, damaged);
  }

  /**
   * The units for training, and those held out. Which side a unit is on depends on its name and the
   * seed alone, as in {@code TrainTestSplit.byUnit}: all its images are on one side, and no unit
   * changes sides when another comes or goes. Each side keeps all units; one whose images are on
   * the other side is a client without examples.
   *
   * @param train becomes the clients
   * @param test held out
   */
  public record Split(ImageFolder train, ImageFolder test) {}

  /**
   * Holds out about a share of the units.
   *
   * @param testShare in (0, 1); a public constant
   * @param seed the key of the hash
   * @throws IllegalArgumentException when a side is left without images
   */
  public Split split(double testShare, long seed) {
    if (!(testShare > 0 && testShare < 1)) {
      throw new IllegalArgumentException("testShare must be above 0 and below 1, was " + testShare);
    }
    UnitHash hash = new UnitHash(seed);
    Map<String, List<LabelledImage>> train = new LinkedHashMap<>();
    Map<String, List<LabelledImage>> test = new LinkedHashMap<>();
    clients.forEach(
        (key, images) -> {
          boolean isTest = hash.ofKey(key) < testShare;
          train.put(key, isTest ? List.of() : images);
          test.put(key, isTest ? images : List.of());
        });
    Split split = new Split(with(train), with(test));
    if (split.train.size() == 0 || split.test.size() == 0) {
      throw new IllegalArgumentException(
          "testShare %s leaves a side without images; choose another share or split seed"
              .formatted(testShare));
    }
    return split;
  }

  private ImageFolder with(Map<String, List<LabelledImage>> others) {
    return new ImageFolder(unit, classNames, hasMasks, others);
  }

  Unit unit() {
    return unit;
  }

  int outputs() {
    return classNames.size();
  }

  boolean hasMasks() {
    return hasMasks;
  }

  /** The names of the clients, in the order of their numbers. */
  List<String> keys() {
    return new ArrayList<>(clients.keySet());
  }

  List<LabelledImage> images(String key) {
    return clients.getOrDefault(key, List.of());
  }

  ImageRows rows(ImageLoader loader, List<Scaling> scalings) {
    if (hasMasks && loader.rotates()) {
      throw new IllegalArgumentException(
          "images with masks must be taken as stored, were to be turned as EXIF says, which masks are not; turn the files");
    }
    return new ImageRows(shape(loader), classNames, scalings);
  }

  static InputType.InputTypeConvolutional shape(ImageLoader loader) {
    return (InputType.InputTypeConvolutional)
        InputType.convolutional(loader.height(), loader.width(), loader.channels());
  }

  void addTo(
      ImageRows rows,
      String key,
      List<LabelledImage> images,
      ImageLoader loader,
      DamagedImages damaged)
      throws IOException {
    for (LabelledImage image : images) {
      try {
        image.addTo(rows, key, loader, classNames.size());
      } catch (MalformedDataException e) {
        damaged.add(image.image().toString(), e);
      }
    }
  }
}
