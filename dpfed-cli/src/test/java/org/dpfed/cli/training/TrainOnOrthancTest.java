package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.dpfed.imaging.dicom.DicomException;
import org.dpfed.imaging.dicom.DicomWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training on the images of a real server, Orthanc, is training on those that were stored there.
 */
final class TrainOnOrthancTest {
  private static final List<Path> NEEDED =
      List.of(
          Path.of("/usr/sbin/Orthanc"),
          Path.of("/usr/share/orthanc/plugins/libOrthancDicomWeb.so"));

  private static final String CREDENTIALS = "hospital:ZQsecret";

  private static final String DATA =
      """
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
      """;

  private final Path directory;
  private final ImageRun run;
  private URI root;
  private Process orthanc;

  TrainOnOrthancTest(@TempDir Path directory) {
    this.directory = directory;
    this.run = new ImageRun(directory);
  }

  @BeforeEach
  void start() throws Exception {
    for (Path file : NEEDED) {
      if (!Files.exists(file)) {
        System.out.println("skipped: " + file + " is missing; Debian has it in orthanc-dicomweb");
      }
      Assumptions.assumeTrue(Files.exists(file), file + " is missing");
    }
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    root = URI.create("http://127.0.0.1:%d/dicom-web".formatted(port));
    Path database = directory.resolve("database");
    Path settings =
        Files.writeString(
            directory.resolve("orthanc.json"),
            """
            {"StorageDirectory": "%s", "IndexDirectory": "%s", "HttpPort": %d, "RemoteAccessAllowed": false,
             "DicomServerEnabled": false, "AuthenticationEnabled": true, "RegisteredUsers": {"hospital": "ZQsecret"},
             "Plugins": ["%s"], "DicomWeb": {"Enable": true, "Root": "/dicom-web/"}}
            """
                .formatted(database, database, port, NEEDED.get(1)));
    orthanc =
        new ProcessBuilder(NEEDED.get(0).toString(), settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("orthanc.log").toFile())
            .start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (orthanc != null) {
      orthanc.destroy();
      if (!orthanc.waitFor(20, TimeUnit.SECONDS)) {
        orthanc.destroyForcibly().waitFor();
      }
    }
  }

  private void awaitStart(Configuration configuration) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try {
        DicomServer.of(configuration, Map.of()).series(Map.of());
        return;
      } catch (DicomException e) {
        if (System.nanoTime() > end || !orthanc.isAlive()) {
          throw e;
        }
        Thread.sleep(200);
      }
    }
  }

  private void store(Path file) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(root.resolve("/instances"))
            .header("Authorization", DicomWebServer.basic("hospital", "ZQsecret"))
            .POST(HttpRequest.BodyPublishers.ofFile(file))
            .build();
    HttpResponse<Void> response =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding());
    assertThat(response.statusCode()).isEqualTo(200);
  }

  private Configuration configuration(String settings) throws Exception {
    return Configuration.of(
            Files.writeString(directory.resolve("a.yaml"), settings + ImageRun.PLAN))
        .complete();
  }

  @Test
  void train_storedImages_trainsAsOnTheFiles() throws Exception {
    new MadeImages().dicom(directory, 12, "ZQpatient-");
    Path credentials = Files.writeString(directory.resolve("credentials"), CREDENTIALS);
    Files.setPosixFilePermissions(credentials, PosixFilePermissions.fromString("rw-------"));
    String served =
        DATA.formatted(
            "url: \"%s\"\n  credentials: credentials\n  query: {Modality: MR}".formatted(root));
    awaitStart(configuration(served));
    try (Stream<Path> files = Files.walk(directory.resolve("archive"))) {
      for (Path file :
          files.filter(each -> each.endsWith("IM0001") || each.endsWith("IM0002")).toList()) {
        store(file);
      }
    }

    DataSource files = DataSource.of(configuration(DATA.formatted("directory: archive")));
    DataSource stored = DataSource.of(configuration(served));
    assertThat(stored.split().train().toDataSet()).isEqualTo(files.split().train().toDataSet());
    assertThat(stored.split().test().toDataSet()).isEqualTo(files.split().test().toDataSet());

    assertThat(run.train(served)).as(run.err()).isZero();
    run.assertTrained();
    assertThat(run.report().at("/plan/population").asInt()).isEqualTo(12);
    assertThat(run.train(served, "--data-query", "{Modality: CT}")).isEqualTo(2);
    assertThat(run.err()).contains(root + ": expected series, found none that match data.query");
    Files.writeString(credentials, "hospital:ZQwrong");
    assertThat(run.train(served)).isEqualTo(2);
    assertThat(run.err().strip())
        .isEqualTo(
            "dpfed train: %s: answers with status 401: check the credentials".formatted(root));
  }
}
