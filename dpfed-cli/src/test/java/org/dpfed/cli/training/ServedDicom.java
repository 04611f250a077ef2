package org.dpfed.cli.training;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.dpfed.imaging.dicom.DicomFile;
import org.dpfed.imaging.dicom.DicomHeader;
import org.dpfed.imaging.dicom.DicomWebServer;

/** A DICOMweb server on this machine with the files of a directory, for those who know a secret. */
final class ServedDicom implements AutoCloseable {
  private static final String ROOT = "/dicom-web";
  private static final String BOUNDARY = "between";

  private final HttpServer http;
  private final String authorization;

  /** By the path of the series, the latest first, which is no order that a client may keep. */
  private final Map<String, List<Path>> series = new TreeMap<>((a, b) -> b.compareTo(a));

  private final List<String> queries = new ArrayList<>();

  private ServedDicom(HttpServer http, Path directory, String authorization) throws IOException {
    this.http = http;
    this.authorization = authorization;
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file :
          files.filter(each -> each.getFileName().toString().matches("IM.*")).toList()) {
        DicomHeader header = DicomFile.open(file).header();
        series
            .computeIfAbsent(
                "/studies/%s/series/%s"
                    .formatted(header.studyUid().orElseThrow(), header.seriesUid().orElseThrow()),
                path -> new ArrayList<>())
            .add(0, file);
      }
    }
    http.createContext(
        "/",
        exchange -> {
          try (exchange) {
            answer(exchange);
          }
        });
    http.start();
  }

  /**
   * Serves without TLS.
   *
   * @param password of the user {@code hospital}
   */
  static ServedDicom of(Path directory, String password) throws IOException {
    return new ServedDicom(
        HttpServer.create(address(), 0), directory, DicomWebServer.basic("hospital", password));
  }

  /**
   * Serves with TLS.
   *
   * @param token of whoever may ask
   */
  static ServedDicom of(Path directory, String token, SSLContext tls) throws IOException {
    HttpsServer https = HttpsServer.create(address(), 0);
    https.setHttpsConfigurator(new HttpsConfigurator(tls));
    return new ServedDicom(https, directory, DicomWebServer.bearer(token));
  }

  private static InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** Its address. */
  String url() {
    String scheme = http instanceof HttpsServer ? "https" : "http";
    return "%s://127.0.0.1:%d%s".formatted(scheme, http.getAddress().getPort(), ROOT);
  }

  /** What it was asked to search for. */
  List<String> queries() {
    return queries;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath().substring(ROOT.length());
    if (!authorization.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      exchange.sendResponseHeaders(401, -1);
    } else if (path.equals("/series")) {
      queries.add(exchange.getRequestURI().getQuery());
      send(
          exchange,
          "application/dicom+json",
          found(queries.get(queries.size() - 1)).getBytes(StandardCharsets.UTF_8));
    } else if (series.containsKey(path)) {
      send(
          exchange,
          "multipart/related; type=\"application/dicom\"; boundary=" + BOUNDARY,
          parts(series.get(path)));
    } else {
      exchange.sendResponseHeaders(404, -1);
    }
  }

  /** All series are of MR, and a page has them all. */
  private String found(String query) {
    boolean isNone = query.contains("Modality=CT") || !query.contains("offset=0");
    return (isNone ? Stream.<String>empty() : series.keySet().stream())
        .map(
            path ->
                "{\"0020000D\": {\"Value\": [\"%s\"]}, \"0020000E\": {\"Value\": [\"%s\"]}}"
                    .formatted((Object[]) path.substring("/studies/".length()).split("/series/")))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static byte[] parts(List<Path> files) throws IOException {
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    for (Path file : files) {
      parts.writeBytes(
          "\r\n--%s\r\nContent-Type: application/dicom\r\n\r\n"
              .formatted(BOUNDARY)
              .getBytes(StandardCharsets.US_ASCII));
      parts.writeBytes(Files.readAllBytes(file));
    }
    parts.writeBytes("\r\n--%s--".formatted(BOUNDARY).getBytes(StandardCharsets.US_ASCII));
    return parts.toByteArray();
  }

  private static void send(HttpExchange exchange, String type, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
