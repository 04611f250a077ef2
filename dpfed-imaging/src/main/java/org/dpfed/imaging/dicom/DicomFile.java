package org.dpfed.imaging.dicom;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.dpfed.imaging.Image;

/**
 * An image in DICOM format (Part 10). Opening it reads its header only; pixels are read when asked
 * for, from the file, which is not kept open. Safe for use by several threads.
 *
 * <p>Methods that read throw {@link DicomException} for what is damaged or not supported, and other
 * {@code IOException}s when the file cannot be read at all.
 */
public final class DicomFile {
  private final Source source;
  private final Part10 part10;
  private final long size;
  private final DataSet attributes;
  private final PixelElement pixels;
  private final PixelFormat format;
  private final FunctionalGroups groups;
  private final Units units;
  private final DicomHeader header;

  /** Reads the header of a file. */
  public static DicomFile open(Path file) throws IOException {
    return new DicomFile(new Source.OfFile(file));
  }

  /**
   * Reads the header of a file in memory.
   *
   * @param name for errors, such as its address
   * @param content kept, not copied, so the caller gives it away
   */
  public static DicomFile of(String name, byte[] content) throws IOException {
    return new DicomFile(new Source.OfBytes(name, content));
  }

  private DicomFile(Source source) throws IOException {
    this.source = source;
    try (Cursor file = source.open()) {
      size = file.size();
      part10 = Part10.read(file, source.name());
      Cursor cursor = part10.dataSet(file, source.name());
      TransferSyntax syntax = part10.syntax();
      DataSetReader reader =
          new DataSetReader(
              source.name(),
              cursor,
              part10.dataSetStart(),
              syntax.isExplicit(),
              syntax.isBigEndian());
      attributes = reader.readAll();
      pixels = reader.pixels();
      format = PixelFormat.of(attributes, pixels);
      new PixelReader(source.name(), cursor, pixels, format).checkLength(syntax);
    }
    groups = new FunctionalGroups(attributes, format.frames());
    units = groups.units();
    header = DicomHeader.of(part10, source.name(), attributes, format, groups.planes());
  }

  /** What the numbers of all frames mean. */
  Units units() {
    return units;
  }

  /** Text of the file as a whole. */
  Optional<String> ascii(Tag tag) throws DicomException {
    return attributes.ascii(tag);
  }

  /** Text of the file as a whole, in its character set. */
  Optional<String> text(Tag tag) throws DicomException {
    return attributes.text(tag, CharacterSet.of(attributes));
  }

  /** What is known without the pixels. */
  public DicomHeader header() {
    return header;
  }

  /**
   * One frame. Grey values are in the units of the modality: rescale slope and intercept, the
   * modality's table or the scaling of doses are applied, and MONOCHROME1 stays as it is. Colours
   * are red, green and blue as stored. Values are rounded to floats, which whole numbers up to
   * 2<sup>24</sup> survive.
   *
   * @param frame counted from 0
   * @throws IndexOutOfBoundsException when there is no such frame
   */
  public Image frame(int frame) throws IOException {
    Objects.checkIndex(frame, format.frames());
    return read(frame, frame + 1).get(0);
  }

  /** All frames, in their order in the file, each as by {@link #frame}. */
  public List<Image> frames() throws IOException {
    return read(0, format.frames());
  }

  private List<Image> read(int first, int end) throws IOException {
    try (Cursor file = source.open()) {
      if (file.size() != size) {
        throw new DicomException(source.name(), "changed after its header was read");
      }
      PixelReader reader =
          new PixelReader(source.name(), part10.dataSet(file, source.name()), pixels, format);
      return reader.read(first, end, FrameDecoder.of(pixels, attributes, format, this::transform));
    }
  }

  private ModalityTransform transform(int frame) throws DicomException {
    return ModalityTransform.of(attributes, groups.rescale(frame), format);
  }

  /**
   * What the file proposes as values of interest of a frame: tables first, then windows, in the
   * file's order; often none.
   *
   * @throws DicomException when they are damaged, or the frame has colours
   */
  public List<Voi> voi(int frame) throws DicomException {
    Objects.checkIndex(frame, format.frames());
    requireGrey();
    boolean signed = transform(frame).range(format)[0] < 0;
    return VoiReader.read(attributes, groups.group(Tag.FRAME_VOI_SEQUENCE, frame), signed);
  }

  /**
   * One frame from 0 for black to 1 for white: {@link #frame}, then the values of interest, then,
   * for MONOCHROME1, 1 minus that.
   *
   * @throws DicomException when the frame has colours too
   */
  public Image windowed(int frame, Voi voi) throws IOException {
    requireGrey();
    Image image = voi.apply(frame(frame));
    return isInverted() ? inverted(image, 0, 1) : image;
  }

  /**
   * One frame with high values for white: {@link #frame}, and for MONOCHROME1 {@code low + high −
   * value}, where low and high are what the lowest and highest number of the stored bits become in
   * the units of the modality. The image's own minimum and maximum play no part.
   *
   * @throws DicomException when the frame has colours too
   */
  public Image highIsWhite(int frame) throws IOException {
    requireGrey();
    Image image = frame(frame);
    if (!isInverted()) {
      return image;
    }
    if (pixels.tag() != Tag.PIXELS) {
      throw attributes.error(Tag.PHOTOMETRIC, "MONOCHROME1 of floats has no range to invert");
    }
    double[] range = transform(frame).range(format);
    return inverted(image, range[0], range[1]);
  }

  private boolean isInverted() {
    return format.photometric() == Photometric.MONOCHROME1;
  }

  private static Image inverted(Image image, double low, double high) {
    float[] values = image.values();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (low + high - values[i]);
    }
    return new Image(1, image.height(), image.width(), values);
  }

  private void requireGrey() throws DicomException {
    if (!format.photometric().isGrey()) {
      throw attributes.error(Tag.PHOTOMETRIC, "this is for grey pixels, and these are colours");
    }
  }

  /** The name of the file alone. */
  @Override
  public String toString() {
    return source.name();
  }
}
