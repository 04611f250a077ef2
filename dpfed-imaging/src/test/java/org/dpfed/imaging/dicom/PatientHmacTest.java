package org.dpfed.imaging.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PatientHmacTest {
  private static final byte[] KEY =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private final PatientHmac hmac = new PatientHmac(KEY);

  private static DicomHeader header(DicomBytes patient) throws IOException {
    return patient.bytes(Tag.PIXELS, "OB", 0, 0).open().header();
  }

  private static DicomBytes patient(String id) {
    return DicomBytes.grey(1, 1, 8).text(Tag.PATIENT_ID, "LO", id);
  }

  @Test
  void of_knownKey_isHmacSha256() throws IOException {
    // printf patient-7 | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
    assertThat(hmac.of(header(patient("patient-7"))))
        .isEqualTo("14aea1fa159ed359678622ab81d49df11f06de176306424e4c8c01283614888d");
  }

  @Test
  void of_samePatientWrittenDifferently_isTheSame() throws IOException {
    String expected = hmac.of(header(patient("patient-7")));
    assertThat(hmac.of(header(patient(" patient-7   ")))).isEqualTo(expected);
    assertThat(hmac.of(header(patient("patient-7\0")))).isEqualTo(expected);
    assertThat(hmac.of(header(patient("patient-8")))).isNotEqualTo(expected);

    String latin = hmac.of(header(patient("Müller").text(Tag.CHARACTER_SET, "CS", "ISO_IR 100")));
    byte[] utf8 = "Mu\u0308ller ".getBytes(StandardCharsets.UTF_8);
    String composed =
        hmac.of(
            header(
                patient("")
                    .bytes(Tag.PATIENT_ID.number(), "LO", utf8)
                    .text(Tag.CHARACTER_SET, "CS", "ISO_IR 192")));
    assertThat(composed).isEqualTo(latin);
  }

  @Test
  void of_otherKey_isAnother() throws IOException {
    byte[] other = KEY.clone();
    other[31]++;
    assertThat(new PatientHmac(other).of(header(patient("patient-7"))))
        .isNotEqualTo(hmac.of(header(patient("patient-7"))));
  }

  @Test
  void of_keyChangedByTheCaller_isTheSame() throws IOException {
    byte[] key = KEY.clone();
    PatientHmac copied = new PatientHmac(key);
    Arrays.fill(key, (byte) 0);
    assertThat(copied.of(header(patient("x")))).isEqualTo(hmac.of(header(patient("x"))));
  }

  @Test
  void of_missingPatient_isRefused() throws IOException {
    for (DicomBytes none :
        new DicomBytes[] {patient("").without(Tag.PATIENT_ID), patient(""), patient("   \0")}) {
      DicomHeader header = header(none);
      assertThatExceptionOfType(DicomException.class)
          .isThrownBy(() -> hmac.of(header))
          .withMessage(
              "test.dcm: (0010,0020) Patient ID: is missing: without it, nothing says which images"
                  + " are of one patient");
    }
  }

  @Test
  void constructor_shortKey_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new PatientHmac(new byte[31]));
  }

  @Test
  void toString_always_showsNothing() {
    assertThat(hmac).hasToString("keyed hash of patients");
  }
}
