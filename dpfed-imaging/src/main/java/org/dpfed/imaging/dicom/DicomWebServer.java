package org.dpfed.imaging.dicom;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/**
 * A DICOMweb server and how to talk to it. Images of patients go over TLS: an address without it
 * must be of this machine.
 *
 * @param root such as {@code https://pacs.example.org/dicom-web}, without user, query or fragment
 * @param authorization value of the Authorization header, from {@link #basic} or {@link #bearer}
 * @param tls which certificates are trusted, and that of this client; {@link SSLContext#getDefault}
 *     for those that Java trusts
 * @param timeout longest wait for a connection, an answer, or more of an answer; one call of {@link
 *     DicomWebClient} may take 100 of them
 * @param largestInstance bytes of one instance beyond which it is refused
 */
public record DicomWebServer(
    URI root,
    Optional<String> authorization,
    SSLContext tls,
    Duration timeout,
    int largestInstance) {
  /** What a header may have (RFC 9110, section 5.5), without bytes beyond ASCII. */
  private static final Pattern HEADER = Pattern.compile("[!-~]+( +[!-~]+)*");

  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  /**
   * Checks it.
   *
   * @throws IllegalArgumentException when the address or the authorization is not as above, or a
   *     limit is not above 0; never with the authorization
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
    if (authorization.isPresent() && !HEADER.matcher(authorization.get()).matches()) {
      throw new IllegalArgumentException(
          "the authorization needs visible ASCII characters alone: take out line breaks, as at the"
              + " end of a file");
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

  /**
   * User and password (RFC 7617).
   *
   * @throws IllegalArgumentException when one has line breaks or other control characters, or the
   *     user a colon; without them
   */
  public static String basic(String user, String password) {
    if (user.indexOf(':') >= 0 || (user + password).chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "a user has no colon, and neither user nor password control characters: take out line"
              + " breaks, as at the end of a file");
    }
    byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(both);
  }

  /**
   * A token (RFC 6750).
   *
   * @throws IllegalArgumentException when it has other characters than a token may have; without it
   */
  public static String bearer(String token) {
    if (!TOKEN.matcher(token).matches()) {
      throw new IllegalArgumentException(
          "a token has letters, digits and -._~+/= alone: take out blanks and line breaks, as at"
              + " the end of a file");
    }
    return "Bearer " + token;
  }

  /** The address alone: no credentials. */
  @Override
  public String toString() {
    return root.toString();
  }
}
