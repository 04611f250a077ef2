package org.dpfed.imaging.dicom;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A keyed hash in place of the patient's ID: HMAC-SHA-256 (RFC 2104, FIPS 180-4) with a key of the
 * run. Who does not know the key cannot try IDs. The same ID gives the same hash, whatever the
 * padding, composition of letters or character set of the file. The issuer of the ID is not part of
 * it: two patients with one ID count as one, never one patient as two.
 *
 * <p>IDs that differ only in case, blanks, invisible characters, kinds of dashes, forms of one
 * character or ways to write one number ({@code ab7} and {@code AB7}, {@code 7} and {@code 007})
 * are most likely one patient, who would become two. After hashing nobody could see it, so the
 * second of them is refused. For that the hashes of all IDs so far are kept: use one object for all
 * files of a run. Several threads may use it at once; which of two such IDs is refused is then
 * chance.
 *
 * <p>The key and the hashes are held in memory alone, and nothing here shows them.
 */
public final class PatientHmac {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int LEAST_KEY = 32;

  private final SecretKeySpec key;

  /** For each form of an ID, hashed, the hash of the ID that was written so first. */
  private final ConcurrentMap<String, String> firstOfForm = new ConcurrentHashMap<>();

  /**
   * @param key secret random bytes, 32 or more, the same for all files of a run; copied, so the
   *     caller may overwrite them
   * @throws IllegalArgumentException when there are fewer, or all are equal
   */
  public PatientHmac(byte[] key) {
    if (key.length < LEAST_KEY) {
      throw new IllegalArgumentException(
          "the key of patients needs %d random bytes or more, got %d"
              .formatted(LEAST_KEY, key.length));
    }
    byte[] same = new byte[key.length];
    Arrays.fill(same, key[0]);
    if (Arrays.equals(key, same)) {
      throw new IllegalArgumentException(
          "the key of patients needs random bytes, got equal ones: fill it with SecureRandom");
    }
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /**
   * The hash of a patient's ID, as 64 hexadecimal digits.
   *
   * @throws DicomException when the file has no ID, or nothing of it is visible, or an ID that is
   *     most likely the same was written differently in an earlier file
   */
  public String of(DicomHeader header) throws DicomException {
    String id =
        header
            .patientId()
            .filter(written -> !WrittenId.form(written).isEmpty())
            .orElseThrow(
                () ->
                    new DicomException(
                        header.source(),
                        Tag.PATIENT_ID,
                        "is missing: without it, nothing says which images are of one patient"));
    String hash = hash(Normalizer.normalize(id, Normalizer.Form.NFC));
    String first = firstOfForm.putIfAbsent(hash(WrittenId.form(id)), hash);
    if (first != null && !first.equals(hash)) {
      throw new DicomException(
          header.source(),
          Tag.PATIENT_ID,
          "differs from that of an earlier file only in case, blanks, leading zeros or the form of"
              + " characters, so one patient would count as two: write it the same way in all files"
              + " of a patient, and clearly differently for two");
    }
    return hash;
  }

  private String hash(String text) {
    return HexFormat.of().formatHex(mac().doFinal(text.getBytes(StandardCharsets.UTF_8)));
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
