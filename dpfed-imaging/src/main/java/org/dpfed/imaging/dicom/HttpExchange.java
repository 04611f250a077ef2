package org.dpfed.imaging.dicom;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Requests to a server and their answers, each failure being one line. */
final class HttpExchange {
  static final int NO_CONTENT = 204;
  private static final int OK = 200;

  /** How a server says that it sends less than it was asked for (Part 18, 8.3.4.4). */
  private static final Pattern WARNING = Pattern.compile("(^|,)\\s*299\\b");

  private final DicomWebServer server;
  private final HttpClient client;

  HttpExchange(DicomWebServer server) {
    this.server = server;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(server.timeout())
            .sslContext(server.tls())
            .build();
  }

  /**
   * An answer that is there.
   *
   * @param status 200 or 204
   * @param contentType empty when the server does not say
   * @param warned whether the server warns that the answer is not all of it
   * @param body closed with the answer, which ends the connection if there is more of it
   */
  record Answer(int status, String contentType, boolean warned, InputStream body)
      implements Closeable {
    @Override
    public void close() throws IOException {
      body.close();
    }
  }

  /**
   * Asks for something.
   *
   * @param path behind the server's root, with its query
   * @param accept the media type
   * @param deadline of the answer's end
   */
  Answer get(String path, String accept, Deadline deadline) throws IOException {
    String root = server.root().toString().replaceAll("/+$", "");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(root + path))
            .timeout(server.timeout())
            .header("Accept", accept);
    server.authorization().ifPresent(value -> request.header("Authorization", value));
    HttpResponse<TimedBody> response = send(request.build(), deadline);
    TimedBody body = response.body();
    int status = response.statusCode();
    if (status != OK && status != NO_CONTENT) {
      body.close();
      throw error("answers with status " + status + ": " + remedy(status));
    }
    String type = response.headers().firstValue("Content-Type").orElse("");
    boolean warned =
        response.headers().allValues("Warning").stream()
            .anyMatch(value -> WARNING.matcher(value).find());
    return new Answer(status, type, warned, body);
  }

  private HttpResponse<TimedBody> send(HttpRequest request, Deadline deadline) throws IOException {
    deadline.check();
    try {
      return client.send(
          request, info -> new TimedBody(server.toString(), server.timeout(), deadline));
    } catch (HttpTimeoutException e) {
      throw error("does not answer within " + server.timeout().toSeconds() + " s");
    } catch (ConnectException e) {
      throw error("cannot be reached: check address, port and firewall");
    } catch (SSLException e) {
      throw error("cannot be trusted, or does not trust this client: check the certificates");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the server");
    } catch (IOException e) {
      // Its message could quote what the server sent.
      throw error("does not answer as an HTTP server does");
    }
  }

  private static String remedy(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> "it redirects, so give the address that it redirects to";
      case 400 -> "it does not understand the search";
      case 401, 403 -> "check the credentials";
      case 404 -> "check the address, and that the series is there";
      case 406, 415 -> "it cannot send Explicit VR Little Endian";
      case 413 -> "ask for less at once";
      case 206 -> "it has not all of the series";
      default -> "see the server's log";
    };
  }

  private DicomException error(String problem) {
    return new DicomException(server.toString(), problem);
  }
}
