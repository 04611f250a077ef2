package org.dpfed.imaging.dicom;

import java.util.Optional;
import org.dpfed.imaging.Image;

/** Turns the numbers of a frame into an image. */
interface FrameDecoder {
  /**
   * Decodes one frame.
   *
   * @param planar whether numbers are colour after colour, not pixel after pixel
   */
  Image decode(int frame, Numbers numbers, boolean planar) throws DicomException;

  /** What turns stored numbers of a frame into those of the modality. */
  @FunctionalInterface
  interface Transforms {
    ModalityTransform of(int frame) throws DicomException;
  }

  static FrameDecoder of(
      PixelElement pixels, DataSet file, PixelFormat format, Transforms transforms)
      throws DicomException {
    if (format.photometric().isGrey()) {
      boolean integers = pixels.tag() == Tag.PIXELS;
      return (frame, numbers, planar) -> {
        float[] values = grey(format, numbers, integers, transforms.of(frame));
        if (!areFinite(values)) {
          throw file.error(pixels.tag(), "become infinite or no number");
        }
        return new Image(1, format.rows(), format.columns(), values);
      };
    }
    boolean isPalette = format.photometric() == Photometric.PALETTE_COLOR;
    Optional<Palette> palette =
        isPalette ? Optional.of(Palette.of(file, format)) : Optional.empty();
    return (frame, numbers, planar) -> {
      if (!transforms.of(frame).equals(ModalityTransform.NONE)) {
        throw file.error(
            Tag.PHOTOMETRIC, "colours have no unit, and the file states a transform to one");
      }
      if (palette.isPresent()) {
        return palette.get().colours(format, numbers);
      }
      return format.photometric().isYbr()
          ? Ybr.colours(format, numbers, planar)
          : colours(format, numbers, planar);
    };
  }

  private static float[] grey(
      PixelFormat format, Numbers numbers, boolean integers, ModalityTransform transform) {
    int bits = format.bitsAllocated();
    float[] values = new float[format.pixelsPerFrame()];
    for (int i = 0; i < values.length; i++) {
      double stored =
          integers ? format.stored(numbers.integer(i, bits)) : numbers.floating(i, bits);
      values[i] = (float) transform.apply(stored);
    }
    return values;
  }

  /** Whether all are; zero times anything else is no number. */
  private static boolean areFinite(float[] values) {
    float sum = 0;
    for (float value : values) {
      sum += 0 * value;
    }
    return sum == 0;
  }

  private static Image colours(PixelFormat format, Numbers numbers, boolean planar) {
    int bits = format.bitsAllocated();
    int pixels = format.pixelsPerFrame();
    float[] values = new float[3 * pixels];
    for (int colour = 0; colour < 3; colour++) {
      for (int i = 0; i < pixels; i++) {
        int index = planar ? colour * pixels + i : 3 * i + colour;
        values[colour * pixels + i] = (float) format.stored(numbers.integer(index, bits));
      }
    }
    return new Image(3, format.rows(), format.columns(), values);
  }
}
