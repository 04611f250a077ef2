package org.dpfed.imaging.dicom;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The attributes that are read, all others being passed over, with their name and their value
 * representations as in Part 6. Those without one are texts to compare with a query, whatever their
 * representation: no image is refused for theirs.
 */
enum Tag {
  SOURCE_AE_TITLE(0x0002_0016, "Source Application Entity Title", "AE"),
  TRANSFER_SYNTAX(0x0002_0010, "Transfer Syntax UID", "UI"),
  CHARACTER_SET(0x0008_0005, "Specific Character Set", "CS"),
  SOP_CLASS(0x0008_0016, "SOP Class UID", "UI"),
  INSTANCE_UID(0x0008_0018, "SOP Instance UID", "UI"),
  STUDY_DATE(0x0008_0020, "Study Date"),
  SERIES_DATE(0x0008_0021, "Series Date"),
  MODALITY(0x0008_0060, "Modality", "CS"),
  MODALITIES(0x0008_0061, "Modalities in Study"),
  MANUFACTURER(0x0008_0070, "Manufacturer"),
  INSTITUTION(0x0008_0080, "Institution Name", "LO"),
  STATION(0x0008_1010, "Station Name"),
  STUDY_DESCRIPTION(0x0008_1030, "Study Description"),
  SERIES_DESCRIPTION(0x0008_103E, "Series Description"),
  MODEL_NAME(0x0008_1090, "Manufacturer's Model Name"),
  PATIENT_ID(0x0010_0020, "Patient ID", "LO"),
  BODY_PART(0x0018_0015, "Body Part Examined"),
  PROTOCOL(0x0018_1030, "Protocol Name"),
  STUDY_UID(0x0020_000D, "Study Instance UID", "UI"),
  SERIES_UID(0x0020_000E, "Series Instance UID", "UI"),
  POSITION(0x0020_0032, "Image Position (Patient)", "DS"),
  ORIENTATION(0x0020_0037, "Image Orientation (Patient)", "DS"),
  FRAME_OF_REFERENCE(0x0020_0052, "Frame of Reference UID", "UI"),
  PLANE_POSITION_SEQUENCE(0x0020_9113, "Plane Position Sequence", "SQ"),
  PLANE_ORIENTATION_SEQUENCE(0x0020_9116, "Plane Orientation Sequence", "SQ"),
  LATERALITY(0x0020_0060, "Laterality"),
  SAMPLES(0x0028_0002, "Samples per Pixel", "US"),
  PHOTOMETRIC(0x0028_0004, "Photometric Interpretation", "CS"),
  PLANAR(0x0028_0006, "Planar Configuration", "US"),
  FRAMES(0x0028_0008, "Number of Frames", "IS"),
  ROWS(0x0028_0010, "Rows", "US"),
  COLUMNS(0x0028_0011, "Columns", "US"),
  SPACING(0x0028_0030, "Pixel Spacing", "DS"),
  BITS_ALLOCATED(0x0028_0100, "Bits Allocated", "US"),
  BITS_STORED(0x0028_0101, "Bits Stored", "US"),
  HIGH_BIT(0x0028_0102, "High Bit", "US"),
  SIGNED(0x0028_0103, "Pixel Representation", "US"),
  WINDOW_CENTER(0x0028_1050, "Window Center", "DS"),
  WINDOW_WIDTH(0x0028_1051, "Window Width", "DS"),
  INTERCEPT(0x0028_1052, "Rescale Intercept", "DS"),
  SLOPE(0x0028_1053, "Rescale Slope", "DS"),
  RESCALE_TYPE(0x0028_1054, "Rescale Type", "LO"),
  VOI_FUNCTION(0x0028_1056, "VOI LUT Function", "CS"),
  RED_DESCRIPTOR(0x0028_1101, "Red Palette Color Lookup Table Descriptor", "US", "SS"),
  GREEN_DESCRIPTOR(0x0028_1102, "Green Palette Color Lookup Table Descriptor", "US", "SS"),
  BLUE_DESCRIPTOR(0x0028_1103, "Blue Palette Color Lookup Table Descriptor", "US", "SS"),
  RED_DATA(0x0028_1201, "Red Palette Color Lookup Table Data", "OW", "US", "SS"),
  GREEN_DATA(0x0028_1202, "Green Palette Color Lookup Table Data", "OW", "US", "SS"),
  BLUE_DATA(0x0028_1203, "Blue Palette Color Lookup Table Data", "OW", "US", "SS"),
  SEGMENTED_RED_DATA(0x0028_1221, "Segmented Red Palette Color Lookup Table Data", "OW"),
  MODALITY_LUT_SEQUENCE(0x0028_3000, "Modality LUT Sequence", "SQ"),
  LUT_DESCRIPTOR(0x0028_3002, "LUT Descriptor", "US", "SS"),
  MODALITY_LUT_TYPE(0x0028_3004, "Modality LUT Type", "LO"),
  LUT_DATA(0x0028_3006, "LUT Data", "OW", "US", "SS"),
  VOI_LUT_SEQUENCE(0x0028_3010, "VOI LUT Sequence", "SQ"),
  PIXEL_MEASURES_SEQUENCE(0x0028_9110, "Pixel Measures Sequence", "SQ"),
  FRAME_VOI_SEQUENCE(0x0028_9132, "Frame VOI LUT Sequence", "SQ"),
  TRANSFORMATION_SEQUENCE(0x0028_9145, "Pixel Value Transformation Sequence", "SQ"),
  STEP_START_DATE(0x0040_0244, "Performed Procedure Step Start Date"),
  UNITS(0x0054_1001, "Units", "CS"),
  DOSE_UNITS(0x3004_0002, "Dose Units", "CS"),
  DOSE_SCALING(0x3004_000E, "Dose Grid Scaling", "DS"),
  SHARED_GROUPS(0x5200_9229, "Shared Functional Groups Sequence", "SQ"),
  PER_FRAME_GROUPS(0x5200_9230, "Per-Frame Functional Groups Sequence", "SQ"),
  FLOAT_PIXELS(0x7FE0_0008, "Float Pixel Data", "OF"),
  DOUBLE_PIXELS(0x7FE0_0009, "Double Float Pixel Data", "OD"),
  PIXELS(0x7FE0_0010, "Pixel Data", "OB", "OW", "OL");

  private static final Map<Integer, Tag> BY_NUMBER =
      Arrays.stream(values()).collect(Collectors.toMap(Tag::number, Function.identity()));

  private final int number;
  private final String meaning;
  private final String representations;

  Tag(int number, String meaning, String... representations) {
    this.number = number;
    this.meaning = meaning;
    this.representations = String.join(" ", representations);
  }

  /** The attribute with this number, group first; null when it is not read. */
  static @Nullable Tag of(int number) {
    return BY_NUMBER.get(number);
  }

  /** Group in the upper, element in the lower half. */
  int number() {
    return number;
  }

  boolean isSequence() {
    return representations.contains("SQ");
  }

  /** Where the data of the image are. */
  boolean isPixels() {
    return this == PIXELS || this == FLOAT_PIXELS || this == DOUBLE_PIXELS;
  }

  /** Implicit value representations and unknown ones fit every attribute. */
  boolean allows(String representation) {
    return representations.isEmpty()
        || representation.isEmpty()
        || representation.equals("UN")
        || representations.contains(representation);
  }

  /** Such as {@code (0028,0010) Rows}. */
  @Override
  public String toString() {
    return "(%04X,%04X) %s".formatted(number >>> 16, number & 0xFFFF, meaning);
  }
}
