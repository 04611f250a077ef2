package org.dpfed.dl4j.internal;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.dpfed.dl4j.layers.BatchShape;

/** What one kind of dropout does to values: each is multiplied by a factor and then shifted. */
interface DropoutKind {
  /**
   * Draws the factors and shifts of a batch.
   *
   * @param images shape of the batch; the examples are innermost where the kind depends on it
   * @param factors overwritten
   * @param shifts 0 each, and overwritten by a kind that shifts
   */
  void draw(SplittableRandom random, BatchShape images, float[] factors, float[] shifts);

  /** Whether it is for images and series only. */
  default boolean isOfChannels() {
    return false;
  }

  /** The equal of DL4J's, where there is one: not of a rate that changes from step to step. */
  static Optional<DropoutKind> of(IDropout dropout) {
    Class<?> type = dropout.getClass();
    if (type == Dropout.class && ((Dropout) dropout).getPSchedule() == null) {
      return Optional.of(new Inverted(((Dropout) dropout).getP()));
    }
    if (type == SpatialDropout.class && ((SpatialDropout) dropout).getPSchedule() == null) {
      return Optional.of(new OfChannels(((SpatialDropout) dropout).getP()));
    }
    if (type == GaussianDropout.class && ((GaussianDropout) dropout).getRateSchedule() == null) {
      double rate = ((GaussianDropout) dropout).getRate();
      return Optional.of(new Gaussian(Math.sqrt(rate / (1 - rate))));
    }
    if (type == GaussianNoise.class && ((GaussianNoise) dropout).getStddevSchedule() == null) {
      return Optional.of(new Additive(((GaussianNoise) dropout).getStddev()));
    }
    if (type == AlphaDropout.class && ((AlphaDropout) dropout).getPSchedule() == null) {
      AlphaDropout alpha = (AlphaDropout) dropout;
      double p = alpha.getP();
      double dropped = -alpha.getLambda() * alpha.getAlpha();
      return Optional.of(new Alpha(p, alpha.a(p), alpha.b(p), alpha.a(p) * dropped + alpha.b(p)));
    }
    return Optional.empty();
  }

  /**
   * Each value is kept with a probability and then divided by it, otherwise 0 (Srivastava et al.
   * 2014).
   *
   * @param kept the probability, as in DL4J
   */
  record Inverted(double kept) implements DropoutKind {
    @Override
    public void draw(SplittableRandom random, BatchShape images, float[] factors, float[] shifts) {
      float factor = (float) (1 / kept);
      for (int i = 0; i < images.length(); i++) {
        factors[i] = random.nextDouble() < kept ? factor : 0;
      }
    }
  }

  /** The same for whole channels of an example (Tompson et al. 2015). */
  record OfChannels(double kept) implements DropoutKind {
    @Override
    public void draw(SplittableRandom random, BatchShape images, float[] factors, float[] shifts) {
      int examples = images.examples();
      float factor = (float) (1 / kept);
      for (int channel = 0; channel < images.channels(); channel++) {
        int first = channel * images.pixels() * examples;
        for (int example = 0; example < examples; example++) {
          factors[first + example] = random.nextDouble() < kept ? factor : 0;
        }
        for (int pixel = 1; pixel < images.pixels(); pixel++) {
          System.arraycopy(factors, first, factors, first + pixel * examples, examples);
        }
      }
    }

    @Override
    public boolean isOfChannels() {
      return true;
    }
  }

  /** Factors of mean 1 (Srivastava et al. 2014, section 10). */
  record Gaussian(double stddev) implements DropoutKind {
    @Override
    public void draw(SplittableRandom random, BatchShape images, float[] factors, float[] shifts) {
      for (int i = 0; i < images.length(); i++) {
        factors[i] = (float) (1 + stddev * random.nextGaussian());
      }
    }
  }

  /** Shifts of mean 0. */
  record Additive(double stddev) implements DropoutKind {
    @Override
    public void draw(SplittableRandom random, BatchShape images, float[] factors, float[] shifts) {
      Arrays.fill(factors, 0, images.length(), 1);
      for (int i = 0; i < images.length(); i++) {
        shifts[i] = (float) (stddev * random.nextGaussian());
      }
    }
  }

  /**
   * Keeps the mean and variance of SELU's values (Klambauer et al. 2017).
   *
   * @param kept the probability
   * @param factor of a value that is kept
   * @param shift of it
   * @param dropped what another value becomes
   */
  record Alpha(double kept, double factor, double shift, double dropped) implements DropoutKind {
    @Override
    public void draw(SplittableRandom random, BatchShape images, float[] factors, float[] shifts) {
      for (int i = 0; i < images.length(); i++) {
        boolean isKept = random.nextDouble() < kept;
        factors[i] = isKept ? (float) factor : 0;
        shifts[i] = (float) (isKept ? shift : dropped);
      }
    }
  }
}
