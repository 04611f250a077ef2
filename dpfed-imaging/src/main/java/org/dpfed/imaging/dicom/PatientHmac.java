package org.dpfed.imaging.dicom;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.text.Normalizer;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A keyed hash in place of the patient's ID: HMAC-SHA-256 (RFC 2104, FIPS 180-4) with a key of the
 * run. Who does not know the key cannot try IDs. The same ID gives the same hash, whatever the
 * padding, composition of letters or character set of the file. The issuer of the ID is not part of
 * it: two patients with one ID count as one, never one patient as two.
 *
 * <p>The key is held in memory alone, and nothing here shows it.
 */
public final class PatientHmac {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int LEAST_KEY = 32;

  private final SecretKeySpec key;

  /**
   * @param key secret random bytes, 32 or more, the same for all files of a run; copied, so the
   *     caller may overwrite them
   * @throws IllegalArgumentException when there are fewer
   */
  public PatientHmac(byte[] key) {
    if (key.length < LEAST_KEY) {
      throw new IllegalArgumentException(
          "the key of patients needs %d random bytes or more, got %d"
              .formatted(LEAST_KEY, key.length));
    }
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /**
   * The hash of a patient's ID, as 64 hexadecimal digits.
   *
   * @throws DicomException when the file has no ID
   */
  public String of(DicomHeader header) throws DicomException {
    String id =
        header
            .patientId()
            .orElseThrow(
                () ->
                    new DicomException(
                        header.source(),
                        Tag.PATIENT_ID,
                        "is missing: without it, nothing says which images are of one patient"));
    String normal = Normalizer.normalize(id, Normalizer.Form.NFC);
    return HexFormat.of().formatHex(mac().doFinal(normal.getBytes(StandardCharsets.UTF_8)));
  }

  private Mac mac() {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /** Shows nothing. */
  @Override
  public String toString() {
    return "keyed hash of patients";
  }
}
