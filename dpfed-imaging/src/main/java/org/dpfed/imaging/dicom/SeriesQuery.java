package org.dpfed.imaging.dicom;

import com.fasterxml.jackson.databind.JsonNode;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What series on a server must have (QIDO-RS), and whether what it sends has it: a server may
 * ignore an attribute by which it cannot select, and then answers with everything (Part 18). Values
 * match as in Part 4, section C.2.2.2: single ones, ranges of dates, {@code *} and {@code ?}, and
 * one of several between commas or backslashes; whether case counts is left to the server. No error
 * shows a value.
 */
public final class SeriesQuery {
  private static final Map<String, Tag> BY_KEYWORD =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("BodyPartExamined", Tag.BODY_PART),
              Map.entry("InstitutionName", Tag.INSTITUTION),
              Map.entry("Laterality", Tag.LATERALITY),
              Map.entry("Manufacturer", Tag.MANUFACTURER),
              Map.entry("ManufacturerModelName", Tag.MODEL_NAME),
              Map.entry("ModalitiesInStudy", Tag.MODALITIES),
              Map.entry("Modality", Tag.MODALITY),
              Map.entry("PatientID", Tag.PATIENT_ID),
              Map.entry("PerformedProcedureStepStartDate", Tag.STEP_START_DATE),
              Map.entry("ProtocolName", Tag.PROTOCOL),
              Map.entry("SeriesDate", Tag.SERIES_DATE),
              Map.entry("SeriesDescription", Tag.SERIES_DESCRIPTION),
              Map.entry("SeriesInstanceUID", Tag.SERIES_UID),
              Map.entry("StationName", Tag.STATION),
              Map.entry("StudyDate", Tag.STUDY_DATE),
              Map.entry("StudyDescription", Tag.STUDY_DESCRIPTION),
              Map.entry("StudyInstanceUID", Tag.STUDY_UID)));

  private static final Set<Tag> DATES =
      Set.of(Tag.STUDY_DATE, Tag.SERIES_DATE, Tag.STEP_START_DATE);

  private static final String OTHER =
      "is not what the query asks for, so the server does not select by it: select by others";

  private final Map<Tag, String> asked;

  private SeriesQuery(Map<Tag, String> asked) {
    this.asked = asked;
  }

  /**
   * A query.
   *
   * @param matching attributes by keyword, such as {@code Modality}, and the value that they must
   *     have; empty for all series
   * @throws IllegalArgumentException when an attribute is none that can be compared
   */
  public static SeriesQuery of(Map<String, String> matching) {
    Map<Tag, String> asked = new LinkedHashMap<>();
    matching.forEach(
        (keyword, value) -> {
          Tag tag = BY_KEYWORD.get(keyword);
          if (tag == null) {
            throw new IllegalArgumentException(
                "a query needs attributes that an answer can be compared with: "
                    + String.join(", ", BY_KEYWORD.keySet()));
          }
          asked.put(tag, Normalizer.normalize(value.strip(), Normalizer.Form.NFC));
        });
    // A value of stars alone is no condition: what is missing matches it too.
    asked.values().removeIf(value -> value.chars().allMatch(c -> c == '*'));
    return new SeriesQuery(asked);
  }

  /**
   * Checks an instance of a series that the server found.
   *
   * @throws DicomException when it lacks an attribute of the query, or has another value
   */
  public void requireMatch(DicomFile file) throws DicomException {
    for (Map.Entry<Tag, String> each : asked.entrySet()) {
      Tag tag = each.getKey();
      // This one is of no instance, and was in the answer to the search.
      if (tag == Tag.MODALITIES) {
        continue;
      }
      String value =
          file.text(tag)
              .orElseThrow(
                  () ->
                      new DicomException(
                          file.toString(),
                          tag,
                          "is missing, so nothing shows that the server selects by it: select by"
                              + " others"));
      if (!matches(tag, each.getValue(), List.of(value.split("\\\\")))) {
        throw new DicomException(file.toString(), tag, OTHER);
      }
    }
  }

  /** Checks one of the series that a server answers with, as far as the answer shows them. */
  void requireMatch(String server, JsonNode found) throws DicomException {
    for (Map.Entry<Tag, String> each : asked.entrySet()) {
      Tag tag = each.getKey();
      List<String> values = new ArrayList<>();
      found
          .path("%08X".formatted(tag.number()))
          .path("Value")
          .forEach(value -> values.add(value.asText()));
      if (values.isEmpty() && tag == Tag.MODALITIES) {
        throw new DicomException(
            server,
            tag,
            "is missing in an answer, so nothing shows that the server selects by it: select by"
                + " others");
      }
      if (!values.isEmpty() && !matches(tag, each.getValue(), values)) {
        throw new DicomException(server, tag, OTHER);
      }
    }
  }

  private static boolean matches(Tag tag, String asked, List<String> values) {
    Set<String> alternatives = new TreeSet<>(List.of(asked.split("[\\\\,]")));
    alternatives.add(asked);
    return values.stream()
        .map(value -> Normalizer.normalize(value.strip(), Normalizer.Form.NFC))
        .anyMatch(value -> alternatives.stream().anyMatch(one -> matches(tag, one.strip(), value)));
  }

  private static boolean matches(Tag tag, String asked, String value) {
    boolean isRange = DATES.contains(tag) && asked.indexOf('-') >= 0;
    return isRange
        ? isWithin(asked, value.replace(".", ""))
        : pattern(asked).matcher(value).matches();
  }

  /** Ends of a range count, and one of them may be missing. */
  private static boolean isWithin(String range, String date) {
    int dash = range.indexOf('-');
    String first = range.substring(0, dash).strip();
    String last = range.substring(dash + 1).strip();
    return date.compareTo(first) >= 0 && (last.isEmpty() || date.compareTo(last) <= 0);
  }

  private static Pattern pattern(String asked) {
    StringBuilder pattern = new StringBuilder();
    asked
        .codePoints()
        .forEach(
            c ->
                pattern.append(
                    c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString(c))));
    return Pattern.compile(
        pattern.toString(), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL);
  }

  /** Shows no value. */
  @Override
  public String toString() {
    return "query of " + asked.size() + " attributes";
  }
}
