package org.dpfed.imaging.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client trusts whom it is told to trust. */
class DicomWebTlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir private Path directory;

  private KeyStore certificate(String address) throws Exception {
    Path store = directory.resolve(address + ".p12");
    String[] command = {
      Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
      "-genkeypair",
      "-alias",
      "server",
      "-keyalg",
      "EC",
      "-dname",
      "CN=" + address,
      "-ext",
      "san=ip:" + address,
      "-storetype",
      "PKCS12",
      "-storepass",
      new String(PASSWORD),
      "-keystore",
      store.toString()
    };
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    return keys;
  }

  private static SSLContext context(KeyStore keys) throws Exception {
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD);
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    KeyStore others = KeyStore.getInstance("PKCS12");
    others.load(null, PASSWORD);
    others.setCertificateEntry("server", keys.getCertificate("server"));
    trusted.init(others);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    return context;
  }

  private static DicomWebClient client(HttpsServer https, SSLContext tls) {
    URI root = URI.create("https://127.0.0.1:" + https.getAddress().getPort() + "/dicom-web");
    return new DicomWebClient(
        new DicomWebServer(root, Optional.empty(), tls, Duration.ofSeconds(10), 1 << 20));
  }

  private static HttpsServer serve(SSLContext tls) throws Exception {
    HttpsServer https =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    https.setHttpsConfigurator(new HttpsConfigurator(tls));
    https.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    https.start();
    return https;
  }

  private static void assertNotTrusted(HttpsServer https, SSLContext tls) {
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(() -> client(https, tls).series(Map.of()))
        .withMessageContaining("cannot be trusted, or does not trust this client");
  }

  @Test
  void series_certificateOfTheServer_mustBeTrustedAndForItsAddress() throws Exception {
    SSLContext right = context(certificate("127.0.0.1"));
    SSLContext other = context(certificate("127.0.0.2"));
    HttpsServer https = serve(right);
    HttpsServer elsewhere = serve(other);
    try {
      assertThat(client(https, right).series(Map.of())).isEmpty();
      assertNotTrusted(https, other);
      assertNotTrusted(https, SSLContext.getDefault());
      // Trusted, but for another address.
      assertNotTrusted(elsewhere, other);
    } finally {
      https.stop(0);
      elsewhere.stop(0);
    }
  }
}
