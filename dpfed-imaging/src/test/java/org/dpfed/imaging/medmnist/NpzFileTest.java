package org.dpfed.imaging.medmnist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dpfed.data.MalformedDataException;
import org.dpfed.imaging.Python;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpzFileTest {
  @TempDir private Path directory;

  @Test
  void read_arraysOfEveryKindThatNumPyWrites_holdWhatNumPyHolds() throws Exception {
    String printed =
        Python.run(NpzFileTest.class, "write_arrays.py", "numpy", directory.toString());
    List<String[]> manifest = printed.lines().map(line -> line.split(";", -1)).toList();
    DoubleBuffer expected =
        ByteBuffer.wrap(Files.readAllBytes(directory.resolve("expected"))).asDoubleBuffer();
    int compared = 0;
    for (String[] line : manifest) {
      int size = 1;
      for (int axis : shape(line[1])) {
        size *= axis;
      }
      double[] values = new double[size];
      expected.get(values);
      List<String> archives =
          line[0].length() == 1
              ? List.of("savez.npz", "savez_compressed.npz")
              : List.of("stored.npz", "deflated.npz");
      for (String archive : archives) {
        NpyArray array = read(archive, line[0]);
        assertThat(array.shape()).as(line[0]).isEqualTo(shape(line[1]));
        assertThat(cOrder(array)).as(line[0]).isEqualTo(values);
        compared++;
      }
    }
    assertThat(expected.hasRemaining()).isFalse();
    System.out.printf("NumPy: %d arrays read as NumPy reads them%n", compared);
    assertThat(compared).isEqualTo(2 * (8 * 5 * 2 * 2 * 3 + 2));

    for (String name :
        List.of("complex", "text", "raw", "dates", "half", "unsigned", "fields", "empty")) {
      assertRefused(() -> read("refused.npz", name), name, "expected");
    }
    assertRefused(() -> read("refused.npz", "objects"), "objects", "Python objects (pickle)");
    assertRefused(() -> read("refused.npz", "missing"), "missing", "found none of that name");
  }

  @Test
  void read_bothOrdersByteOrdersAndMethods_haveTheSameValues() throws IOException {
    ByteBuffer little = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer big = ByteBuffer.allocate(12);
    for (int value : new int[] {-1, 2, -300, 4, 500, 32767}) {
      little.putShort((short) value);
      big.putShort((short) value);
    }
    Npz npz =
        new Npz()
            .with("c", Npz.array(Npz.description("<i2", false, "2, 3"), little.array()))
            .with("f", Npz.array(Npz.description(">i2", true, "2, 3"), big.array()));
    for (byte[] file : List.of(npz.stored(), npz.deflated())) {
      Files.write(directory.resolve("a.npz"), file);
      assertThat(cOrder(read("a.npz", "c"))).containsExactly(-1, 2, -300, 4, 500, 32767);
      assertThat(cOrder(read("a.npz", "f"))).containsExactly(-1, -300, 500, 2, 4, 32767);
    }
  }

  @Test
  void read_headersThatLieOrAreStrange_areRefused() throws IOException {
    Npz npz = new Npz();
    List<String> names = new ArrayList<>();
    for (String shape :
        List.of(
            "4",
            "6",
            "999999999, 2",
            "0",
            "-5",
            "5.0",
            "99999999999",
            "1, " + "1, ".repeat(32) + "5")) {
      names.add("shape" + names.size());
      npz.with(
          names.get(names.size() - 1),
          Npz.array(Npz.description("|u1", false, shape), new byte[5]));
    }
    for (String header :
        List.of(
            Npz.description("|O", false, "5"),
            Npz.description("|V5", false, "5"),
            "{'descr': __import__('os'), 'fortran_order': False, 'shape': (5,), }",
            "{}",
            "")) {
      names.add("header" + names.size());
      npz.with(names.get(names.size() - 1), Npz.array(header, new byte[5]));
    }
    npz.with("bytes", new byte[200]).with("none", new byte[0]);
    npz.with("right", Npz.array(Npz.description("|u1", false, "5,"), new byte[5]));
    npz.writeTo(directory.resolve("a.npz"));
    for (String name : names) {
      assertRefused(() -> read("a.npz", name), name, "expected");
    }
    assertRefused(() -> read("a.npz", "bytes"), "bytes", "expected a NumPy array");
    assertRefused(() -> read("a.npz", "none"), "none", "expected a NumPy array");
    assertThat(read("a.npz", "right").size()).isEqualTo(5);
  }

  @Test
  void read_zeroesThatExpandTooFar_areRefused() throws IOException {
    new Npz().with("a", "9000000,", new byte[9_000_000]).writeTo(directory.resolve("a.npz"));
    assertRefused(() -> read("a.npz", "a"), "array a", "expands at most 200-fold");
    Files.write(
        directory.resolve("a.npz"), new Npz().with("a", "9000000,", new byte[9_000_000]).stored());
    assertThat(read("a.npz", "a").size()).isEqualTo(9_000_000);
  }

  @Test
  void read_valueThatFlipped_isRefusedByChecksum() throws IOException {
    byte[] file = new Npz().with("a", "4,", new byte[] {1, 2, 3, 4}).stored();
    for (int i = 0; i + 3 < file.length; i++) {
      if (file[i] == 1 && file[i + 1] == 2 && file[i + 2] == 3 && file[i + 3] == 4) {
        file[i + 2] = 7;
      }
    }
    Files.write(directory.resolve("a.npz"), file);
    assertRefused(() -> read("a.npz", "a"), "array a", "checksum");
  }

  @Test
  void open_otherFiles_areRefused() throws IOException {
    Files.write(directory.resolve("a.npz"), new byte[] {1, 2, 3});
    assertRefused(() -> read("a.npz", "a"), "a.npz", "expected a whole zip file");
    Files.write(directory.resolve("a.npz"), new byte[0]);
    assertRefused(() -> read("a.npz", "a"), "a.npz", "expected a whole zip file");
  }

  private NpyArray read(String archive, String name) throws IOException {
    try (NpzFile file = NpzFile.open(directory.resolve(archive))) {
      return file.read(name);
    }
  }

  private static void assertRefused(ThrowingCallable reading, String where, String why) {
    assertThatExceptionOfType(MalformedDataException.class)
        .as(where)
        .isThrownBy(reading)
        .withMessageContaining(where)
        .withMessageContaining(why);
  }

  private static List<Integer> shape(String sizes) {
    return sizes.isEmpty()
        ? List.of()
        : Arrays.stream(sizes.split(",", -1)).map(Integer::valueOf).toList();
  }

  private static double[] cOrder(NpyArray array) {
    List<Integer> shape = array.shape();
    int[] strides = array.strides();
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      int left = i;
      int offset = 0;
      for (int axis = shape.size() - 1; axis >= 0; axis--) {
        offset += left % shape.get(axis) * strides[axis];
        left /= shape.get(axis);
      }
      values[i] = array.at(offset);
    }
    return values;
  }
}
