package org.dpfed.imaging.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dpfed.data.MalformedDataException;
import org.dpfed.data.RowKeys;

/**
 * Images two folders deep, in the order of their names, which is the same on every machine.
 *
 * @param root of all paths
 * @param sites the images of each folder of each site
 */
record FolderTree(Path root, Map<String, Map<String, List<Path>>> sites) {
  /** A name may hold line breaks. */
  private static final String IMAGES = "(?s).*\\.(png|jpe?g|tiff?)";

  static FolderTree of(Path root) throws IOException {
    Map<String, Map<String, List<Path>>> sites = new LinkedHashMap<>();
    Set<Path> real = new HashSet<>();
    for (Path site : folders(root, real)) {
      Map<String, List<Path>> images = new LinkedHashMap<>();
      for (Path folder : folders(site, real)) {
        images.put(name(folder), images(folder));
      }
      sites.put(name(site), images);
    }
    return new FolderTree(root, sites);
  }

  /**
   * @param real the folders so far, without links; gets these
   */
  private static List<Path> folders(Path parent, Set<Path> real) throws IOException {
    List<Path> folders = entries(parent);
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) {
        throw refused(folder, "expected folders alone at this level, found a file");
      }
      if (!real.add(folder.toRealPath())) {
        throw refused(
            folder,
            "expected each folder once, found a link to another one of them; remove it, or one site or patient would be two");
      }
    }
    requireDistinct(parent, folders);
    return folders;
  }

  /** Folders that differ in form only would be two clients where there is one. */
  private static void requireDistinct(Path parent, List<Path> folders)
      throws MalformedDataException {
    try {
      new RowKeys(folders.stream().map(FolderTree::name).toList(), new int[0]);
    } catch (IllegalArgumentException e) {
      throw refused(
          parent,
          "expected folders whose names differ in more than case, blanks or the form of a number, found others; give each site and patient one folder");
    }
  }

  private static List<Path> images(Path folder) throws IOException {
    List<Path> images = entries(folder);
    for (Path image : images) {
      if (!isImage(image)) {
        throw refused(
            image, "expected PNG, JPEG or TIFF images alone at this level, found something else");
      }
    }
    return images;
  }

  /** By its name. */
  static boolean isImage(Path file) {
    return Files.isRegularFile(file) && name(file).toLowerCase(Locale.ROOT).matches(IMAGES);
  }

  private static List<Path> entries(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw refused(folder, "expected a folder, found none");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      Map<String, Path> sorted = new TreeMap<>();
      entries.filter(entry -> !name(entry).startsWith(".")).forEach(e -> sorted.put(name(e), e));
      return List.copyOf(sorted.values());
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static MalformedDataException refused(Path path, String problem) {
    return MalformedDataException.in(path.toString()).problem(problem);
  }

  ImageFolder labelledByFolder(List<String> classNames) throws MalformedDataException {
    Map<String, List<LabelledImage>> clients = new LinkedHashMap<>();
    for (Map.Entry<String, Map<String, List<Path>>> site : sites.entrySet()) {
      List<LabelledImage> images = new ArrayList<>();
      for (Map.Entry<String, List<Path>> folder : site.getValue().entrySet()) {
        int label = classNames.indexOf(folder.getKey());
        if (label < 0) {
          throw refused(
              root.resolve(site.getKey()).resolve(folder.getKey()),
              "expected a folder with the name of a class, %s, found another; rename it, or name all classes of all sites"
                  .formatted(classNames));
        }
        folder.getValue().forEach(image -> images.add(new LabelledImage(image, label, null)));
      }
      clients.put(site.getKey(), images);
    }
    return new ImageFolder(Unit.SITE, classNames, false, clients);
  }

  ImageFolder labelledBy(LabelFile labels, List<String> classNames, Unit unit)
      throws MalformedDataException {
    Set<String> used = new HashSet<>();
    Map<String, List<LabelledImage>> clients = new LinkedHashMap<>();
    for (Patient patient : patients()) {
      List<LabelledImage> client =
          clients.computeIfAbsent(patient.key(unit), key -> new ArrayList<>());
      for (Path image : patient.images) {
        String path = patient.path() + "/" + name(image);
        boolean isOwn = labels.labels().containsKey(path);
        boolean isOfFolder = labels.labels().containsKey(patient.path());
        if (isOwn == isOfFolder) {
          throw refused(
              image,
              "expected one label for it in %s, its own or its folder's, found %s"
                  .formatted(labels.file(), isOwn ? "both" : "none"));
        }
        String labelled = isOwn ? path : patient.path();
        used.add(labelled);
        client.add(new LabelledImage(image, labels.labels().getOrDefault(labelled, 0), null));
      }
    }
    for (Map.Entry<String, Long> line : labels.lines().entrySet()) {
      if (!used.contains(line.getKey())) {
        throw MalformedDataException.in(labels.file())
            .line(line.getValue())
            .problem(
                "expected the path of an image or of a folder with images within %s, with slashes, found another"
                    .formatted(root));
      }
    }
    return new ImageFolder(unit, classNames, false, clients);
  }

  ImageFolder maskedBy(FolderTree masks, List<String> classNames, Unit unit)
      throws MalformedDataException {
    Map<String, Path> left = new TreeMap<>();
    for (Patient patient : masks.patients()) {
      patient.images.forEach(mask -> left.put(patient.path() + "/" + stem(mask), mask));
    }
    Map<String, List<LabelledImage>> clients = new LinkedHashMap<>();
    for (Patient patient : patients()) {
      List<LabelledImage> client =
          clients.computeIfAbsent(patient.key(unit), key -> new ArrayList<>());
      for (Path image : patient.images) {
        Path mask = left.remove(patient.path() + "/" + stem(image));
        if (mask == null) {
          throw refused(
              image,
              "expected one image and a mask of the same name within %s, found no mask for it alone"
                  .formatted(masks.root));
        }
        client.add(new LabelledImage(image, 0, mask));
      }
    }
    if (!left.isEmpty()) {
      throw refused(
          left.values().iterator().next(),
          "expected an image of the same name within %s, found none".formatted(root));
    }
    return new ImageFolder(unit, classNames, true, clients);
  }

  private static String stem(Path file) {
    return name(file).substring(0, name(file).lastIndexOf('.'));
  }

  /** One patient's folder. */
  private record Patient(String site, String name, List<Path> images) {
    String path() {
      return site + "/" + name;
    }

    String key(Unit unit) {
      return unit == Unit.SITE ? site : path();
    }
  }

  private List<Patient> patients() {
    List<Patient> patients = new ArrayList<>();
    sites.forEach(
        (site, folders) ->
            folders.forEach((name, images) -> patients.add(new Patient(site, name, images))));
    return patients;
  }
}
