package org.dpfed.imaging.nifti;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.dpfed.data.MalformedDataException;
import org.dpfed.imaging.Image;
import org.dpfed.imaging.Python;
import org.dpfed.imaging.volume.Plane;
import org.dpfed.imaging.volume.Volume;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NiftiReaderTest {
  @TempDir private Path directory;

  @Test
  void read_filesThatNibabelReads_holdWhatItReads() throws Exception {
    String printed =
        Python.run(NiftiReaderTest.class, "write_volumes.py", "nibabel", directory.toString());
    int volumes = 0;
    int slices = 0;
    long voxels = 0;
    List<String> refused = new ArrayList<>();
    for (String line : printed.lines().toList()) {
      String[] file = line.split(";", -1);
      if (!file[0].equals("read")) {
        assertThatExceptionOfType(IOException.class)
            .isThrownBy(() -> NiftiReader.read(Path.of(file[2])))
            .satisfies(e -> refused.add(e.getMessage()));
        continue;
      }
      int number = Integer.parseInt(file[3]);
      Volume volume;
      try {
        volume = NiftiReader.read(Path.of(file[2]), number);
      } catch (MalformedDataException e) {
        refused.add(e.getMessage());
        continue;
      }
      ByteBuffer expected =
          ByteBuffer.wrap(Files.readAllBytes(directory.resolve(file[1] + ".expected")));
      voxels += assertVoxels(volume, expected, file[1]);
      for (Plane plane : Plane.values()) {
        slices += assertSlices(volume, plane, expected, file[1]);
      }
      volumes++;
    }
    System.out.printf(
        "nibabel: %d volumes with %d voxels and %d slices read as nibabel reads them%n",
        volumes, voxels, slices);
    refused.forEach(message -> System.out.println("nibabel: refused " + message));
    // 8 types, 2 byte orders, 48 orientations; 12 turns of 7 orientations; 3 of several; and own.
    assertThat(volumes).isGreaterThanOrEqualTo(8 * 2 * 48 + 12 * 7 + 3);
    refusedKinds();
  }

  private static int assertVoxels(Volume volume, ByteBuffer expected, String name) {
    int[] shape = {expected.getInt(), expected.getInt(), expected.getInt()};
    assertThat(volume.shape()).as(name).isEqualTo(shape);
    double[][] matrix = volume.affine().matrix();
    for (int i = 0; i < 12; i++) {
      // The C library takes a² < 1e-7 for 0, nibabel does not: 2 √1e-7 of the largest spacing, 2
      // mm.
      assertThat(matrix[i / 4][i % 4]).as(name).isEqualTo(expected.getDouble(), within(1.3e-3));
    }
    for (int k = 0; k < shape[2]; k++) {
      for (int j = 0; j < shape[1]; j++) {
        for (int i = 0; i < shape[0]; i++) {
          if (volume.at(i, j, k) != expected.getFloat()) {
            throw new AssertionError("%s differs at %d, %d, %d".formatted(name, i, j, k));
          }
        }
      }
    }
    return shape[0] * shape[1] * shape[2];
  }

  private static int assertSlices(Volume volume, Plane plane, ByteBuffer expected, String name) {
    int slices = expected.getInt();
    int height = expected.getInt();
    int width = expected.getInt();
    assertThat(volume.slices(plane)).as(name).isEqualTo(slices);
    assertThat(volume.height(plane)).as(name).isEqualTo(height);
    assertThat(volume.width(plane)).as(name).isEqualTo(width);
    for (int number = 0; number < slices; number++) {
      float[] values = new float[height * width];
      expected.asFloatBuffer().get(values);
      expected.position(expected.position() + Float.BYTES * values.length);
      assertThat(volume.slice(plane, number).equals(new Image(1, height, width, values)))
          .as("%s, %s %d", name, plane, number)
          .isTrue();
    }
    return slices;
  }

  private void refusedKinds() {
    Map<String, String> reasons =
        Map.ofEntries(
            Map.entry("oblique.nii", "within 30° of the anatomical axes"),
            Map.entry("nowhere.nii", "neither sform nor qform"),
            Map.entry("type-c8.nii", "found complex numbers"),
            Map.entry("type-c16.nii", "found complex numbers"),
            Map.entry("type-i8.nii", "found 64-bit integers"),
            Map.entry("type-u8.nii", "found unsigned 64-bit integers"),
            Map.entry("type-rgb.nii", "found colours (RGB)"),
            Map.entry("nifti2.nii", "found NIfTI-2"),
            Map.entry("analyze.img", "Analyze 7.5"),
            Map.entry("analyze.hdr", "Analyze 7.5"),
            Map.entry("nan.nii", "expected finite voxels"),
            Map.entry("vectors.nii", "one number for each voxel"),
            Map.entry("several.nii.gz", "found several; say the number"));
    reasons.forEach((file, reason) -> assertRefused(directory.resolve(file), reason));
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> NiftiReader.read(directory.resolve("several.nii.gz"), 6))
        .withMessageContaining("a volume with number 6, found fewer");
  }

  @Test
  void read_bothByteOrdersAndForms_haveTheSameVoxels() throws IOException {
    Volume plain = NiftiReader.read(write("a.nii", new Nifti().bytes()));

    assertThat(plain.shape()).containsExactly(2, 3, 4);
    assertThat(plain.at(1, 2, 3)).isEqualTo(23);
    // The second axis runs to the back: nothing but its rows is turned.
    assertThat(plain.slice(Plane.AXIAL, 0).values()).containsExactly(1, 0, 3, 2, 5, 4);
    for (byte[] same :
        List.of(
            new Nifti().bigEndian().bytes(),
            new Nifti().gzipped(),
            new Nifti().bigEndian().gzipped(),
            new Nifti().qform().bytes())) {
      Volume volume = NiftiReader.read(write("a.nii", same));
      assertThat(volume.affine().matrix()).isDeepEqualTo(plain.affine().matrix());
      for (Plane plane : Plane.values()) {
        assertThat(volume.slice(plane, 0)).isEqualTo(plain.slice(plane, 0));
      }
    }
  }

  @Test
  void read_pair_isFoundByEitherName() throws IOException {
    write("a.hdr", new Nifti().pair().bytes());
    Path voxels = write("a.img", Nifti.voxels());
    assertThat(NiftiReader.read(directory.resolve("a.hdr")).at(1, 2, 3)).isEqualTo(23);
    assertThat(NiftiReader.read(voxels).at(1, 2, 3)).isEqualTo(23);
    Files.delete(voxels);
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> NiftiReader.read(directory.resolve("a.hdr")))
        .withMessageContaining("expected both files of a pair");
    assertRefused(write("b.nii", new Nifti().pair().bytes()), "found the header of a pair");
    assertRefused(write("b.hdr", new Nifti().bytes()), "found a single NIfTI-1 file");
  }

  @Test
  void read_gzippedWithADamagedOrMissingChecksum_isRefused() throws IOException {
    ByteArrayOutputStream several = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(several)) {
      gzip.write(new Nifti().with(40, (short) 4).with(48, (short) 2).bytes());
      gzip.write(Nifti.voxels());
    }
    byte[] whole = several.toByteArray();
    assertThat(NiftiReader.read(write("a.nii.gz", whole), 0).at(1, 2, 3)).isEqualTo(23);
    // The checksum is in the last eight bytes, with the length.
    byte[] damaged = whole.clone();
    damaged[whole.length - 8] ^= 1;
    for (byte[] file : List.of(damaged, Arrays.copyOf(whole, whole.length - 8))) {
      Path path = write("a.nii.gz", file);
      for (int number = 0; number < 2; number++) {
        int volume = number;
        assertThatExceptionOfType(MalformedDataException.class)
            .isThrownBy(() -> NiftiReader.read(path, volume))
            .withMessageContaining("complete gzip file");
      }
    }
    byte[] single = new Nifti().gzipped();
    single[single.length - 8] ^= 1;
    assertRefused(write("a.nii.gz", single), "complete gzip file");
    byte[] header = new Nifti().pair().gzipped();
    header[header.length - 8] ^= 1;
    write("b.img", Nifti.voxels());
    assertRefused(write("b.hdr.gz", header), "complete gzip file");
  }

  @Test
  void read_positionsInOtherUnits_becomeMillimetres() throws IOException {
    // Byte 123: the lower three bits are the unit of positions, 8 is the second of time.
    for (Nifti form : new Nifti[] {new Nifti(), new Nifti().qform()}) {
      double[] millimetres = {1, 1000, 1, 0.001};
      for (int unit = 0; unit < 4; unit++) {
        byte[] file = form.with(122, (short) ((8 | unit) << 8)).bytes();
        Volume volume = NiftiReader.read(write("a.nii", file));
        assertThat(volume.affine().spacing(2))
            .isCloseTo(3 * millimetres[unit], within(1e-9 * millimetres[unit]));
      }
      assertRefused(write("a.nii", form.with(122, (short) (4 << 8)).bytes()), "found another unit");
    }
  }

  @Test
  void read_zeroesThatExpandTooFar_areRefused() throws IOException {
    Nifti large = new Nifti();
    for (int axis = 0; axis < 3; axis++) {
      large.with(42 + 2 * axis, (short) 240);
    }
    ByteArrayOutputStream gzipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(gzipped)) {
      gzip.write(large.bytes());
      gzip.write(new byte[2 * 240 * 240 * 240]);
    }
    assertRefused(write("a.nii.gz", gzipped.toByteArray()), "expands at most 200-fold");
  }

  @Test
  void read_damagedHeaders_areRefused() throws IOException {
    assertRefused(write("a.nii", new byte[0]), "expected a NIfTI-1 file");
    assertRefused(write("a.nii", new byte[400]), "expected a NIfTI-1 file");
    byte[] whole = new Nifti().bytes();
    for (int length : new int[] {4, 100, 347}) {
      assertRefused(write("a.nii", Arrays.copyOf(whole, length)), "cut short");
    }
    for (int length : new int[] {348, 352, whole.length - 1}) {
      assertRefused(write("a.nii", Arrays.copyOf(whole, length)), "found fewer");
    }
    assertRefused(write("a.nii", new Nifti().with(40, (short) 8).bytes()), "2 to 7 axes");
    assertRefused(write("a.nii", new Nifti().with(42, (short) 0).bytes()), "at least 1");
    assertRefused(write("a.nii", new Nifti().with(42, (short) -2).bytes()), "at least 1");
    assertRefused(write("a.nii", new Nifti().with(70, (short) 77).bytes()), "does not define");
    assertRefused(write("a.nii", new Nifti().with(70, (short) 1536).bytes()), "128-bit numbers");
    assertRefused(write("a.nii", new Nifti().with(72, (short) 8).bytes()), "number of bits");
    assertRefused(write("a.nii", new Nifti().with(108, 351f).bytes()), "from byte 352 on");
    assertRefused(write("a.nii", new Nifti().with(108, Float.NaN).bytes()), "from byte 352 on");
    assertRefused(write("a.nii", new Nifti().with(108, 1e6f).bytes()), "found fewer");
    assertRefused(write("a.nii", new Nifti().with(280, Float.NaN).bytes()), "affine");
    assertRefused(write("a.nii", new Nifti().with(280, 0f).bytes()), "affine");
    assertRefused(write("a.nii", new Nifti().qform().with(256, 2f).bytes()), "unit quaternion");
    assertRefused(write("a.nii", new Nifti().qform().with(80, 0f).bytes()), "distances of voxels");
    Nifti large = new Nifti();
    for (int axis = 0; axis < 3; axis++) {
      large.with(42 + 2 * axis, Short.MAX_VALUE);
    }
    assertRefused(write("a.nii", large.bytes()), "less than 2 GiB");
  }

  private Path write(String name, byte[] content) throws IOException {
    return Files.write(directory.resolve(name), content);
  }

  private static void assertRefused(Path file, String reason) {
    assertThatExceptionOfType(MalformedDataException.class)
        .as(file.toString())
        .isThrownBy(() -> NiftiReader.read(file))
        .withMessageContaining(reason);
  }
}
