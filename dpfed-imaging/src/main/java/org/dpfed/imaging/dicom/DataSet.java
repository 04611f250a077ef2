package org.dpfed.imaging.dicom;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The attributes of a file, or of one item of a sequence, that are in {@link Tag}. An attribute
 * with an empty value is one that is missing. Errors name the attribute and never its value.
 */
final class DataSet {
  private final String source;
  private final Map<Tag, Element> elements = new HashMap<>();
  private final Map<Tag, List<DataSet>> sequences = new HashMap<>();

  DataSet(String source) {
    this.source = source;
  }

  void put(Tag tag, Element element) throws DicomException {
    if (!tag.allows(element.representation())) {
      throw error(tag, "has a value representation that the standard does not allow for it");
    }
    if (elements.put(tag, element) != null) {
      throw error(tag, "is there twice");
    }
  }

  void put(Tag tag, List<DataSet> items) throws DicomException {
    if (sequences.put(tag, items) != null) {
      throw error(tag, "is there twice");
    }
  }

  DicomException error(Tag tag, String problem) {
    return new DicomException(source, tag, problem);
  }

  DicomException missing(Tag tag) {
    return error(tag, "is missing");
  }

  boolean has(Tag tag) {
    return element(tag).isPresent() || !items(tag).isEmpty();
  }

  Optional<Element> element(Tag tag) {
    return Optional.ofNullable(elements.get(tag)).filter(found -> found.bytes().length > 0);
  }

  /** The items of a sequence; none when it is missing. */
  List<DataSet> items(Tag tag) {
    return sequences.getOrDefault(tag, List.of());
  }

  /** The item of a sequence that has at most one. */
  Optional<DataSet> onlyItem(Tag tag) throws DicomException {
    List<DataSet> items = items(tag);
    if (items.size() > 1) {
      throw error(tag, "has more than one item");
    }
    return items.stream().findFirst();
  }

  /** An unsigned number of two bytes. */
  OptionalInt number(Tag tag) throws DicomException {
    Optional<Element> element = element(tag);
    if (element.isEmpty()) {
      return OptionalInt.empty();
    }
    if (element.get().bytes().length != 2) {
      throw error(tag, "is not one number of two bytes");
    }
    return OptionalInt.of(element.get().unsignedShort(0));
  }

  int requiredNumber(Tag tag) throws DicomException {
    OptionalInt number = number(tag);
    if (number.isEmpty()) {
      throw missing(tag);
    }
    return number.getAsInt();
  }

  /** Decimal numbers written as text; none when it is missing. */
  List<Double> decimals(Tag tag) throws DicomException {
    List<Double> numbers = new ArrayList<>();
    Optional<String> text = ascii(tag);
    if (text.isEmpty()) {
      return numbers;
    }
    for (String number : text.get().split("\\\\", -1)) {
      numbers.add(decimal(tag, number.strip()));
    }
    return numbers;
  }

  private double decimal(Tag tag, String text) throws DicomException {
    // Java would take 1d, 0x1p3 and NaN too.
    boolean isDecimal =
        !text.isEmpty() && text.chars().allMatch(c -> "0123456789+-.eE".indexOf(c) >= 0);
    try {
      double number = isDecimal ? Double.parseDouble(text) : Double.NaN;
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // As below.
    }
    throw error(tag, "is not a decimal number");
  }

  /** Exactly so many decimal numbers; none when it is missing. */
  List<Double> decimals(Tag tag, int count) throws DicomException {
    List<Double> numbers = decimals(tag);
    if (!numbers.isEmpty() && numbers.size() != count) {
      throw error(tag, "must be " + count + " decimal numbers");
    }
    return List.copyOf(numbers);
  }

  /** One decimal number. */
  Optional<Double> decimalNumber(Tag tag) throws DicomException {
    return decimals(tag, 1).stream().findFirst();
  }

  /** Text in ASCII, without the padding around it; empty when it is missing or only padding. */
  Optional<String> ascii(Tag tag) throws DicomException {
    Optional<Element> element = element(tag);
    if (element.isEmpty()) {
      return Optional.empty();
    }
    for (byte one : element.get().bytes()) {
      if (one < 0) {
        throw error(tag, "has bytes beyond ASCII");
      }
    }
    return unpadded(new String(element.get().bytes(), StandardCharsets.US_ASCII));
  }

  String requiredAscii(Tag tag) throws DicomException {
    return ascii(tag).orElseThrow(() -> missing(tag));
  }

  /** Text in the character set of the file, without the padding around it. */
  Optional<String> text(Tag tag, CharacterSet characters) throws DicomException {
    Optional<Element> element = element(tag);
    if (element.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> text = characters.decode(element.get().bytes());
    if (text.isEmpty()) {
      throw error(
          tag,
          "cannot be read in the file's Specific Character Set: convert the file to UTF-8, as"
              + " dcmconv +U8 does");
    }
    return unpadded(text.get());
  }

  /**
   * Leading and trailing spaces, and the zero that makes identifiers even, mean nothing (Part 5).
   */
  private static Optional<String> unpadded(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && text.charAt(start) <= ' ') {
      start++;
    }
    while (end > start && text.charAt(end - 1) <= ' ') {
      end--;
    }
    return start == end ? Optional.empty() : Optional.of(text.substring(start, end));
  }
}
