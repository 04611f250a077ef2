package org.dpfed.kernel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which kernel was chosen, and why each candidate before it was passed over. Candidates are tried
 * in this order: those of other modules by name, then this module's own, the reference last.
 *
 * @param kernel the kernel to use
 * @param passedOver the candidates that were tried and could not be used, in the order they were
 *     tried
 */
public record KernelSelection(DeltaKernel kernel, List<PassedOver> passedOver) {
  private static final Logger LOG = LoggerFactory.getLogger(KernelSelection.class);

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

  /** Copies the list. */
  public KernelSelection {
    passedOver = List.copyOf(passedOver);
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
