package org.dpfed.imaging.nifti;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.dpfed.data.MalformedDataException;

/**
 * The 348 bytes that say what the voxels are ({@code nifti1.h} of the NIfTI Data Format Working
 * Group, version 1). Fields that no reading needs are left out.
 *
 * @param bytes in the order of the file
 * @param type of a voxel
 * @param shape of one volume
 * @param volumes how many there are
 * @param offset of the first voxel in its file
 */
record NiftiHeader(
    ByteBuffer bytes, NiftiType type, List<Integer> shape, int volumes, long offset) {
  static final int LENGTH = 348;

  private static final int NIFTI_2 = 540;
  private static final int AXES = 7;
  private static final int DIM = 40;
  private static final int DATATYPE = 70;
  private static final int BITPIX = 72;
  private static final int VOX_OFFSET = 108;
  private static final int SCL_SLOPE = 112;
  private static final int SCL_INTER = 116;
  private static final int MAGIC = 344;

  /** The single file's header is followed by four bytes that say whether there are extensions. */
  private static final int SINGLE_FILE_OFFSET = 352;

  /**
   * @param start the first 348 bytes of a file, or fewer where it is shorter
   * @param isPair whether the voxels are in another file
   */
  static NiftiHeader of(byte[] start, boolean isPair, MalformedDataException.Place place)
      throws MalformedDataException {
    ByteBuffer bytes = ByteBuffer.wrap(start).order(order(start, place));
    if (start.length < LENGTH) {
      throw place.problem(
          "expected a NIfTI-1 header of %d bytes, found fewer; the file is cut short"
              .formatted(LENGTH));
    }
    requireMagic(start, isPair, place);
    int code = bytes.getShort(DATATYPE);
    NiftiType type =
        NiftiType.of(code)
            .orElseThrow(
                () ->
                    place.problem(
                        "expected voxels that are integers of up to 32 bits or floating-point numbers of 32 or 64, found %s; convert them, such as with nibabel: img.set_data_dtype('float32')"
                            .formatted(NiftiType.nameOfOther(code))));
    if (bytes.getShort(BITPIX) != 8 * type.bytes()) {
      throw place.problem("expected a number of bits that agrees with the type, found another");
    }
    int[] sizes = sizes(bytes, place);
    long voxels = 1L * sizes[0] * sizes[1] * sizes[2];
    if (voxels * type.bytes() > Integer.MAX_VALUE) {
      throw place.problem("expected a volume of less than 2 GiB, found a larger one; crop it");
    }
    return new NiftiHeader(
        bytes, type, List.of(sizes[0], sizes[1], sizes[2]), sizes[3], offset(bytes, isPair, place));
  }

  private static ByteOrder order(byte[] start, MalformedDataException.Place place)
      throws MalformedDataException {
    if (start.length >= Integer.BYTES) {
      for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
        int length = ByteBuffer.wrap(start).order(order).getInt(0);
        if (length == LENGTH) {
          return order;
        }
        if (length == NIFTI_2) {
          throw place.problem(
              "expected NIfTI-1, found NIfTI-2; convert it, such as with nibabel: nib.Nifti1Image.from_image(img)");
        }
      }
    }
    throw place.problem("expected a NIfTI-1 file, found something else");
  }

  private static void requireMagic(byte[] start, boolean isPair, MalformedDataException.Place place)
      throws MalformedDataException {
    String magic = new String(start, MAGIC, 4, StandardCharsets.ISO_8859_1);
    if (magic.equals(isPair ? "ni1\0" : "n+1\0")) {
      return;
    }
    throw place.problem(
        switch (magic) {
          case "ni1\0" ->
              "expected a single NIfTI-1 file, found the header of a pair; name it .hdr, beside the .img file";
          case "n+1\0" ->
              "expected the header of a pair, found a single NIfTI-1 file; name it .nii";
          default ->
              "expected NIfTI-1, found a header without its mark, as Analyze 7.5 has it, which does not say where left and right are; convert it with a tool that knows the scanner, such as dcm2niix from the DICOM files";
        });
  }

  /** The first three sizes, and the fourth: the number of volumes. */
  private static int[] sizes(ByteBuffer bytes, MalformedDataException.Place place)
      throws MalformedDataException {
    int axes = bytes.getShort(DIM);
    if (axes < 2 || axes > AXES) {
      throw place.problem("expected 2 to 7 axes, found another number");
    }
    int[] sizes = {1, 1, 1, 1};
    for (int axis = 0; axis < axes; axis++) {
      int size = bytes.getShort(DIM + Short.BYTES * (axis + 1));
      if (size < 1) {
        throw place.problem("expected axes with sizes of at least 1, found another");
      }
      if (axis < sizes.length) {
        sizes[axis] = size;
      } else if (size > 1) {
        throw place.problem(
            "expected one number for each voxel of a volume, found several; split the file into its parts, such as with nibabel: img.slicer");
      }
    }
    return sizes;
  }

  private static long offset(ByteBuffer bytes, boolean isPair, MalformedDataException.Place place)
      throws MalformedDataException {
    float offset = bytes.getFloat(VOX_OFFSET);
    int least = isPair ? 0 : SINGLE_FILE_OFFSET;
    if (!(offset >= least && offset <= Integer.MAX_VALUE) || offset != (long) offset) {
      throw place.problem(
          "expected voxels at a whole position from byte %d on, found another".formatted(least));
    }
    return (long) offset;
  }

  /** Values are stored times this; 1 where the file says that they are not scaled. */
  double slope() {
    float slope = bytes.getFloat(SCL_SLOPE);
    return Float.isFinite(slope) && slope != 0 ? slope : 1;
  }

  /** Added to the scaled values; 0 where the file says that they are not scaled. */
  double intercept() {
    float slope = bytes.getFloat(SCL_SLOPE);
    return Float.isFinite(slope) && slope != 0 ? bytes.getFloat(SCL_INTER) : 0;
  }

  /** Bytes of one volume. */
  int volumeBytes() {
    return shape.get(0) * shape.get(1) * shape.get(2) * type.bytes();
  }
}
