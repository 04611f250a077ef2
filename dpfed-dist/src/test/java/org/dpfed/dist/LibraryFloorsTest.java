package org.dpfed.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.dpfed.dist.BillOfMaterials.Library;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * No library of the distribution is older than {@code SECURITY.md} promises. {@link
 * BillOfMaterialsTest} shows that the bill of materials misses none, and {@link ConsumerTest} that
 * other projects get the same versions.
 */
final class LibraryFloorsTest {
  /** A row such as {@code | `org.yaml:snakeyaml` | 2.0 | because |}. */
  private static final Pattern FLOOR =
      Pattern.compile("(?m)^\\| `([\\w.-]+:[\\w.-]+)` \\| ([0-9.]+) \\| .+ \\|$");

  /** Left out, or replaced by others under new names, and never to come back by a side door. */
  private static final List<String> UNWANTED =
      List.of(
          "log4j:log4j",
          "org.bytedeco:ffmpeg",
          "org.bytedeco:tesseract",
          "commons-collections:commons-collections",
          "org.apache.httpcomponents:httpclient");

  @Test
  void libraries_ofTheDistribution_areNotBelowTheFloors() throws IOException {
    Map<String, String> floors = floors();
    assertThat(floors).hasSizeGreaterThan(10);
    List<Library> libraries = BillOfMaterials.ofTheBuild().libraries();

    assertThat(libraries).extracting(Library::coordinates).containsAll(floors.keySet());
    for (Library library : libraries) {
      String floor = floors.getOrDefault(library.coordinates(), "");
      if (!floor.isEmpty()) {
        assertThat(isBelow(library.version(), floor))
            .as("%s is below %s", library.fileName(), floor)
            .isFalse();
      }
    }
    assertThat(libraries).extracting(Library::coordinates).doesNotContainAnyElementsOf(UNWANTED);
  }

  /** One release of the family: its parts do not mix. */
  @Test
  void libraries_ofOneFamily_haveOneVersion() throws IOException {
    assertThat(BillOfMaterials.ofTheBuild().libraries())
        .filteredOn(library -> library.coordinates().startsWith("com.twelvemonkeys"))
        .hasSizeGreaterThan(5)
        .extracting(Library::version)
        .containsOnly(versionOf("com.twelvemonkeys.imageio:imageio-metadata"));
  }

  @ParameterizedTest
  @CsvSource({
    "1.21, 1.26.0, true",
    "1.26, 1.26.0, false",
    "1.28.0, 1.26.0, false",
    "3.9.0, 3.18.0, true",
    "3.18.0-rc1, 3.18.0, false",
    "0.3.19-1.5.7, 0.3.18, false",
    "0.3.9-1.5.7, 0.3.18, true",
    "2, 2.0, false"
  })
  void isBelow_versions_comparesNumberByNumber(String version, String floor, boolean below) {
    assertThat(isBelow(version, floor)).isEqualTo(below);
  }

  private static String versionOf(String coordinates) throws IOException {
    return BillOfMaterials.ofTheBuild().libraries().stream()
        .filter(library -> library.coordinates().equals(coordinates))
        .map(Library::version)
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, String> floors() throws IOException {
    Map<String, String> floors = new TreeMap<>();
    String page = Files.readString(Build.ROOT.resolve("SECURITY.md"));
    for (MatchResult row : FLOOR.matcher(page).results().toList()) {
      floors.put(row.group(1), row.group(2));
    }
    return floors;
  }

  /** Of what stands before the first hyphen. */
  private static boolean isBelow(String version, String floor) {
    int[] numbers = numbers(version);
    int[] least = numbers(floor);
    int length = Math.max(numbers.length, least.length);
    return Arrays.compare(Arrays.copyOf(numbers, length), Arrays.copyOf(least, length)) < 0;
  }

  private static int[] numbers(String version) {
    return Arrays.stream(version.split("-", 2)[0].split("\\.", -1))
        .mapToInt(Integer::parseInt)
        .toArray();
  }
}
