package org.dpfed.imaging.dicom;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * A DICOMweb server and how to talk to it. Images of patients go over TLS: an address without it
 * must be of this machine.
 *
 * @param root such as {@code https://pacs.example.org/dicom-web}, without user, query or fragment
 * @param authorization value of the Authorization header, from {@link #basic} or {@link #bearer}
 * @param tls which certificates are trusted, and that of this client; {@link SSLContext#getDefault}
 *     for those that Java trusts
 * @param timeout longest wait for a connection, an answer, or more of an answer
 * @param largestInstance bytes of one instance beyond which it is refused
 */
public record DicomWebServer(
    URI root,
    Optional<String> authorization,
    SSLContext tls,
    Duration timeout,
    int largestInstance) {
  /**
   * Checks it.
   *
   * @throws IllegalArgumentException when the address is not as above, or a limit is not above 0
   */
  public DicomWebServer {
    String scheme = root.getScheme();
    if (root.getHost() == null
        || root.getUserInfo() != null
        || root.getQuery() != null
        || root.getFragment() != null) {
      throw new IllegalArgumentException(
          "the address of a DICOMweb server needs a host, and no user, query or fragment");
    }
    if (!"https".equals(scheme) && !("http".equals(scheme) && isLoopback(root.getHost()))) {
      throw new IllegalArgumentException(
          "images of patients need TLS: use https, or http to this machine alone");
    }
    if (timeout.isZero() || timeout.isNegative() || largestInstance < 1) {
      throw new IllegalArgumentException("the timeout and the largest instance must be above 0");
    }
  }

  private static boolean isLoopback(String host) {
    boolean isName = host.equals("localhost");
    boolean isNumber = host.startsWith("[") || host.matches("[0-9.]+");
    try {
      // Only names are looked up, and of those none but localhost.
      return isName || (isNumber && InetAddress.getByName(host).isLoopbackAddress());
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** User and password (RFC 7617). */
  public static String basic(String user, String password) {
    byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(both);
  }

  /** A token (RFC 6750). */
  public static String bearer(String token) {
    return "Bearer " + token;
  }

  /** The address alone: no credentials. */
  @Override
  public String toString() {
    return root.toString();
  }
}
