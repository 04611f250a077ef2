package org.dpfed.kernel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The chosen kernel, and the reason why each earlier candidate was skipped. {@link ServiceLoader}
 * finds the candidates that need a JVM module, another artifact or a device; they are tried in the
 * order of their names. The reference kernel, which always works, comes last.
 *
 * <p>To use your own kernel, register it with the loader. A selection cannot be assembled by hand,
 * because the kernel measures norms and draws noise.
 */
public final class KernelSelection {
  private static final Logger LOG = LoggerFactory.getLogger(KernelSelection.class);

  private final DeltaKernel kernel;
  private final List<PassedOver> passedOver;

  private KernelSelection(DeltaKernel kernel, List<PassedOver> passedOver) {
    this.kernel = kernel;
    this.passedOver = List.copyOf(passedOver);
  }

  /**
   * A candidate that could not be used.
   *
   * @param name the kernel's name
   * @param reason why, in one line
   */
  public record PassedOver(String name, String reason) {
    @Override
    public String toString() {
      return name + " (" + reason + ")";
    }
  }

  /** The first kernel that can be used here; the reference always can. */
  public static KernelSelection automatic() {
    return firstUsable(candidates());
  }

  /**
   * The kernel of that name.
   *
   * @throws IllegalArgumentException when there is none, or when it cannot be used here
   */
  public static KernelSelection forced(String name) {
    return forced(name, candidates());
  }

  /** The kernel to use. */
  public DeltaKernel kernel() {
    return kernel;
  }

  /** The candidates that were tried and could not be used, in the order they were tried. */
  public List<PassedOver> passedOver() {
    return passedOver;
  }

  /** One line for reports: {@code kernel nd4j; passed over: cuda (no device)}. */
  public String line() {
    return passedOver.isEmpty()
        ? "kernel " + kernel.name()
        : passedOver.stream()
            .map(PassedOver::toString)
            .collect(Collectors.joining(", ", "kernel " + kernel.name() + "; passed over: ", ""));
  }

  static KernelSelection firstUsable(List<KernelProvider> candidates) {
    List<PassedOver> passedOver = new ArrayList<>();
    for (KernelProvider candidate : candidates) {
      try {
        KernelSelection selection = new KernelSelection(candidate.open(), passedOver);
        LOG.info("{}", selection.line());
        return selection;
      } catch (KernelUnavailableException e) {
        passedOver.add(new PassedOver(candidate.name(), String.valueOf(e.getMessage())));
      }
    }
    throw new IllegalStateException("no kernel can be used: " + passedOver);
  }

  static KernelSelection forced(String name, List<KernelProvider> candidates) {
    for (KernelProvider candidate : candidates) {
      if (candidate.name().equals(name)) {
        try {
          return new KernelSelection(candidate.open(), List.of());
        } catch (KernelUnavailableException e) {
          throw new IllegalArgumentException(
              "kernel " + name + " cannot be used here: " + e.getMessage(), e);
        }
      }
    }
    throw new IllegalArgumentException(
        "no kernel is called "
            + name
            + "; there are "
            + candidates.stream().map(KernelProvider::name).collect(Collectors.joining(", ")));
  }

  private static List<KernelProvider> candidates() {
    List<KernelProvider> candidates = new ArrayList<>();
    ServiceLoader.load(KernelProvider.class).forEach(candidates::add);
    candidates.sort(Comparator.comparing(KernelProvider::name));
    candidates.add(new ReferenceProvider());
    return candidates;
  }

  private record ReferenceProvider() implements KernelProvider {
    @Override
    public String name() {
      return Nd4jKernel.NAME;
    }

    @Override
    public DeltaKernel open() {
      return new Nd4jKernel();
    }
  }
}
