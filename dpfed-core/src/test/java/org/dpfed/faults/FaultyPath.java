package org.dpfed.faults;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A path of the default file system that belongs to a {@link FaultyFileSystem}. */
final class FaultyPath implements InvocationHandler {
  private final FaultyFileSystem fileSystem;
  private final Path real;

  private FaultyPath(FaultyFileSystem fileSystem, Path real) {
    this.fileSystem = fileSystem;
    this.real = real;
  }

  static Path of(FaultyFileSystem fileSystem, Path real) {
    return (Path)
        Proxy.newProxyInstance(
            FaultyPath.class.getClassLoader(),
            new Class<?>[] {Path.class},
            new FaultyPath(fileSystem, real(real)));
  }

  /** The path of the default file system. */
  static Path real(Path path) {
    return path instanceof Proxy && Proxy.getInvocationHandler(path) instanceof FaultyPath faulty
        ? faulty.real
        : path;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    Object[] given = arguments == null ? new Object[0] : arguments.clone();
    return switch (method.getName()) {
      case "getFileSystem" -> fileSystem;
      case "equals" -> isEqual(given[0]);
      case "toFile" -> throw new UnsupportedOperationException("a File goes past the faults");
      case "toRealPath" ->
          fileSystem.perform(
              new DiskOperation.Look("resolve", real), () -> of(fileSystem, real.toRealPath()));
      default -> wrapped(method, given);
    };
  }

  private @Nullable Object wrapped(Method method, Object[] given) throws Throwable {
    for (int i = 0; i < given.length; i++) {
      given[i] = given[i] instanceof Path path ? real(path) : given[i];
    }
    try {
      Object result = method.invoke(real, given);
      return result instanceof Path path ? of(fileSystem, path) : result;
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private boolean isEqual(@Nullable Object other) {
    return other instanceof Proxy
        && Proxy.getInvocationHandler(other) instanceof FaultyPath path
        && path.fileSystem == fileSystem
        && path.real.equals(real);
  }
}
