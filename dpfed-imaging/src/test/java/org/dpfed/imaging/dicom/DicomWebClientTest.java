package org.dpfed.imaging.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.dpfed.imaging.Image;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the client asks a server for, and how it takes every kind of answer. */
class DicomWebClientTest {
  private static final DicomWebClient.Series SERIES = new DicomWebClient.Series("1.2", "1.2.3");
  private static final String RELATED = "multipart/related; type=\"application/dicom\"; boundary=";

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch end = new CountDownLatch(1);
  private final List<String> asked = new ArrayList<>();
  private HttpServer http;

  @BeforeEach
  void start() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(threads);
    http.start();
  }

  @AfterEach
  void stop() {
    end.countDown();
    http.stop(0);
    threads.shutdownNow();
  }

  /** Writes an answer. */
  private interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  private DicomWebClient client(int largest, Handler handler) {
    http.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          try (exchange) {
            handler.handle(exchange);
          }
        });
    return new DicomWebClient(server(root(), largest));
  }

  private DicomWebClient client(Handler handler) {
    return client(1 << 20, handler);
  }

  private String root() {
    return "http://127.0.0.1:" + http.getAddress().getPort() + "/dicom-web/";
  }

  private static DicomWebServer server(String root, int largest) {
    try {
      return new DicomWebServer(
          URI.create(root),
          Optional.of(DicomWebServer.basic("hospital", "secret")),
          SSLContext.getDefault(),
          Duration.ofSeconds(1),
          largest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void answer(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private static byte[] parts(String boundary, byte[]... contents) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] content : contents) {
      all.writeBytes(latin("\r\n--" + boundary + "\r\nContent-Type: application/dicom\r\n\r\n"));
      all.writeBytes(content);
    }
    all.writeBytes(latin("\r\n--" + boundary + "--"));
    return all.toByteArray();
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] instance(int pixel) {
    return DicomBytes.grey(1, 2, 8).bytes(Tag.PIXELS, "OB", pixel, 0).file();
  }

  private static List<Image> retrieve(DicomWebClient client) throws IOException {
    List<Image> images = new ArrayList<>();
    client.retrieve(SERIES, file -> images.addAll(file.frames()));
    return images;
  }

  private void assertRefused(DicomWebClient client, String problem) {
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(() -> client.retrieve(SERIES, file -> {}))
        .withMessageStartingWith(root())
        .withMessageContaining(problem)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n", "secret", "1.2.3", "ZQ"));
  }

  @Test
  void retrieve_severalInstances_handsOverEach() throws IOException {
    List<String> headers = new ArrayList<>();
    DicomWebClient client =
        client(
            exchange -> {
              headers.add(exchange.getRequestHeaders().getFirst("Accept"));
              headers.add(exchange.getRequestHeaders().getFirst("Authorization"));
              answer(exchange, 200, RELATED + "\"a b\"", parts("a b", instance(7), instance(9)));
            });

    assertThat(retrieve(client)).extracting(image -> image.at(0, 0, 0)).containsExactly(7f, 9f);
    assertThat(asked).containsExactly("/dicom-web/studies/1.2/series/1.2.3");
    assertThat(headers)
        .containsExactly(
            "multipart/related; type=\"application/dicom\"; transfer-syntax=1.2.840.10008.1.2.1",
            "Basic aG9zcGl0YWw6c2VjcmV0");
  }

  @Test
  void retrieve_contentThatResemblesTheBoundary_isKept() throws IOException {
    DicomBytes file = DicomBytes.grey(1, 20, 8);
    byte[] pixels = latin("\r\n--\r\r\n--bounda\r\n--b");
    byte[] content = file.bytes(Tag.PIXELS.number(), "OB", pixels).file();
    DicomWebClient client =
        client(exchange -> answer(exchange, 200, RELATED + "boundary", parts("boundary", content)));

    assertThat(retrieve(client).get(0).values()).startsWith('\r', '\n', '-', '-', '\r', '\r', '\n');
  }

  @Test
  void retrieve_answersThatAreNone_areRefusedInOneLine() {
    assertRefused(
        client(exchange -> answer(exchange, 200, "text/html", latin("ZQ"))),
        "does not send multipart/related with a boundary");
  }

  @Test
  void retrieve_damagedParts_areRefused() {
    byte[] right = parts("b", instance(1));
    List<byte[]> bodies =
        List.of(
            new byte[0],
            latin("ZQ"),
            new byte[20_000],
            latin("--bZQ"),
            latin("--b\r\nZQ: " + "Z".repeat(20_000)),
            latin("--b\r\nContent-Type: text/html\r\n\r\nZQ\r\n--b--"),
            latin("--b\r\n\r\nZQ\r\n--b--"),
            java.util.Arrays.copyOf(right, right.length - 3));
    List<byte[]> left = new ArrayList<>(bodies);
    DicomWebClient client =
        client(exchange -> answer(exchange, 200, RELATED + "b", left.remove(0)));
    for (int i = 0; i < bodies.size(); i++) {
      assertRefused(client, ": ");
    }
    assertThat(left).isEmpty();
  }

  @Test
  void retrieve_damagedInstance_isNamedByItsNumber() {
    assertRefused(
        client(
            exchange ->
                answer(exchange, 200, RELATED + "b", parts("b", instance(1), new byte[200]))),
        "/dicom-web/, instance 2: is no DICOM file");
  }

  @Test
  void retrieve_instanceAboveTheLimit_isRefused() {
    assertRefused(
        client(100, exchange -> answer(exchange, 200, RELATED + "b", parts("b", instance(1)))),
        "sends an instance of more than 100 bytes, the most allowed");
  }

  @ParameterizedTest
  @ValueSource(ints = {206, 302, 400, 401, 403, 404, 406, 413, 500, 503})
  void retrieve_errorOfTheServer_isOneLine(int status) {
    assertRefused(
        client(exchange -> answer(exchange, status, "text/html", latin("ZQ\nZQ"))),
        "answers with status " + status + ": ");
  }

  @Test
  void retrieve_serverThatStops_isRefusedAfterTheTimeout() {
    assertRefused(
        client(
            exchange -> {
              exchange.getResponseHeaders().set("Content-Type", RELATED + "b");
              exchange.sendResponseHeaders(200, 1000);
              OutputStream body = exchange.getResponseBody();
              body.write(latin("--b\r\n\r\n"));
              body.flush();
              await();
            }),
        "sends nothing for 1 s");
  }

  @Test
  void retrieve_serverThatDoesNotAnswer_isRefusedAfterTheTimeout() {
    assertRefused(client(exchange -> await()), "does not answer within 1 s");
  }

  @Test
  void retrieve_serverThatBreaksOff_isRefused() {
    assertRefused(
        client(
            exchange -> {
              exchange.getResponseHeaders().set("Content-Type", RELATED + "b");
              exchange.sendResponseHeaders(200, 1000);
              exchange.getResponseBody().write(latin("--b\r\n\r\n"));
            }),
        "breaks off within its answer");
  }

  @Test
  void retrieve_noServer_isRefused() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    DicomWebClient client = new DicomWebClient(server("http://127.0.0.1:" + free, 1));
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(() -> client.retrieve(SERIES, file -> {}))
        .withMessageContaining("cannot be reached: check address, port and firewall");
  }

  private void await() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String json(String... seriesUids) {
    List<String> found = new ArrayList<>();
    for (String uid : seriesUids) {
      found.add(
          "{\"0020000D\":{\"vr\":\"UI\",\"Value\":[\"1.2\"]},\"0020000E\":{\"Value\":[\"%s\"]}}"
              .formatted(uid));
    }
    return "[" + String.join(",", found) + "]";
  }

  @Test
  void series_severalPages_areReadToTheEnd() throws IOException {
    List<String> pages = new ArrayList<>(List.of(json("1.1", "1.2"), json("1.3"), "[]"));
    DicomWebClient client =
        client(exchange -> answer(exchange, 200, "application/dicom+json", latin(pages.remove(0))));

    assertThat(client.series(Map.of("Modality", "M R&")))
        .extracting(DicomWebClient.Series::seriesUid)
        .containsExactly("1.1", "1.2", "1.3");
    assertThat(asked)
        .containsExactly(
            "/dicom-web/series?limit=1000&offset=0&Modality=M%20R%26",
            "/dicom-web/series?limit=1000&offset=2&Modality=M%20R%26",
            "/dicom-web/series?limit=1000&offset=3&Modality=M%20R%26");
  }

  /** What the answer says of an attribute that was asked for is compared with it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Modality         | MR                | [\"MR\"]",
        "Modality         | CT\\\\MR       | [\"MR\"]",
        "ModalitiesInStudy | mr               | [\"CT\", \"MR\"]",
        "SeriesDescription | T? axial*        | [\"T1 Axial post\"]",
        "SeriesDescription | a.b              | [\"a.b\"]",
        "StudyDate        | 20200101-20201231 | [\"20200630\"]",
        "StudyDate        | -20201231         | [\"20200630\"]",
        "StudyDate        | 20200630-         | [\"2020.06.30\"]",
        "InstitutionName  | Haus, Nord        | [\"Haus, Nord\"]",
        "Modality         | *                 | []",
        "Modality         | MR                | []",
      })
  void series_answerWithWhatWasAskedFor_isTaken(String keyword, String asked, String answered)
      throws IOException {
    assertThat(client(found(keyword, answered)).series(Map.of(keyword, asked))).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Modality          | MR                | [\"ZQ\"]             | (0008,0060) Modality: is not what the query asks for",
        "ModalitiesInStudy | MR                | [\"CT\", \"ZQ\"]   | (0008,0061) Modalities in Study: is not what",
        "ModalitiesInStudy | MR                | []                     | (0008,0061) Modalities in Study: is missing in an answer",
        "SeriesDescription | T?                | [\"T1 ZQ\"]          | (0008,103E) Series Description: is not what",
        "SeriesDescription | a.b               | [\"aZb\"]            | (0008,103E) Series Description: is not what",
        "StudyDate         | 20200101-20201231 | [\"20210101\"]       | (0008,0020) Study Date: is not what",
        "StudyDate         | -20201231         | [\"20210101\"]       | (0008,0020) Study Date: is not what",
      })
  void series_answerWithOther_isRefusedByTheAttribute(
      String keyword, String asked, String answered, String problem) {
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(() -> client(found(keyword, answered)).series(Map.of(keyword, asked)))
        .withMessageStartingWith(root() + ": " + problem)
        .withMessageNotContaining("ZQ");
  }

  private Handler found(String keyword, String values) {
    Map<String, String> numbers =
        Map.of(
            "Modality", "00080060",
            "ModalitiesInStudy", "00080061",
            "SeriesDescription", "0008103E",
            "InstitutionName", "00080080",
            "StudyDate", "00080020");
    String one =
        json("1.1")
            .replaceFirst("}]$", ",\"%s\":{\"Value\":%s}}]")
            .formatted(numbers.get(keyword), values);
    return exchange -> answer(exchange, 200, "application/dicom+json", latin(one));
  }

  @Test
  void series_attributeThatCannotBeCompared_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> client(exchange -> {}).series(Map.of("PatientComments", "ZQ")))
        .withMessageStartingWith("a query needs attributes that an answer can be compared with")
        .withMessageNotContaining("ZQ");
  }

  @Test
  void requireMatch_instanceOfAnother_isRefusedByTheAttribute() throws IOException {
    DicomFile file =
        DicomFile.of(
            "a, instance 1",
            DicomBytes.grey(1, 2, 8)
                .text(Tag.STUDY_DESCRIPTION, "LO", "ZQ Kopf")
                .bytes(Tag.PIXELS, "OB", 1, 2)
                .file(TransferSyntax.EXPLICIT_LITTLE));
    SeriesQuery.of(Map.of("StudyDescription", "*kopf", "ModalitiesInStudy", "CT"))
        .requireMatch(file);
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(() -> SeriesQuery.of(Map.of("StudyDescription", "Thorax")).requireMatch(file))
        .withMessageStartingWith("a, instance 1: (0008,1030) Study Description: is not what")
        .withMessageNotContaining("ZQ");
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(() -> SeriesQuery.of(Map.of("StationName", "x")).requireMatch(file))
        .withMessageStartingWith("a, instance 1: (0008,1010) Station Name: is missing");
  }

  @Test
  void series_serverThatIgnoresPages_isAskedTwice() throws IOException {
    DicomWebClient client =
        client(exchange -> answer(exchange, 200, "application/dicom+json", latin(json("1.1"))));

    assertThat(client.series(Map.of())).hasSize(1);
    assertThat(asked).hasSize(2);
  }

  @Test
  void retrieve_oneInstance_isThatInstance() throws IOException {
    DicomWebClient client =
        client(exchange -> answer(exchange, 200, RELATED + "b", parts("b", instance(7))));

    assertThat(client.retrieve(SERIES, "1.2.3.4").frame(0).at(0, 0, 0)).isEqualTo(7);
    assertThat(asked).containsExactly("/dicom-web/studies/1.2/series/1.2.3/instances/1.2.3.4");
    assertThatIllegalArgumentException().isThrownBy(() -> client.retrieve(SERIES, "1/2"));
  }

  @Test
  void retrieve_severalForOne_isRefused() {
    DicomWebClient client =
        client(
            exchange -> answer(exchange, 200, RELATED + "b", parts("b", instance(7), instance(8))));

    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(() -> client.retrieve(SERIES, "1.2.3.4"))
        .withMessage(root() + ": does not send the one instance that it was asked for");
  }

  @Test
  void series_none_isEmpty() throws IOException {
    assertThat(client(exchange -> answer(exchange, 204, "", new byte[0])).series(Map.of()))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ZQ", "{}", "[1]", "[{}]", "[{\"0020000D\":{\"Value\":[\"../ZQ\"]}}]", ""})
  void series_answersThatAreNone_areRefused(String body) {
    DicomWebClient client =
        client(exchange -> answer(exchange, 200, "application/dicom+json", latin(body)));
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(() -> client.series(Map.of()))
        .withMessageStartingWith(root())
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n", "ZQ"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://pacs.example.org/dicom-web",
        "http://10.0.0.1/",
        "http://127.0.0.1.example.org/",
        "ftp://localhost/",
        "https://user:pass@localhost/",
        "https://localhost/?a=b",
        "https:///"
      })
  void server_addressWithoutTlsOrWithMore_isRefused(String root) {
    assertThatIllegalArgumentException().isThrownBy(() -> server(root, 1));
  }

  @Test
  void toString_always_hasNoCredentials() {
    DicomWebServer server = server("https://pacs.example.org/dicom-web", 1);
    assertThat(server).hasToString("https://pacs.example.org/dicom-web");
    assertThat(new DicomWebClient(server)).hasToString("https://pacs.example.org/dicom-web");
    assertThat(SERIES).hasToString("series");
    assertThat(DicomWebServer.bearer("x")).isEqualTo("Bearer x");
    assertThatIllegalArgumentException().isThrownBy(() -> new DicomWebClient.Series("../1", "1"));
  }
}
