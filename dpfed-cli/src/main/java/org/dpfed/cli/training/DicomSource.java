package org.dpfed.cli.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dpfed.data.LabelledData;
import org.dpfed.data.MalformedDataException;
import org.dpfed.data.RowKeys;
import org.dpfed.data.TrainTestSplit;
import org.dpfed.imaging.Image;
import org.dpfed.imaging.dicom.DicomFile;
import org.dpfed.imaging.dicom.DicomHeader;
import org.dpfed.imaging.dicom.DicomWebClient;
import org.dpfed.imaging.dicom.PatientHmac;
import org.dpfed.imaging.dicom.SeriesQuery;

/**
 * DICOM files in a directory, of any depth, and on a DICOMweb server, with a class for each from a
 * CSV file. Patients are told apart by their Patient ID, wherever their images come from; once it
 * is known who is held out, a hash replaces it whose key is random and not kept, so that nothing
 * later in the run can show it. A hash without a key stands beside it for a checkpoint to hash
 * again.
 */
final class DicomSource {
  private static final String PATIENT = "patient";
  private static final String INSTANCE = "instance";
  private static final String LABEL = "label";
  private static final String SITE = "site";
  private static final List<List<String>> HEADERS =
      List.of(
          List.of(PATIENT, LABEL),
          List.of(INSTANCE, LABEL),
          List.of(PATIENT, LABEL, SITE),
          List.of(INSTANCE, LABEL, SITE));

  private static final String MEDIA_DIRECTORY = "DICOMDIR";
  private static final int KEY_BYTES = 32;

  private final CollectedImages images;
  private final boolean isByPatient;
  private final Map<String, Integer> classes = new HashMap<>();

  /** By Patient ID or instance, where the file of labels says it. */
  private final Map<String, String> sites = new HashMap<>();

  private final PatientHmac hmac;

  /** UIDs of those that were read. */
  private final Set<String> series = new HashSet<>();

  /** By Patient ID, in the order in which patients were seen. */
  private final Map<String, String> pseudonyms = new LinkedHashMap<>();

  /**
   * An image of a patient, without what else its file says.
   *
   * @param place where it came from, for errors
   */
  private record Labelled(
      String patient, String site, Image image, int label, MalformedDataException.Place place) {}

  private DicomSource(ImageSettings settings, ListFile labels) throws IOException {
    this.images = new CollectedImages(settings);
    this.isByPatient = labels.columns().contains(PATIENT);
    for (ListFile.Row row : labels.rows()) {
      Integer label = settings.classOfLabel().get(row.values().get(1));
      if (label == null) {
        throw row.place()
            .problem(
                "expected a label that belongs to one of the %d classes, found another; state it in data.classes"
                    .formatted(settings.classNames().size()));
      }
      String named = normal(row.values().get(0));
      if (labels.columns().contains(SITE)) {
        sites.put(named, row.values().get(2));
      }
      if (classes.putIfAbsent(named, label) != null) {
        throw row.place().problem("expected each patient or instance once, found one again");
      }
    }
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    this.hmac = new PatientHmac(key);
    Arrays.fill(key, (byte) 0);
  }

  /** Rows and how many series they are of. */
  record Read(TrainTestSplit split, int series) {}

  static Read read(Configuration configuration) throws IOException {
    DicomSource source = of(configuration);
    Map<String, String> query = DicomServer.query(configuration);
    Optional<DicomWebClient> server =
        configuration.has("data.url")
            ? Optional.of(DicomServer.of(configuration, System.getenv()))
            : Optional.empty();
    source.addDirectory(configuration);
    if (server.isPresent()) {
      source.addAll(server.get(), query);
    }
    TrainTestSplit split = ImageSource.split(configuration, source.images.build());
    return new Read(
        new TrainTestSplit(source.withHashes(split.train()), source.withHashes(split.test())),
        source.series.size());
  }

  /**
   * All files of the directory, with a class for each. Keys are Patient IDs, which no caller may
   * show.
   */
  static LabelledData directoryRows(Configuration configuration) throws IOException {
    DicomSource source = of(configuration);
    source.addDirectory(configuration);
    return source.images.build();
  }

  private static DicomSource of(Configuration configuration) throws IOException {
    return new DicomSource(
        ImageSettings.of(configuration),
        ListFile.read(Path.of(configuration.text("data.labels")), HEADERS));
  }

  private void addDirectory(Configuration configuration) throws IOException {
    if (configuration.has("data.directory")) {
      for (Path file : files(Path.of(configuration.text("data.directory")))) {
        add(read(DicomFile.open(file), "move the file away"));
      }
    }
  }

  static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
      List<Path> files =
          all.filter(Files::isRegularFile)
              .filter(file -> !String.valueOf(file.getFileName()).startsWith("."))
              .filter(file -> !String.valueOf(file.getFileName()).equals(MEDIA_DIRECTORY))
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw MalformedDataException.in(directory.toString())
            .problem("expected a directory with DICOM files, found none");
      }
      return files;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** In the order of their UIDs, whatever the server's is; errors count in it, from 1. */
  private void addAll(DicomWebClient server, Map<String, String> query) throws IOException {
    MalformedDataException.Place place = MalformedDataException.in(server.toString());
    List<DicomWebClient.Series> series =
        server.series(query).stream()
            .sorted(
                Comparator.comparing(DicomWebClient.Series::studyUid)
                    .thenComparing(DicomWebClient.Series::seriesUid))
            .toList();
    if (series.isEmpty()) {
      throw place.problem(
          query.isEmpty()
              ? "expected series, found none; check data.url, and that these credentials may see images"
              : "expected series, found none that match data.query; leave out attributes until some do, and write values as the server does");
    }
    SeriesQuery asked = SeriesQuery.of(query);
    for (int i = 0; i < series.size(); i++) {
      DicomWebClient.Series each = series.get(i);
      String name = "%s, series %d of %d".formatted(server, i + 1, series.size());
      SortedMap<String, List<Labelled>> instances = new TreeMap<>();
      int count =
          server.retrieve(
              each,
              name,
              file -> {
                asked.requireMatch(file);
                instances.put(
                    file.header().instanceUid().orElse(""), read(file, "narrow data.query"));
              });
      if (count == 0 || count != instances.size()) {
        throw MalformedDataException.in(name)
            .problem("expected each instance of a series once, found none or one again");
      }
      for (List<Labelled> images : instances.values()) {
        add(images);
      }
    }
  }

  private void add(List<Labelled> read) throws MalformedDataException {
    for (Labelled each : read) {
      images.add(each.patient(), each.site(), each.image(), each.label(), each.place());
    }
  }

  /**
   * The frames of a file.
   *
   * @param otherwise what to do with it if it shall have no label
   */
  private List<Labelled> read(DicomFile file, String otherwise) throws IOException {
    MalformedDataException.Place place = MalformedDataException.in(file.toString());
    DicomHeader header = file.header();
    String pseudonym = hmac.of(header);
    String patient = normal(header.patientId().orElseThrow());
    pseudonyms.putIfAbsent(patient, pseudonym);
    header.seriesUid().ifPresent(series::add);
    Optional<String> named = isByPatient ? Optional.of(patient) : header.instanceUid();
    Integer label = named.map(classes::get).orElse(null);
    if (label == null) {
      throw place.problem(
          "expected a label for its %s in data.labels, found none; add it, or %s"
              .formatted(isByPatient ? "Patient ID" : "SOP Instance UID", otherwise));
    }
    String site = named.map(sites::get).or(header::site).orElse("");
    List<Labelled> frames = new ArrayList<>();
    for (int frame = 0; frame < header.frames(); frame++) {
      frames.add(
          new Labelled(patient, site, images.fitted(image(file, frame), place), label, place));
    }
    return frames;
  }

  /** A frame in whose grey values high is white. */
  static Image image(DicomFile file, int frame) throws IOException {
    return file.header().photometric().isGrey() ? file.highIsWhite(frame) : file.frame(frame);
  }

  /** The composition of letters makes no other patient. */
  private static String normal(String id) {
    return Normalizer.normalize(id, Normalizer.Form.NFC);
  }

  private LabelledData withHashes(LabelledData rows) {
    RowKeys ids = rows.keys().orElseThrow();
    int[] keyOfRow = new int[ids.rows()];
    Arrays.setAll(keyOfRow, ids::keyOf);
    return rows.withKeys(
        new RowKeys(List.copyOf(pseudonyms.values()), keyOfRow)
            .identifiedBy(pseudonyms.keySet().stream().map(DicomSource::hash).toList()));
  }

  /** The same in each run, unlike the pseudonym; in memory alone, as what a checkpoint hashes. */
  private static byte[] hash(String id) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
