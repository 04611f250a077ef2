package org.dpfed.imaging.medmnist;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dpfed.data.MalformedDataException;
import org.dpfed.data.Scaling;
import org.dpfed.fuzz.Envelope;
import org.dpfed.fuzz.FuzzedReader;
import org.dpfed.fuzz.Fuzzing;
import org.dpfed.imaging.medmnist.MedMnistReader.Validation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged archives are read or refused. */
final class NpzFuzzTest {
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
    List<byte[]> archives =
        List.of(
            new Npz()
                .with("a", Npz.array(Npz.description("<i4", false, "2, 3"), new byte[24]))
                .stored(),
            new Npz()
                .with("a", Npz.array(Npz.description(">f8", true, "2, 3, 1"), new byte[48]))
                .deflated());
    List<byte[]> sets = List.of(Npz.set(28, 1, 2, 1, 1).deflated());
    return Stream.of(
        reader("NumPy archive", archives, NpzFuzzTest::readArray),
        reader("MedMNIST", sets, NpzFuzzTest::readSet));
  }

  private static FuzzedReader reader(
      String name, List<byte[]> seeds, FuzzedReader.Reading reading) {
    return FuzzedReader.of(name, "a.npz", seeds, MalformedDataException.class, reading)
        .in(Envelope.ZIP)
        .allocating(16 * NpzFile.MOST_EXPANSION);
  }

  private static void readArray(Path file) throws IOException {
    try (NpzFile npz = NpzFile.open(file)) {
      NpyArray array = npz.read("a");
      for (int i = 0; i < array.size(); i++) {
        array.at(i);
      }
    }
  }

  private static void readSet(Path file) throws IOException {
    new MedMnistReader(MedMnist.PNEUMONIA, Validation.JOIN_TRAINING, Scaling.Affine.PIXEL)
        .read(file);
  }
}
