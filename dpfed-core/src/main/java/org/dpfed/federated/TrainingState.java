package org.dpfed.federated;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dpfed.accounting.LedgerPosition;
import org.dpfed.ledger.Checkpoint;
import org.dpfed.mechanism.MechanismState;

/**
 * Everything that a run carries from one round to the next. A checkpoint holds all of it, and a
 * resumed run takes all of it.
 *
 * @param clients who they are; empty where the data or an earlier dpfed does not say
 * @param parameters of the model, shape {@code [d]}
 * @param optimizer the vectors of the server optimizer, each of shape {@code [d]}
 * @param mechanism bounds, turns, noise and round
 * @param position of the run in its ledger
 * @param finished the metrics of the rounds before
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record TrainingState(
    RunIdentity identity,
    Optional<PopulationDigest> clients,
    float[] parameters,
    List<float[]> optimizer,
    MechanismState mechanism,
    LedgerPosition position,
    List<RoundMetrics> finished) {

  /** Rounds that were released. */
  int round() {
    return mechanism.round();
  }

  /**
   * The digest of the clients with which a run goes on, where they are those that it had.
   *
   * @param countsTurns whether the plan's cost depends on how often each client takes part
   * @throws IllegalArgumentException when they are more, fewer, others, or in another order
   */
  Optional<PopulationDigest> requireSameClients(FederatedDataset data, boolean countsTurns) {
    identity.requirePopulation(data.population());
    return PopulationDigest.resumed(clients, data, countsTurns);
  }

  Checkpoint checkpoint() {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("identity", identity.toJson());
    clients.ifPresent(digest -> digest.addTo(texts));
    texts.put("run", Integer.toString(position.run()));
    texts.put("head", position.head());
    texts.put("metrics", MetricsJson.write(finished));
    Map<String, Object> arrays = new LinkedHashMap<>();
    arrays.put("parameters", parameters);
    arrays.put("bounds", mechanism.bounds());
    arrays.put("order", mechanism.order());
    putAll(arrays, "optimizer", optimizer);
    putAll(arrays, "noise", mechanism.noise());
    return new Checkpoint(round(), texts, arrays);
  }

  private static void putAll(Map<String, Object> arrays, String name, List<?> numbered) {
    for (int i = 0; i < numbered.size(); i++) {
      arrays.put(name + "." + i, numbered.get(i));
    }
  }

  /**
   * @throws IllegalArgumentException when the checkpoint holds no such state
   */
  static TrainingState of(Checkpoint checkpoint) {
    return new TrainingState(
        RunIdentity.ofJson(checkpoint.text("identity")),
        PopulationDigest.in(checkpoint),
        checkpoint.array("parameters", float[].class),
        checkpoint.numbered("optimizer", float[].class),
        new MechanismState(
            checkpoint.round(),
            checkpoint.array("bounds", double[].class),
            checkpoint.array("order", int[].class),
            checkpoint.numbered("noise", double[].class)),
        new LedgerPosition(Integer.parseInt(checkpoint.text("run")), checkpoint.text("head")),
        MetricsJson.read(checkpoint.text("metrics")));
  }
}
