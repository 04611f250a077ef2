package org.dpfed.imaging.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Every error that a broken file can cause, searched for what stands in the file. Each attribute is
 * replaced by tokens that occur nowhere else, and each byte is broken.
 */
class DicomErrorsShowNoValueTest {
  private static final PatientHmac HMAC =
      new PatientHmac("0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII));

  /** Texts; numbers as texts; the same as numbers of two bytes: Z is 5a and 90, Q is 51 and 81. */
  private static final String[] TOKENS = {
    "zq", "73519", "5a51", "515a", "23121", "20826", "90 81", "81 90"
  };

  private final Set<String> messages = new LinkedHashSet<>();

  private static DicomBytes right() {
    return DicomSeriesTest.enhanced(0, 73519, 2 * 73519)
        .text(Tag.CHARACTER_SET, "CS", "ISO_IR 100")
        .text(Tag.PATIENT_ID, "LO", "ZQpatient")
        .text(Tag.INSTITUTION, "LO", "ZQclinic")
        .text(Tag.STUDY_UID, "UI", "1.73519.1")
        .text(Tag.SERIES_UID, "UI", "1.73519.2")
        .text(Tag.INSTANCE_UID, "UI", "1.73519.3")
        .text(Tag.FRAME_OF_REFERENCE, "UI", "1.73519.4")
        .text(Tag.UNITS, "CS", "ZQ")
        .text(Tag.WINDOW_CENTER, "DS", "73519.3")
        .text(Tag.WINDOW_WIDTH, "DS", "73519.4")
        .text(0x0019_1001, "LO", "ZQ private");
  }

  private void collect(DicomBytes file) {
    collect(file.file(TransferSyntax.EXPLICIT_LITTLE));
    collect(file.dataSet(TransferSyntax.IMPLICIT_LITTLE));
  }

  private void collect(byte[] content) {
    try {
      DicomFile file = DicomFile.of("name.dcm", content);
      DicomFile other = DicomFile.of("other.dcm", right().file());
      attempt(file::frames);
      attempt(() -> file.voi(0));
      attempt(() -> messages.add(file.voi(0).toString()));
      attempt(() -> messages.add(file.units().toString()));
      attempt(() -> file.highIsWhite(0));
      attempt(() -> HMAC.of(file.header()));
      attempt(() -> DicomSeries.of(List.of(file)));
      attempt(() -> DicomSeries.of(List.of(other, file)));
      messages.add(file + " " + file.header() + " " + file.header().planes() + HMAC);
    } catch (IOException | RuntimeException e) {
      messages.add(e.toString());
    }
  }

  /** A step that may fail. */
  private interface Step {
    Object run() throws IOException;
  }

  private void attempt(Step step) {
    try {
      step.run();
    } catch (IOException | RuntimeException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        messages.add(cause.toString());
      }
    }
  }

  private void assertNoTokens(int faults) {
    System.out.printf("%d different errors of DICOM files show no value%n", messages.size());
    // Fewer would mean that breaking a file no longer breaks it.
    assertThat(messages).hasSizeGreaterThan(faults);
    assertThat(messages)
        .allSatisfy(
            message ->
                assertThat(message.toLowerCase(Locale.ROOT))
                    .doesNotContain(TOKENS)
                    .doesNotContain("\n"));
  }

  @Test
  void attributes_eachReplacedOrMissing_causeErrorsWithoutTheirValues() {
    for (TransferSyntax syntax : TransferSyntax.values()) {
      collect(right().file(syntax));
    }
    for (Tag tag : Tag.values()) {
      collect(right().without(tag));
      collect(right().text(tag, "LO", "ZQother"));
      collect(right().text(tag, "UN", "ZQother"));
      for (String text :
          List.of(
              "ZQ",
              "73519",
              "73519\\73519",
              "-73519.5",
              "7351973519e999",
              "0",
              "1",
              "\u00e4ZQ",
              "\033ZQ")) {
        for (String representation : List.of("CS", "DS", "IS", "LO", "UI", "US", "OW", "OB")) {
          collect(right().text(tag, representation, text));
        }
      }
      for (int number : new int[] {0x515A, 0, 1, 3, 8, 0xFFFF}) {
        collect(right().words(tag, "US", number));
        collect(right().words(tag, "US", number, number, number));
      }
      DicomBytes inner = new DicomBytes().text(Tag.POSITION, "DS", "ZQ").words(tag, "US", 0x515A);
      collect(right().sequence(tag, inner));
      collect(right().sequence(tag, inner, inner));
    }
    assertNoTokens(100);
  }

  @Test
  void bytes_eachBrokenOrCutOff_causeErrorsWithoutValues() throws IOException {
    byte[] right = right().file();
    for (int at = 128; at < right.length; at++) {
      for (byte by : new byte[] {'Z', (byte) 0xFF, 0}) {
        byte[] broken = right.clone();
        broken[at] = by;
        collect(broken);
      }
      collect(Arrays.copyOf(right, at));
    }
    collect("ZQ73519,ZQ73519\n".repeat(30).getBytes(StandardCharsets.UTF_8));
    assertNoTokens(50);
  }
}
