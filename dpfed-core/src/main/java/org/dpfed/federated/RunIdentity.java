package org.dpfed.federated;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What must be the same when a run is resumed, each part by name: population, how its data are
 * prepared, plan, network, how they are trained, and what of it no guarantee covers. Speed and
 * evaluation may differ.
 *
 * @param parts in words
 */
record RunIdentity(Map<String, String> parts) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String POPULATION = "population";

  /** Not in checkpoints of earlier versions. */
  private static final String PREPARATION = "preparation";

  private static final int MOST_SHOWN = 120;
  private static final int SHOWN_BEFORE = 40;
  private static final int SHOWN_AFTER = 40;

  static RunIdentity of(RunSettings settings) {
    PrivacyPlan plan = settings.plan();
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("unit", plan.unit());
    parts.put(POPULATION, Integer.toString(plan.population()));
    parts.put("data", String.join("; ", settings.data().assumptions()));
    parts.put("sampling", plan.sampling().toString());
    parts.put("clipping", plan.clipping().toString());
    parts.put("noise", plan.noise().toString());
    parts.put("trust", plan.trust().toString());
    parts.put("noiseMultiplier", Double.toString(plan.noiseMultiplier()));
    parts.put("delta", Double.toString(plan.delta()));
    parts.put("relation", plan.relation().label());
    parts.put("randomness", plan.mechanism().randomness().toString());
    if (plan.planned().isAccountedAsAWhole()) {
      parts.put("rounds", Integer.toString(plan.rounds()));
    }
    parts.put("serverOptimizer", settings.serverOptimizer().toString());
    parts.put("network", settings.trainer().identity());
    settings.clientTimeLimit().ifPresent(limit -> parts.put("clientTimeLimit", "" + limit));
    parts.put("diagnostics", Boolean.toString(settings.diagnostics()));
    parts.put("showClientErrors", Boolean.toString(settings.showClientErrors()));
    parts.put("seed", Long.toString(settings.seed()));
    parts.put(PREPARATION, settings.preparation());
    return new RunIdentity(parts);
  }

  /**
   * @param before of the run that is to be resumed
   * @throws IllegalArgumentException when this is another; the message says what differs
   */
  void requireSame(RunIdentity before) {
    Set<String> names = new TreeSet<>(parts.keySet());
    names.addAll(before.parts.keySet());
    if (!before.parts.containsKey(PREPARATION)) {
      names.remove(PREPARATION);
    }
    String differences =
        names.stream()
            .filter(name -> !value(name).equals(before.value(name)))
            .map(name -> difference(name, before.value(name), value(name)))
            .collect(Collectors.joining("; "));
    if (!differences.isEmpty()) {
      throw new IllegalArgumentException(
          "the checkpoint is of another run: %s; resume with the settings of that run, or start a new one"
              .formatted(differences));
    }
  }

  /**
   * The number of clients is public, and named: it is the first thing to be seen of other data.
   *
   * @throws IllegalArgumentException when the run had more or fewer clients
   */
  void requirePopulation(int population) {
    String before = value(POPULATION);
    if (!before.equals(Integer.toString(population))) {
      throw new IllegalArgumentException(
          "some clients are not those of the run: it had %s, the data have %d now; %s"
              .formatted(before, population, PopulationDigest.SAME_DATA));
    }
  }

  private String value(String name) {
    return parts.getOrDefault(name, "not given");
  }

  /** Of long texts, such as a network's, what stands around the first difference. */
  private static String difference(String name, String before, String now) {
    if (Math.max(before.length(), now.length()) <= MOST_SHOWN) {
      return "%s was %s, is %s".formatted(name, before, now);
    }
    int at = 0;
    while (at < Math.min(before.length(), now.length()) && before.charAt(at) == now.charAt(at)) {
      at++;
    }
    return "%s was %s, is %s".formatted(name, around(before, at), around(now, at));
  }

  private static String around(String text, int at) {
    int start = Math.max(0, at - SHOWN_BEFORE);
    int end = Math.min(text.length(), at + SHOWN_AFTER);
    String shown = text.substring(start, end).replaceAll("\\s+", " ");
    return (start > 0 ? "…" : "") + shown + (end < text.length() ? "…" : "");
  }

  String toJson() {
    try {
      return JSON.writeValueAsString(parts);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts can always be written", e);
    }
  }

  /**
   * @throws IllegalArgumentException when that is no identity
   */
  static RunIdentity ofJson(String json) {
    try {
      Map<String, String> parts = JSON.readValue(json, new TypeReference<>() {});
      if (parts == null || parts.containsValue(null)) {
        throw new IllegalArgumentException("the checkpoint does not say of which run it is");
      }
      return new RunIdentity(parts);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the checkpoint does not say of which run it is", e);
    }
  }
}
