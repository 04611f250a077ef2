package org.dpfed.imaging.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that send what was not asked for, not all of it, or never end; and their credentials. */
class DicomWebLimitsTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private HttpServer http;

  @BeforeEach
  void start() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.start();
  }

  @AfterEach
  void stop() {
    http.stop(0);
  }

  private static DicomWebServer server(String root, Optional<String> authorization) {
    try {
      return new DicomWebServer(
          URI.create(root), authorization, SSLContext.getDefault(), LONG, 1 << 20);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private DicomWebClient client() {
    String root = "http://127.0.0.1:" + http.getAddress().getPort();
    return new DicomWebClient(server(root, Optional.empty()));
  }

  /** A page, and whether it warns. */
  private record Page(String body, boolean warns) {}

  private static String list(int from, int count) {
    StringBuilder list = new StringBuilder("[");
    for (int i = from; i < from + count; i++) {
      list.append(i == from ? "" : ",")
          .append("{\"0020000D\":{\"Value\":[\"1.2\"]},\"0020000E\":{\"Value\":[\"1.")
          .append(i)
          .append("\"]}}");
    }
    return list.append("]").toString();
  }

  private AtomicInteger pages(IntFunction<Page> pages) {
    AtomicInteger asked = new AtomicInteger();
    http.createContext(
        "/",
        exchange -> {
          try (exchange) {
            Page page = pages.apply(asked.getAndIncrement());
            if (page.warns()) {
              exchange
                  .getResponseHeaders()
                  .set("Warning", "299 {+SERVICE}: There are additional results");
            }
            answer(
                exchange, "application/dicom+json", page.body().getBytes(StandardCharsets.UTF_8));
          }
        });
    return asked;
  }

  private static void answer(HttpExchange exchange, String type, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  @Test
  void series_pagesWithoutEnd_areRefused() {
    AtomicInteger asked = pages(page -> new Page(list(5000 * page, 5000), false));
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(() -> client().series(Map.of()))
        .withMessageContaining("finds more than 100000, the most of one call: narrow the search");
    assertThat(asked).hasValue(21);
  }

  @Test
  void series_listThatIsCutShort_isRefused() {
    for (List<Page> pages :
        List.of(
            List.of(new Page(list(0, 3), true), new Page("[]", false)),
            List.of(new Page(list(0, 3), true), new Page(list(0, 3), true)),
            List.of(new Page(list(0, 3), false), new Page("[]", true)))) {
      AtomicInteger asked = pages(pages::get);
      assertThatExceptionOfType(DicomException.class)
          .isThrownBy(() -> client().series(Map.of()))
          .withMessageContaining("warns that its list is not complete (299): narrow the search");
      assertThat(asked).hasValue(2);
      http.removeContext("/");
    }
  }

  @Test
  void series_pagesThatWarnOfTheNext_areRead() throws IOException {
    List<Page> pages =
        List.of(new Page(list(0, 3), true), new Page(list(3, 2), false), new Page("[]", false));
    pages(pages::get);
    assertThat(client().series(Map.of())).hasSize(5);
  }

  @ParameterizedTest
  @CsvSource({
    "STUDY_UID, 1.9",
    "STUDY_UID, ''",
    "SERIES_UID, 1.9",
    "SERIES_UID, ''",
    "INSTANCE_UID, 1.9",
    "INSTANCE_UID, ''"
  })
  void retrieve_anotherThanAskedFor_isRefused(Tag tag, String uid) {
    byte[] other =
        DicomBytes.grey(1, 2, 8).bytes(Tag.PIXELS, "OB", 1, 0).text(tag, "UI", uid).file();
    http.createContext(
        "/",
        exchange -> {
          try (exchange) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            body.writeBytes("--b\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            body.writeBytes(other);
            body.writeBytes("\r\n--b--".getBytes(StandardCharsets.US_ASCII));
            answer(exchange, "multipart/related; boundary=b", body.toByteArray());
          }
        });
    DicomWebClient.Series series = new DicomWebClient.Series("1.2", "1.2.3");
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(() -> client().retrieve(series, "1.2.3.4"))
        .withMessageContaining(tag + ": is not the one that the server was asked for")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("1.9", "1.2.3"));
    if (tag != Tag.INSTANCE_UID) {
      assertThatExceptionOfType(DicomException.class)
          .isThrownBy(() -> client().retrieve(series, file -> {}))
          .withMessageContaining(tag.toString());
    }
  }

  /** Sends a byte whenever it is asked for more. */
  private record Trickle(TimedBody body) implements Flow.Subscription {
    @Override
    public void request(long count) {
      body.onNext(List.of(ByteBuffer.wrap(new byte[1])));
    }

    @Override
    public void cancel() {}
  }

  @Test
  void body_piecesWithoutEnd_areRefusedAfterTheDeadline() {
    Deadline deadline = new Deadline("server", System.nanoTime(), Duration.ofMillis(50));
    TimedBody body = new TimedBody("server", LONG, deadline);
    body.onSubscribe(new Trickle(body));
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(
            () -> {
              while (body.read() >= 0) {
                Thread.onSpinWait();
              }
            })
        .withMessageStartingWith("server: does not end its answer within 0 s");
  }

  @Test
  void deadline_ofAServer_isAHundredTimeouts() throws DicomException {
    Deadline deadline = Deadline.of(server("https://pacs.example.org/", Optional.empty()));
    assertThat(deadline.limit()).isEqualTo(Duration.ofSeconds(2000));
    deadline.check();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\0", "\u00e4", "\t", " ", "\u2028"})
  void credentials_charactersThatNoHeaderHas_areRefusedWithoutThem(String bad) {
    for (String secret : List.of("SECRET" + bad, bad + "SECRET", "SEC" + bad + "SECRET")) {
      assertRefused(() -> DicomWebServer.bearer(secret));
      if (!bad.equals(" ") || !secret.startsWith("SEC" + bad + "S")) {
        assertRefused(() -> server("https://a.example.org/", Optional.of(secret)));
      }
      if (Character.isISOControl(bad.charAt(0))) {
        assertRefused(() -> DicomWebServer.basic("user", secret));
        assertRefused(() -> DicomWebServer.basic(secret, "password"));
      }
    }
    assertRefused(() -> DicomWebServer.bearer(""));
    assertRefused(() -> DicomWebServer.basic("SECRET:x", "password"));
  }

  private static void assertRefused(Runnable step) {
    assertThatIllegalArgumentException()
        .isThrownBy(step::run)
        .withNoCause()
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("SECRET"));
  }

  @Test
  void credentials_ofAnyPassword_areAHeader() {
    String basic = DicomWebServer.basic("ä b", "p:ü €");
    assertThat(server("https://a.example.org/", Optional.of(basic)).authorization())
        .hasValue(basic);
    assertThat(DicomWebServer.bearer("aZ0-._~+/==")).isEqualTo("Bearer aZ0-._~+/==");
  }
}
