package org.dpfed.imaging.nifti;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dpfed.data.MalformedDataException;
import org.dpfed.data.PossiblyGzipped;
import org.dpfed.fuzz.Envelope;
import org.dpfed.fuzz.FuzzedReader;
import org.dpfed.fuzz.Fuzzing;
import org.dpfed.imaging.volume.Plane;
import org.dpfed.imaging.volume.Volume;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged volumes are read or refused. */
final class NiftiFuzzTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("readers")
  void read_damaged_isReadOrRefused(FuzzedReader reader) throws Exception {
    Fuzzing.run(reader, Fuzzing.FEW, directory);
  }

  @ParameterizedTest
  @MethodSource("readers")
  @Tag("stress")
  void read_damagedManyTimes_isReadOrRefused(FuzzedReader reader) throws Exception {
    Fuzzing.run(reader, Fuzzing.MANY, directory);
  }

  static Stream<FuzzedReader> readers() throws IOException {
    List<byte[]> single =
        List.of(new Nifti().bytes(), new Nifti().bigEndian().bytes(), new Nifti().qform().bytes());
    return Stream.of(
        reader("NIfTI", "a.nii", single),
        reader(
                "NIfTI, gzipped",
                "a.nii.gz",
                List.of(new Nifti().gzipped(), new Nifti().bigEndian().gzipped()))
            .in(Envelope.GZIP)
            .allocating(16 * PossiblyGzipped.MOST_EXPANSION),
        reader("NIfTI, header of a pair", "a.hdr", List.of(new Nifti().pair().bytes()))
            .beside("a.img", Nifti.voxels()),
        reader("NIfTI, voxels of a pair", "a.img", List.of(Nifti.voxels()))
            .beside("a.hdr", new Nifti().pair().bytes()));
  }

  private static FuzzedReader reader(String name, String file, List<byte[]> seeds) {
    return FuzzedReader.of(name, file, seeds, MalformedDataException.class, NiftiFuzzTest::read);
  }

  private static void read(Path file) throws IOException {
    Volume volume = NiftiReader.read(file);
    for (Plane plane : Plane.values()) {
      volume.slice(plane, volume.slices(plane) - 1);
    }
  }
}
