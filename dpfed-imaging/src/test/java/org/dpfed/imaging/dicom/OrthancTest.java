package org.dpfed.imaging.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.dpfed.imaging.Image;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A series on a real server, Orthanc, is that which was stored there. */
class OrthancTest {
  private static final Path PLUGIN = Path.of("/usr/share/orthanc/plugins/libOrthancDicomWeb.so");
  private static final String CREDENTIALS = DicomWebServer.basic("hospital", "secret");

  @TempDir private Path directory;
  private Process orthanc;
  private URI root;

  @BeforeEach
  void start() throws Exception {
    Pydicom.assumeRuns("Orthanc", "--version");
    if (!Files.exists(PLUGIN)) {
      System.out.println("skipped: orthanc-dicomweb is not installed");
    }
    Assumptions.assumeTrue(Files.exists(PLUGIN), "orthanc-dicomweb is not installed");
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    root = URI.create("http://127.0.0.1:" + port + "/dicom-web");
    Path settings = directory.resolve("orthanc.json");
    Path database = directory.resolve("database");
    Files.writeString(
        settings,
        """
        {"StorageDirectory": "%s", "IndexDirectory": "%s", "HttpPort": %d, "RemoteAccessAllowed": false,
         "DicomServerEnabled": false, "AuthenticationEnabled": true, "RegisteredUsers": {"hospital": "secret"},
         "Plugins": ["%s"], "DicomWeb": {"Enable": true, "Root": "/dicom-web/"}}
        """
            .formatted(database, database, port, PLUGIN));
    orthanc =
        new ProcessBuilder("Orthanc", settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("orthanc.log").toFile())
            .start();
    awaitStart();
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

  private void awaitStart() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try {
        client(CREDENTIALS).series(Map.of());
        return;
      } catch (DicomException e) {
        if (System.nanoTime() > end || !orthanc.isAlive()) {
          throw e;
        }
        Thread.sleep(200);
      }
    }
  }

  private DicomWebClient client(String credentials) throws Exception {
    return new DicomWebClient(
        new DicomWebServer(
            root,
            Optional.of(credentials),
            SSLContext.getDefault(),
            Duration.ofSeconds(20),
            1 << 24));
  }

  private void store(byte[] instance) throws IOException, InterruptedException {
    URI instances = root.resolve("/instances");
    HttpResponse<Void> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(instances)
                    .header("Authorization", CREDENTIALS)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(instance))
                    .build(),
                HttpResponse.BodyHandlers.discarding());
    assertThat(response.statusCode()).isEqualTo(200);
  }

  private static DicomBytes slice(String series, int number) {
    return DicomBytes.grey(1, 2, 8)
        .text(Tag.STUDY_UID, "UI", "1.2.77")
        .text(Tag.SERIES_UID, "UI", series)
        .text(Tag.INSTANCE_UID, "UI", series + "." + number)
        .text(Tag.SOP_CLASS, "UI", "1.2.840.10008.5.1.4.1.1.4")
        .text(Tag.ORIENTATION, "DS", "1\\0\\0\\0\\1\\0")
        .text(Tag.SPACING, "DS", "1\\1")
        .text(Tag.POSITION, "DS", "0\\0\\" + 3 * number)
        .bytes(Tag.PIXELS, "OB", number, 100 + number);
  }

  /** As {@link #slice}, compressed: the server decompresses. */
  private static byte[] compressed(String series, int number) {
    byte[] runs = RunLengthTest.frame(RunLengthTest.bytes(1, number, 100 + number, 0));
    return slice(series, number).fragments(new byte[0], runs).file(TransferSyntax.RLE);
  }

  @Test
  void retrieve_storedSeries_isTheVolumeThatWasStored() throws Exception {
    for (int number : new int[] {3, 1, 0, 2}) {
      store(slice("1.2.77.1", number).file(TransferSyntax.IMPLICIT_LITTLE));
      store(compressed("1.2.77.2", number));
    }
    DicomWebClient client = client(CREDENTIALS);

    List<DicomWebClient.Series> found = client.series(Map.of("Modality", "MR"));

    assertThat(found)
        .containsExactlyInAnyOrder(
            new DicomWebClient.Series("1.2.77", "1.2.77.1"),
            new DicomWebClient.Series("1.2.77", "1.2.77.2"));
    assertThat(client.series(Map.of("Modality", "CT"))).isEmpty();
    for (DicomWebClient.Series series : found) {
      List<DicomFile> files = new ArrayList<>();
      assertThat(client.retrieve(series, files::add)).isEqualTo(4);
      assertThat(files)
          .allMatch(file -> file.header().transferSyntax() == TransferSyntax.EXPLICIT_LITTLE);
      List<Image> images = DicomSeries.of(files).images();
      for (int number = 0; number < 4; number++) {
        assertThat(images.get(number))
            .isEqualTo(new Image(1, 1, 2, new float[] {number, 100 + number}));
      }
      assertThat(files.get(0).header().patientId()).contains("patient-7");
      List<String> instances = client.instances(series);
      assertThat(instances).hasSize(4);
      assertThat(client.retrieve(series, instances.get(1)).header().instanceUid())
          .contains(instances.get(1));
    }
  }

  @Test
  void series_wrongCredentialsOrUnknownSeries_areRefused() throws Exception {
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(() -> client(DicomWebServer.basic("hospital", "wrong")).series(Map.of()))
        .withMessage(root + ": answers with status 401: check the credentials");
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(
            () ->
                client(CREDENTIALS)
                    .retrieve(new DicomWebClient.Series("1.2.99", "1.2.99.1"), file -> {}))
        .withMessageStartingWith(root + ": ");
  }
}
