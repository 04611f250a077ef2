package org.dpfed.cli.training;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.dpfed.data.MalformedDataException;
import org.dpfed.imaging.dicom.DicomWebClient;
import org.dpfed.imaging.dicom.DicomWebServer;

/**
 * The DICOMweb server that a configuration names. What it takes to get in comes from a file of its
 * own or the environment, never from the settings, which every run copies. No error shows it.
 */
final class DicomServer {
  /** Environment variable of the credentials where no file is named. */
  static final String CREDENTIALS = "DPFED_DICOM_CREDENTIALS";

  private static final int LONGEST_CREDENTIALS = 1 << 14;
  private static final Set<PosixFilePermission> OF_OTHERS =
      EnumSet.complementOf(
          EnumSet.of(
              PosixFilePermission.OWNER_READ,
              PosixFilePermission.OWNER_WRITE,
              PosixFilePermission.OWNER_EXECUTE));

  /**
   * Attributes that may select series: each run copies its settings, so none of them says which
   * patient or examination.
   */
  private static final Set<String> SELECTING =
      new TreeSet<>(
          List.of(
              "BodyPartExamined",
              "InstitutionName",
              "Laterality",
              "Manufacturer",
              "ManufacturerModelName",
              "Modality",
              "ModalitiesInStudy",
              "PerformedProcedureStepStartDate",
              "ProtocolName",
              "SeriesDate",
              "SeriesDescription",
              "StationName",
              "StudyDate",
              "StudyDescription"));

  private DicomServer() {}

  /**
   * A client of the server; connects when asked for something.
   *
   * @param environment variables
   * @throws IllegalArgumentException when a setting or the credentials have not the form they need
   * @throws IOException when a file cannot be read, or others may read the credentials
   */
  static DicomWebClient of(Configuration configuration, Map<String, String> environment)
      throws IOException {
    URI root = address(configuration.text("data.url"));
    if (String.valueOf(root.getRawAuthority()).contains("@")) {
      throw new IllegalArgumentException(
          "data.url must have no user or password, since each run copies it; write them as user:password into a file that its owner alone may use, and name that by data.credentials");
    }
    Optional<String> authorization = authorization(configuration, environment);
    SSLContext tls = tls(configuration.optionalText("data.certificates").map(Path::of));
    try {
      return new DicomWebClient(
          new DicomWebServer(
              root,
              authorization,
              tls,
              Duration.ofSeconds(configuration.integer("data.timeLimitSeconds")),
              configuration.integer("data.largestInstanceMiB") << 20));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("data.url: " + e.getMessage(), e);
    }
  }

  /** Without the text in the error: it may have a password. */
  private static URI address(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "data.url must be an address, such as https://pacs.example.org/dicom-web, without user or password (data.credentials)");
    }
  }

  private static Optional<String> authorization(
      Configuration configuration, Map<String, String> environment) throws IOException {
    Optional<Path> file = configuration.optionalText("data.credentials").map(Path::of);
    if (file.isPresent()) {
      return Optional.of(authorization(secret(file.get()), file.get().toString()));
    }
    return Optional.ofNullable(environment.get(CREDENTIALS))
        .map(text -> authorization(text.strip(), CREDENTIALS));
  }

  private static String authorization(String text, String source) {
    if (text.lines().count() > 1) {
      throw new IllegalArgumentException(
          source
              + ": expected one line, user:password or a token, found several; take out the others");
    }
    try {
      int colon = text.indexOf(':');
      return colon < 0
          ? DicomWebServer.bearer(text)
          : DicomWebServer.basic(text.substring(0, colon), text.substring(colon + 1));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s: expected user:password or a token, found neither; %s"
              .formatted(source, e.getMessage()),
          e);
    }
  }

  /** The line in a file that its owner alone may read. */
  private static String secret(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view != null && !Collections.disjoint(view.readAttributes().permissions(), OF_OTHERS)) {
      throw MalformedDataException.in(file.toString())
          .problem("expected a file that its owner alone may use; run: chmod 600 " + file);
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(LONGEST_CREDENTIALS), StandardCharsets.UTF_8).strip();
    }
  }

  /** Trusts the certificates in a file alone, or whom Java trusts. */
  private static SSLContext tls(Optional<Path> certificates) throws IOException {
    try {
      if (certificates.isEmpty()) {
        return SSLContext.getDefault();
      }
      TrustManagerFactory trusted =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trusted.init(store(certificates.get()));
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trusted.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS cannot be used: " + e.getMessage(), e);
    }
  }

  private static KeyStore store(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(file)) {
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry(String.valueOf(store.size()), each);
      }
    } catch (CertificateException e) {
      throw noCertificates(file);
    }
    if (store.size() == 0) {
      throw noCertificates(file);
    }
    return store;
  }

  private static MalformedDataException noCertificates(Path file) {
    return MalformedDataException.in(file.toString())
        .problem("expected certificates in PEM format, found none");
  }

  /**
   * What series must match.
   *
   * @throws IllegalArgumentException when an attribute is none of those that may select
   */
  static Map<String, String> query(Configuration configuration) {
    Map<String, String> query = configuration.textByName("data.query");
    if (!SELECTING.containsAll(query.keySet())) {
      throw new IllegalArgumentException(
          "data.query must have attributes that say neither which patient nor which examination, since each run copies its settings: %s"
              .formatted(String.join(", ", SELECTING)));
    }
    return query;
  }
}
