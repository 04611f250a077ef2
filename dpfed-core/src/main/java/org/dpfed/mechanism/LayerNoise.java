package org.dpfed.mechanism;

import java.util.Arrays;

/**
 * How the noise of a sum is divided over layers with clip norms C_l and sizes d_l. One client moves
 * layer l by at most C_l, so any σ_l with Σ (C_l ÷ σ_l)² = 1 ÷ z² costs what noise multiplier z
 * costs.
 */
public enum LayerNoise {
  /** The same in every layer: σ = z·√(Σ C_l²). */
  FLAT {
    @Override
    double[] stddevs(double noiseMultiplier, double[] clipNorms, int[] layerSizes) {
      double squares = Arrays.stream(clipNorms).map(c -> c * c).sum();
      double[] same = new double[clipNorms.length];
      Arrays.fill(same, ROUND_UP * noiseMultiplier * Math.sqrt(squares));
      return same;
    }
  },

  /** The least variance over all coordinates: σ_l² = z²·(C_l ÷ √d_l)·Σ_j C_j·√d_j. */
  LEAST_VARIANCE {
    @Override
    double[] stddevs(double noiseMultiplier, double[] clipNorms, int[] layerSizes) {
      double total = 0;
      for (int l = 0; l < clipNorms.length; l++) {
        total += clipNorms[l] * Math.sqrt(layerSizes[l]);
      }
      double[] stddevs = new double[clipNorms.length];
      for (int l = 0; l < clipNorms.length; l++) {
        double share = clipNorms[l] / Math.sqrt(layerSizes[l]);
        stddevs[l] = ROUND_UP * noiseMultiplier * Math.sqrt(share * total);
      }
      return stddevs;
    }
  };

  /** Covers some thousand roundings: no layer may have less noise than is charged for. */
  private static final double ROUND_UP = 1 + 0x1p-40;

  /** Of each layer's noise, never less than in exact arithmetic; 0 without noise. */
  abstract double[] stddevs(double noiseMultiplier, double[] clipNorms, int[] layerSizes);
}
