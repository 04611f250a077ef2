package org.dpfed.imaging.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  @ParameterizedTest
  @CsvSource({
    "ab7, AB7",
    "7, 007",
    "7, 7.0",
    "7, ７",
    "a1, ａ１",
    "a b, ab",
    "'a  b', 'a b'",
    "a b, a\u00a0b",
    "ab, a\u200bb",
    "a-b, a\u2013b",
    "straße, STRASSE",
    "ﬁ, fi"
  })
  void of_idsThatDifferInFormOnly_areRefusedInBothOrders(String one, String other)
      throws IOException {
    for (List<String> ids : List.of(List.of(one, other), List.of(other, one))) {
      PatientHmac fresh = new PatientHmac(KEY);
      String hash = fresh.of(header(utf8(ids.get(0))));
      DicomHeader second = header(utf8(ids.get(1)));
      assertThatExceptionOfType(DicomException.class)
          .isThrownBy(() -> fresh.of(second))
          .withMessageStartingWith("test.dcm: (0010,0020) Patient ID: differs from that of an")
          .withMessageContaining("write it the same way")
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain(hash));
      assertThat(fresh.of(header(utf8(ids.get(0))))).isEqualTo(hash);
    }
  }

  private static DicomBytes utf8(String id) {
    return patient("")
        .bytes(Tag.PATIENT_ID.number(), "LO", (id + " ").getBytes(StandardCharsets.UTF_8))
        .text(Tag.CHARACTER_SET, "CS", "ISO_IR 192");
  }

  @ParameterizedTest
  @CsvSource({"a7, a8", "7, 70", "0, 00x", "a-1, a1", "a_b, ab", "é, e"})
  void of_idsThatDifferInMore_areDifferentPatients(String one, String other) throws IOException {
    assertThat(hmac.of(header(utf8(one)))).isNotEqualTo(hmac.of(header(utf8(other))));
  }

  @Test
  void of_nothingVisible_isRefused() throws IOException {
    DicomHeader header = header(utf8("\u200b\u00a0"));
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(() -> hmac.of(header))
        .withMessageContaining("Patient ID: is missing");
  }

  @Test
  void of_severalThreads_refuseOneOfEachPair() throws Exception {
    List<DicomHeader> headers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      headers.add(header(patient("p" + i)));
      headers.add(header(patient("P" + i)));
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      headers.forEach(header -> tasks.add(() -> isTaken(header)));
      int taken = 0;
      for (Future<Boolean> task : threads.invokeAll(tasks)) {
        taken += task.get() ? 1 : 0;
      }
      assertThat(taken).isEqualTo(200);
    } finally {
      threads.shutdownNow();
    }
  }

  private boolean isTaken(DicomHeader header) {
    try {
      return !hmac.of(header).isEmpty();
    } catch (DicomException e) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(bytes = {0, 1, -1})
  void constructor_keyOfEqualBytes_isRefused(byte one) {
    byte[] key = new byte[32];
    Arrays.fill(key, one);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PatientHmac(key))
        .withMessageContaining("SecureRandom");
  }
}
