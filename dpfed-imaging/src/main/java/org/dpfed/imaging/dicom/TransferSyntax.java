package org.dpfed.imaging.dicom;

import java.util.Arrays;
import java.util.Optional;

/** How a file is encoded (Part 5, Annex A). Those that are compressed, but for RLE, are refused. */
public enum TransferSyntax {
  /** Implicit VR Little Endian. */
  IMPLICIT_LITTLE("1.2.840.10008.1.2", "Implicit VR Little Endian", true),
  /** Explicit VR Little Endian. */
  EXPLICIT_LITTLE("1.2.840.10008.1.2.1", "Explicit VR Little Endian", true),
  /** Deflated Explicit VR Little Endian. */
  DEFLATED("1.2.840.10008.1.2.1.99", "Deflated Explicit VR Little Endian", true),
  /** Explicit VR Big Endian, which the standard has retired. */
  EXPLICIT_BIG("1.2.840.10008.1.2.2", "Explicit VR Big Endian", true),
  /** RLE Lossless. */
  RLE("1.2.840.10008.1.2.5", "RLE Lossless", true),
  /** Not compressed, but in fragments. */
  ENCAPSULATED(
      "1.2.840.10008.1.2.1.98", "Encapsulated Uncompressed Explicit VR Little Endian", false),
  /** JPEG Baseline. */
  JPEG_BASELINE("1.2.840.10008.1.2.4.50", "JPEG Baseline", false),
  /** JPEG Extended. */
  JPEG_EXTENDED("1.2.840.10008.1.2.4.51", "JPEG Extended", false),
  /** JPEG Lossless, any predictor. */
  JPEG_LOSSLESS("1.2.840.10008.1.2.4.57", "JPEG Lossless", false),
  /** JPEG Lossless, first-order prediction. */
  JPEG_LOSSLESS_FIRST_ORDER(
      "1.2.840.10008.1.2.4.70", "JPEG Lossless, First-Order Prediction", false),
  /** JPEG-LS, lossless. */
  JPEG_LS_LOSSLESS("1.2.840.10008.1.2.4.80", "JPEG-LS Lossless", false),
  /** JPEG-LS, near lossless. */
  JPEG_LS("1.2.840.10008.1.2.4.81", "JPEG-LS Near-Lossless", false),
  /** JPEG 2000, lossless. */
  JPEG_2000_LOSSLESS("1.2.840.10008.1.2.4.90", "JPEG 2000 Lossless Only", false),
  /** JPEG 2000. */
  JPEG_2000("1.2.840.10008.1.2.4.91", "JPEG 2000", false),
  /** JPEG 2000, multi-component, lossless. */
  JPEG_2000_PART_2_LOSSLESS(
      "1.2.840.10008.1.2.4.92", "JPEG 2000 Part 2 Multi-component Lossless Only", false),
  /** JPEG 2000, multi-component. */
  JPEG_2000_PART_2("1.2.840.10008.1.2.4.93", "JPEG 2000 Part 2 Multi-component", false),
  /** Pixels referenced by an address. */
  JPIP("1.2.840.10008.1.2.4.94", "JPIP Referenced", false),
  /** Pixels referenced by an address, deflated. */
  JPIP_DEFLATED("1.2.840.10008.1.2.4.95", "JPIP Referenced Deflate", false),
  /** MPEG2 video, main level. */
  MPEG2("1.2.840.10008.1.2.4.100", "MPEG2 Main Profile / Main Level", false),
  /** MPEG2 video, high level. */
  MPEG2_HIGH("1.2.840.10008.1.2.4.101", "MPEG2 Main Profile / High Level", false),
  /** MPEG-4 video. */
  MPEG4("1.2.840.10008.1.2.4.102", "MPEG-4 AVC/H.264 High Profile", false),
  /** HEVC video. */
  HEVC("1.2.840.10008.1.2.4.107", "HEVC/H.265 Main Profile", false),
  /** High-throughput JPEG 2000, lossless. */
  HTJ2K_LOSSLESS("1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 Lossless Only", false),
  /** High-throughput JPEG 2000, lossless, by resolution. */
  HTJ2K_RPCL("1.2.840.10008.1.2.4.202", "High-Throughput JPEG 2000 RPCL Lossless Only", false),
  /** High-throughput JPEG 2000. */
  HTJ2K("1.2.840.10008.1.2.4.203", "High-Throughput JPEG 2000", false);

  static final String REMEDY =
      "ask the server for Explicit VR Little Endian, 1.2.840.10008.1.2.1, or convert the file";

  private final String uid;
  private final String meaning;
  private final boolean read;

  TransferSyntax(String uid, String meaning, boolean read) {
    this.uid = uid;
    this.meaning = meaning;
    this.read = read;
  }

  /** Its unique identifier. */
  public String uid() {
    return uid;
  }

  /** Its name in Part 6. */
  public String meaning() {
    return meaning;
  }

  /** Whether files with it are read. */
  public boolean isRead() {
    return read;
  }

  boolean isExplicit() {
    return this != IMPLICIT_LITTLE;
  }

  boolean isBigEndian() {
    return this == EXPLICIT_BIG;
  }

  /** The one that is read, or an error with its name and the remedy. */
  static TransferSyntax require(String source, String uid) throws DicomException {
    Optional<TransferSyntax> known =
        Arrays.stream(values()).filter(syntax -> syntax.uid.equals(uid)).findFirst();
    if (known.isPresent() && known.get().read) {
      return known.get();
    }
    throw new DicomException(
        source,
        Tag.TRANSFER_SYNTAX,
        known.map(syntax -> syntax.meaning + " is not read").orElse("one that is not known here")
            + ": "
            + REMEDY);
  }
}
