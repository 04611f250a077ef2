package org.dpfed.mechanism;

import java.util.List;

/**
 * What a {@link MechanismRun} carries from one round to the next. Contains the noise of earlier
 * rounds where it is correlated: whoever knows it can take the noise off the released sums, so it
 * is for the server alone.
 *
 * @param round how many rounds were released
 * @param bounds clip norms of the parts, then the estimate behind the threshold of zeroing; public
 * @param order of the clients, where they take turns; empty otherwise. Need not be secret
 * @param noise what correlated noise remembers, one vector after the other; empty otherwise, and
 *     after the last round. The run's own arrays: valid until its next round
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record MechanismState(int round, double[] bounds, int[] order, List<double[]> noise) {
  public MechanismState {
    noise = List.copyOf(noise);
  }
}
