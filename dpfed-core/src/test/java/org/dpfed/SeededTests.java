package org.dpfed;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Seeds ND4J's generator before each test from the test's name, so that a test draws the same
 * numbers on every run and in any order. ND4J itself seeds by the clock.
 *
 * <p>JUnit finds it by itself, here and in the modules that use this one's test classes.
 */
public final class SeededTests implements BeforeAllCallback, BeforeEachCallback {
  @Override
  public void beforeAll(ExtensionContext context) {
    seed(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    seed(context);
  }

  private static void seed(ExtensionContext context) {
    // Never 0, which ND4J takes for the clock.
    Nd4j.getRandom().setSeed(1 + Integer.toUnsignedLong(context.getUniqueId().hashCode()));
  }
}
