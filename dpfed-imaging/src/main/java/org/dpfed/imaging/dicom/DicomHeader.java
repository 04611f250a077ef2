package org.dpfed.imaging.dicom;

import java.util.List;
import java.util.Optional;

/**
 * What is known of a file before its pixels are read. Texts are without padding; one that is
 * missing or only padding is empty. Some identify the patient: do not log or store them.
 *
 * @param source the file or address as given
 * @param transferSyntax of the file
 * @param sopClassUid kind of the instance
 * @param studyUid of all series of an examination
 * @param seriesUid of all instances of a series
 * @param instanceUid of this instance
 * @param patientId see {@link PatientHmac}
 * @param modality such as CT
 * @param institutionName where it was made
 * @param sourceAeTitle application that sent the file
 * @param rows of each frame
 * @param columns of each frame
 * @param photometric meaning of the pixels
 * @param planes where each frame lies; as many as there are frames
 */
public record DicomHeader(
    String source,
    TransferSyntax transferSyntax,
    Optional<String> sopClassUid,
    Optional<String> studyUid,
    Optional<String> seriesUid,
    Optional<String> instanceUid,
    Optional<String> patientId,
    Optional<String> modality,
    Optional<String> institutionName,
    Optional<String> sourceAeTitle,
    int rows,
    int columns,
    Photometric photometric,
    List<Plane> planes) {

  static DicomHeader of(
      Part10 part10, String source, DataSet file, PixelFormat format, List<Plane> planes)
      throws DicomException {
    CharacterSet characters = CharacterSet.of(file);
    return new DicomHeader(
        source,
        part10.syntax(),
        file.ascii(Tag.SOP_CLASS),
        file.ascii(Tag.STUDY_UID),
        file.ascii(Tag.SERIES_UID),
        file.ascii(Tag.INSTANCE_UID),
        file.text(Tag.PATIENT_ID, characters),
        file.ascii(Tag.MODALITY),
        file.text(Tag.INSTITUTION, characters),
        part10.sourceAeTitle(),
        format.rows(),
        format.columns(),
        format.photometric(),
        planes);
  }

  /** Number of frames. */
  public int frames() {
    return planes.size();
  }

  /**
   * The institution, else the application that sent the file: a site, when one of both is known.
   */
  public Optional<String> site() {
    return institutionName.or(() -> sourceAeTitle);
  }

  /** Shows no value but the size. */
  @Override
  public String toString() {
    return "DICOM header of %d frames of %d × %d".formatted(frames(), rows, columns);
  }
}
