package org.dpfed.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.Tree.Kind;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every public or protected member has a comment, but for those that take one over and for the
 * constructors of records that only check. Javadoc's own check would ask for tags as well, where
 * the sentence has said all.
 */
final class CommentsTest {
  @TempDir Path folder;

  @Test
  void publicMembers_ofEveryModule_haveComments() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module :
        List.of(
            "dpfed-core",
            "dpfed-models",
            "dpfed-imaging",
            "dpfed-cuda",
            "dpfed-spark",
            "dpfed-cli")) {
      try (Stream<Path> files = Files.walk(Build.ROOT.resolve(module).resolve("src/main/java"))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    assertThat(sources).isNotEmpty();

    assertThat(uncommented(sources)).isEmpty();
  }

  @Test
  void publicMembers_withoutComment_areFound() throws IOException {
    Path source = folder.resolve("Sample.java");
    Files.writeString(
        source,
        """
        public class Sample {
          /** Commented. */
          public int commented;
          public int field;
          private int hidden;
          protected void method() {}
          @Override public String toString() { return ""; }
          class Hidden { public void hidden() {} }
          /** Commented. */
          public interface Type { void ofInterface(); }
          /** Commented. */
          public enum Choice { CONSTANT }
          /** Commented. */
          public record Pair(int a) { public Pair {} public int sum() { return a; } }
        }
        """);

    assertThat(uncommented(List.of(source)))
        .containsExactly(
            "Sample.java: Sample",
            "Sample.java: field",
            "Sample.java: method",
            "Sample.java: ofInterface",
            "Sample.java: CONSTANT",
            "Sample.java: sum");
  }

  private static List<String> uncommented(List<Path> sources) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> found = new ArrayList<>();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources));
      DocTrees docs = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        new Scanner(docs, unit, found).scan(unit, null);
      }
    }
    return found;
  }

  /** Goes through what is public in one file; what is inside other classes it passes over. */
  private static final class Scanner extends TreePathScanner<@Nullable Void, @Nullable ClassTree> {
    private final DocTrees docs;
    private final String file;
    private final List<String> found;

    Scanner(DocTrees docs, CompilationUnitTree unit, List<String> found) {
      this.docs = docs;
      this.file = Path.of(unit.getSourceFile().getName()).getFileName().toString();
      this.found = found;
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, @Nullable ClassTree enclosing) {
      if (isPublic(type.getModifiers(), enclosing)) {
        requireComment(type.getModifiers(), type.getSimpleName().toString());
        super.visitClass(type, type);
      }
      return null;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable ClassTree enclosing) {
      if (!isCanonical(method, enclosing) && isPublic(method.getModifiers(), enclosing)) {
        requireComment(method.getModifiers(), method.getName().toString());
      }
      return null;
    }

    @Override
    public @Nullable Void visitVariable(VariableTree field, @Nullable ClassTree enclosing) {
      if (isPublic(field.getModifiers(), enclosing)) {
        requireComment(field.getModifiers(), field.getName().toString());
      }
      return null;
    }

    /** Whether it is the constructor of a record that takes the components as they are. */
    private static boolean isCanonical(MethodTree method, @Nullable ClassTree enclosing) {
      return enclosing != null
          && enclosing.getKind() == Kind.RECORD
          && method.getReturnType() == null
          && names(method.getParameters()).equals(names(enclosing.getMembers()));
    }

    private static List<String> names(List<? extends Tree> trees) {
      return trees.stream()
          .filter(VariableTree.class::isInstance)
          .map(VariableTree.class::cast)
          .filter(variable -> !variable.getModifiers().getFlags().contains(Modifier.STATIC))
          .map(variable -> variable.getName().toString())
          .toList();
    }

    private static boolean isPublic(ModifiersTree modifiers, @Nullable ClassTree enclosing) {
      Set<Modifier> flags = modifiers.getFlags();
      return flags.contains(Modifier.PUBLIC)
          || flags.contains(Modifier.PROTECTED)
          || (enclosing != null
              && enclosing.getKind() == Kind.INTERFACE
              && !flags.contains(Modifier.PRIVATE));
    }

    private void requireComment(ModifiersTree modifiers, String name) {
      boolean overrides =
          modifiers.getAnnotations().stream()
              .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("Override"));
      if (!overrides && docs.getDocComment(getCurrentPath()) == null) {
        found.add(file + ": " + name);
      }
    }
  }
}
