package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A DICOMweb server on the command line, and that nothing shows what it takes to get in. */
final class TrainOnDicomWebTest {
  private static final String SECRET = "ZQsecret";
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final Path directory;
  private final ImageRun run;
  private ServedDicom server;

  TrainOnDicomWebTest(@TempDir Path directory) {
    this.directory = directory;
    this.run = new ImageRun(directory);
  }

  @BeforeEach
  void serve() throws IOException {
    new MadeImages().dicom(directory, 12, "ZQpatient-");
    server = ServedDicom.of(directory.resolve("archive"), SECRET);
    credentials("hospital:" + SECRET + "\n", "rw-------");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void credentials(String text, String permissions) throws IOException {
    Path file = Files.writeString(directory.resolve("credentials"), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private static String settings(String source) {
    return """
        data:
          set: dicom
          %s
          labels: labels.csv
          classes: [healthy, ill]
          imageSize: [16, 16]
          scaling: pixel
          testShare: 0.3
        partition: {by: by-key}
        model: {architecture: residual, width: 4}
        """
        .formatted(source.replace("\n", "\n  "));
  }

  private String fromServer(String... more) {
    return settings(
        "url: \"%s\"\ncredentials: credentials\n%s"
            .formatted(server.url(), String.join("\n", more)));
  }

  private Configuration configuration(String settings) throws IOException {
    return Configuration.of(
            Files.writeString(directory.resolve("a.yaml"), settings + ImageRun.PLAN))
        .complete();
  }

  @Test
  void train_server_writesNeitherSecretNorPatientId() throws IOException {
    assertThat(run.train(fromServer("query: {Modality: MR}"), "--verbose")).as(run.err()).isZero();

    run.assertTrained();
    assertThat(run.report().at("/guarantee/unit").asText()).isEqualTo("patient");
    assertThat(run.report().at("/plan/population").asInt()).isEqualTo(12);
    assertThat(server.queries()).isNotEmpty().allMatch(query -> query.endsWith("&Modality=MR"));
    assertShowsNothing();

    assertThat(run.dpfed("train", "--resume", run.path().toString(), "--rounds", "4"))
        .as(run.err())
        .isZero();
    assertThat(run.report().path("roundsFinished").asInt()).isEqualTo(4);
    assertShowsNothing();
  }

  /** Also where the server's order is another. */
  @Test
  void split_serverInsteadOfDirectory_hasTheSameRows() throws IOException {
    DataSource files = DataSource.of(configuration(settings("directory: archive")));
    DataSource served = DataSource.of(configuration(fromServer()));

    assertThat(served.split().train().toDataSet()).isEqualTo(files.split().train().toDataSet());
    assertThat(served.split().test().toDataSet()).isEqualTo(files.split().test().toDataSet());
    assertThat(served.split().train().keys().orElseThrow().names()).hasSize(12);
  }

  /** A patient with images in both places is one patient. */
  @Test
  void split_serverBesideDirectory_joinsThem() throws IOException {
    Path own = Files.createDirectories(directory.resolve("own"));
    Files.copy(directory.resolve("archive/study1/IM0001"), own.resolve("IM0009"));

    DataSource both = DataSource.of(configuration(fromServer("directory: own")));

    assertThat(both.split().train().size() + both.split().test().size()).isEqualTo(25);
    assertThat(both.split().train().keys().orElseThrow().names()).hasSize(12);
    // A ledger named after one of the places would not find what runs on the other have spent.
    assertThat(assertRefused(fromServer("directory: own")))
        .contains("name its ledger by run.ledger");
  }

  @Test
  void of_credentialsInTheEnvironment_areTakenWhereNoFileIsNamed() throws IOException {
    Configuration configuration = configuration(settings("url: \"%s\"".formatted(server.url())));
    assertThat(
            DicomServer.of(
                    configuration, Map.of(DicomServer.CREDENTIALS, "hospital:" + SECRET + "\n"))
                .series(Map.of()))
        .hasSize(12);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> DicomServer.of(configuration, Map.of(DicomServer.CREDENTIALS, "ZQ secret")))
        .withMessageStartingWith("DPFED_DICOM_CREDENTIALS: expected user:password or a token")
        .withMessageNotContaining("ZQ");
    assertThat(assertRefused(settings("url: \"%s\"".formatted(server.url()))))
        .endsWith("answers with status 401: check the credentials");
  }

  /** A hospital's own authority, and a token in place of a password. */
  @Test
  void series_certificateInTheFile_isTrustedAlone() throws Exception {
    Path store = keys("server.p12");
    Path pem = directory.resolve("server.pem");
    keytool("-exportcert", "-rfc", "-file", pem.toString(), "-keystore", store.toString());
    Path otherStore = keys("other.p12");
    Path other = directory.resolve("other.pem");
    keytool("-exportcert", "-rfc", "-file", other.toString(), "-keystore", otherStore.toString());
    credentials("ZQtoken==", "r--------");
    try (ServedDicom tls =
        ServedDicom.of(directory.resolve("archive"), "ZQtoken==", context(store))) {
      String settings = settings("url: \"%s\"\ncredentials: credentials".formatted(tls.url()));

      assertThat(
              DicomServer.of(
                      configuration(settings).with("data.certificates", pem.toString()), Map.of())
                  .series(Map.of()))
          .hasSize(12);
      assertThat(assertRefused(settings)).contains("cannot be trusted");
      assertThat(assertRefused(settings, "--certificates", other.toString()))
          .contains("cannot be trusted");
      for (String none : List.of("labels.csv", "server.p12")) {
        assertThat(assertRefused(settings, "--certificates", directory.resolve(none).toString()))
            .endsWith(none + ": expected certificates in PEM format, found none");
      }
    }
  }

  private Path keys(String name) throws Exception {
    Path store = directory.resolve(name);
    keytool(
        "-genkeypair",
        "-keyalg",
        "EC",
        "-dname",
        "CN=127.0.0.1",
        "-ext",
        "san=ip:127.0.0.1",
        "-storetype",
        "PKCS12",
        "-keystore",
        store.toString());
    return store;
  }

  private static void keytool(String... arguments) throws Exception {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    words.addAll(List.of(arguments));
    words.addAll(List.of("-alias", "server", "-storepass", new String(PASSWORD)));
    Process process =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).isZero();
  }

  private static SSLContext context(Path store) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), null, null);
    return context;
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----"})
  void train_credentialsThatOthersMayUse_areRefused(String permissions) throws IOException {
    credentials("hospital:" + SECRET, permissions);
    assertThat(assertRefused(fromServer()))
        .contains("credentials: expected a file that its owner alone may use; run: chmod 600 ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hospital:ZQsecret2 | answers with status 401: check the credentials",
        "ZQsecret           | answers with status 401: check the credentials",
        "ZQ secret          | expected user:password or a token, found neither",
        "''                 | expected user:password or a token, found neither",
        "'hospital:ZQ\nsecret' | expected one line, user:password or a token, found several",
        "'hospital\nZQsecret' | expected one line, user:password or a token, found several",
      })
  void train_wrongCredentials_areRefusedWithoutThem(String text, String problem)
      throws IOException {
    credentials(text, "rw-------");
    assertThat(assertRefused(fromServer())).contains(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://hospital:ZQsecret@127.0.0.1/dicom-web | data.url must have no user or password",
        "https://hospital:ZQsecret@pacs_1.example.org | and name that by data.credentials",
        "https://hospital:ZQ secret@pacs.example.org | data.url must be an address",
        "https://pacs.example.org?token=ZQsecret | data.url: the address of a DICOMweb server needs a host, and no user, query",
        "http://pacs.example.org/dicom-web | data.url: images of patients need TLS",
        "[https://hospital:ZQsecret@pacs.example.org] | data.url must be text, was",
        "http://127.0.0.1:1/dicom-web | http://127.0.0.1:1/dicom-web: cannot be reached",
      })
  void train_addressThatIsNone_isRefusedWithoutItsSecrets(String url, String problem)
      throws IOException {
    String line = url.startsWith("[") ? "url: " + url : "url: \"" + url + "\"";
    assertThat(assertRefused(settings(line))).contains(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PatientID: ZQpatient-1   | data.query must have attributes that say neither which patient",
        "'00100020': ZQpatient-1  | data.query must have attributes that say neither which patient",
        "MedicalRecordLocator: ZQ | data.query must have attributes that say neither which patient",
        "AdmissionID: ZQ          | data.query must have attributes that say neither which patient",
        "StudyInstanceUID: 1.2.3  | data.query must have attributes that say neither which patient",
        "accessionNumber: ZQ7     | data.query must have attributes that say neither which patient",
        "limit: 3                 | data.query must have attributes that say neither which patient",
        "Modality: CT             | found none that match data.query; leave out attributes until some do",
        "Manufacturer: ZQ         | series 1 of 12, instance 1: (0008,0070) Manufacturer: is missing, so nothing shows",
        "InstitutionName: Clinic A | (0008,0080) Institution Name: is not what the query asks for",
      })
  void train_queryThatCannotBe_isRefused(String query, String problem) throws IOException {
    assertThat(assertRefused(fromServer("query: {%s}".formatted(query)))).contains(problem);
  }

  @Test
  void train_serverWithOtherImages_isRefusedByTheNumberOfTheInstance() throws IOException {
    assertThat(assertRefused(fromServer("largestInstanceMiB: 0")))
        .contains("data.largestInstanceMiB must be an integer from 1 to 2047, was 0");
    assertThat(assertRefused(fromServer(), "--channels", "3"))
        .contains(server.url() + ", series 1 of 12, instance 1: expected images with 3 channels");
    Path labels = directory.resolve("labels.csv");
    Files.writeString(labels, Files.readString(labels).replaceFirst("(?m)^ZQpatient-7,.*\n", ""));
    assertThat(assertRefused(fromServer()))
        // In the order of the UIDs, as texts: 1, 10, 11, 12, 2 and so on.
        .contains(
            server.url() + ", series 10 of 12, instance 1: expected a label for its Patient ID")
        .endsWith("add it, or narrow data.query");
  }

  /** The ledger of a server's patients is one for all searches there. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http://127.0.0.1:8042/dicom-web | localhost
          http://127.0.0.2/dicom-web | localhost
          http://localhost:80/other | localhost
          http://[::1]:8042/dicom-web | localhost
          http://[0:0:0:0:0:0:0:1]/dicom-web | localhost
          https://[2001:db8::1]/dicom-web | 2001-db8-1
          https://PACS.example.org/dicom-web | pacs-example-org
          """)
  void of_serverWithoutDirectory_namesTheLedgerAfterItsHost(String url, String name)
      throws IOException {
    assertThat(
            LedgerChoice.of(configuration(settings("url: \"%s\"".formatted(url))), "patient")
                .file())
        .isEqualTo(directory.resolve("runs/ledgers/" + name + "-patient.jsonl"));
  }

  /**
   * @return the error, which is one line
   */
  private String assertRefused(String settings, String... flags) throws IOException {
    assertThat(run.train(settings, flags)).isEqualTo(2);
    String line = run.err().strip();
    assertThat(line).startsWith("dpfed train: ").doesNotContain("\n");
    assertShowsNothing();
    assertThat(
            run.train(
                settings,
                Stream.concat(Stream.of(flags), Stream.of("--verbose")).toArray(String[]::new)))
        .isEqualTo(2);
    assertShowsNothing();
    return line;
  }

  /** Neither secrets nor IDs, in all that was printed and in all files that the run wrote. */
  private void assertShowsNothing() throws IOException {
    assertThat(run.out() + run.err()).doesNotContain("ZQ");
    Path runs = directory.resolve("runs");
    if (Files.exists(runs)) {
      try (Stream<Path> files = Files.walk(runs)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
              .as(file.toString())
              .doesNotContain("ZQpatient")
              .doesNotContain(SECRET);
        }
      }
    }
  }
}
