package org.dpfed.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every relative link in the repository's Markdown leads to a file, and to a heading of it. */
final class DocumentationLinksTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(\\s*<?([^)\\s>]+)");
  private static final Pattern REFERENCE = Pattern.compile("(?m)^\\[[^]]+]:\\s*(\\S+)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.*?) *#*$");
  private static final Pattern CODE = Pattern.compile("(?ms)^ *```.*?^ *```|`[^`\n]*`");
  private static final Set<String> LEFT_OUT = Set.of("target", ".git", "node_modules");

  @TempDir Path folder;

  @Test
  void links_ofEveryMarkdownFile_leadSomewhere() throws IOException {
    List<Path> files = markdown(Build.ROOT);
    assertThat(files).contains(Build.ROOT.resolve("README.md"));

    assertThat(files.stream().flatMap(file -> dead(file).stream())).isEmpty();
  }

  @Test
  void links_toMissingFileOrHeading_areFound() throws IOException {
    Path page = folder.resolve("page.md");
    Files.writeString(
        page,
        """
        # A page, *here*
        [a](page.md) [b](page.md#a-page-here) [c](#a-page-here) [d](https://x.y)
        `[e](gone.md)`
        [f](gone.md)
        [g](page.md#gone)
        [h](#gone)

        [i]: lost.md
        """);

    assertThat(dead(page))
        .containsExactly(
            "page.md: gone.md", "page.md: page.md#gone", "page.md: #gone", "page.md: lost.md");
  }

  private static List<Path> markdown(Path root) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return LEFT_OUT.contains(String.valueOf(directory.getFileName()))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".md")) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }

  private static List<String> dead(Path file) {
    String text = CODE.matcher(read(file)).replaceAll("");
    List<String> targets = new ArrayList<>();
    LINK.matcher(text).results().forEach(match -> targets.add(match.group(1)));
    REFERENCE.matcher(text).results().forEach(match -> targets.add(match.group(1)));
    return targets.stream()
        .filter(target -> !target.matches("[a-z]+:.*") && !leadsSomewhere(file, target))
        .map(target -> file.getFileName() + ": " + target)
        .collect(Collectors.toList());
  }

  private static boolean leadsSomewhere(Path from, String target) {
    String[] parts = target.split("#", 2);
    Path file = parts[0].isEmpty() ? from : from.resolveSibling(parts[0]);
    if (parts.length == 1) {
      return Files.exists(file);
    }
    return Files.isRegularFile(file)
        && HEADING.matcher(read(file)).results().anyMatch(m -> anchor(m.group(1)).equals(parts[1]));
  }

  /** As GitHub names a heading: letters, digits and hyphens, in lower case. */
  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-');
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
