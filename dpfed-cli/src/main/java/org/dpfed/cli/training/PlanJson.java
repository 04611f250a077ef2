package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.dpfed.accounting.Participation;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.mechanism.Clipping;
import org.dpfed.mechanism.Noise;
import org.dpfed.mechanism.QuantileEstimation;
import org.dpfed.mechanism.Sampling;
import org.dpfed.mechanism.Zeroing;

/** A plan as JSON: what its choices are called in settings, and their settings. */
final class PlanJson {
  private PlanJson() {}

  /**
   * @param layers that were clipped apart, or 1
   */
  static ObjectNode of(PrivacyPlan plan, int layers) {
    ObjectNode node = object();
    node.put("population", plan.population());
    node.put("expectedCohortSize", plan.expectedCohortSize());
    PlanText.samplingProbability(plan)
        .ifPresent(probability -> node.put("samplingProbability", probability));
    node.put("rounds", plan.rounds());
    put(node, "clipNorm", plan.clipping().clipNorm());
    node.put("noiseMultiplier", plan.noiseMultiplier());
    node.put("sumNoiseMultiplier", PlanText.sumNoiseMultiplier(plan, layers));
    node.set("sampling", sampling(plan));
    node.set("clipping", clipping(plan));
    node.set("noise", noise(plan.noise()));
    node.set("trust", labelled(plan.trust().label()));
    node.put("roundEvent", EventText.ofRound(plan));
    return node;
  }

  private static ObjectNode sampling(PrivacyPlan plan) {
    Sampling sampling = plan.sampling();
    ObjectNode node = labelled(sampling.label());
    if (sampling instanceof Sampling.CappedPoisson capped) {
      node.put("maxCohort", capped.maxCohort());
    } else if (sampling instanceof Sampling.ParticipationLimited limited) {
      Participation real = sampling.participation(plan.population(), plan.rounds()).orElseThrow();
      node.put("maxParticipations", limited.maxParticipations());
      node.put("minSeparation", limited.minSeparation());
      node.put("participations", real.attainable());
      node.put("separation", real.minSeparation());
    } else if (sampling instanceof Sampling.CyclicPoisson cyclic) {
      node.put("groups", cyclic.groups());
    }
    return node;
  }

  private static ObjectNode clipping(PrivacyPlan plan) {
    Clipping clipping = plan.clipping();
    ObjectNode node = labelled(clipping.label());
    clipping
        .adaptation()
        .ifPresent(
            estimation -> {
              node.put("targetQuantile", estimation.targetQuantile());
              node.put("learningRate", estimation.learningRate());
              node.put("countStddev", estimation.countStddev(plan.expectedCohortSize()));
            });
    clipping
        .layerShares()
        .ifPresent(
            shares -> {
              node.put("shares", PlanText.shares(shares));
              node.put("layerNoise", PlanText.label(clipping.layerNoise()));
            });
    clipping.zeroing().ifPresent(zeroing -> putZeroing(node, zeroing, plan));
    return node;
  }

  private static void putZeroing(ObjectNode node, Zeroing zeroing, PrivacyPlan plan) {
    if (zeroing.adaptation().isEmpty()) {
      node.put("zeroAbove", zeroing.initialThreshold());
      return;
    }
    QuantileEstimation estimation = zeroing.adaptation().get();
    node.put("zeroQuantile", estimation.targetQuantile());
    node.put("zeroMultiple", zeroing.multiple());
    node.put("zeroInitial", zeroing.initialThreshold() / zeroing.multiple());
    node.put("zeroLearningRate", estimation.learningRate());
    node.put("zeroCountStddev", estimation.countStddev(plan.expectedCohortSize()));
  }

  private static ObjectNode noise(Noise noise) {
    ObjectNode node = labelled(noise.label());
    if (noise instanceof Noise.Tree tree) {
      tree.restartRounds().ifPresent(rounds -> node.put("restartRounds", rounds));
    } else if (noise instanceof Noise.Banded banded) {
      node.put("bands", banded.bands());
      banded.strategy().coefficients().forEach(node.putArray("coefficients")::add);
    } else if (noise instanceof Noise.BufferedLinear buffered) {
      node.put("buffers", buffered.buffers());
      buffered.strategy().bufferDecay().forEach(node.putArray("bufferDecay")::add);
      buffered.strategy().outputScale().forEach(node.putArray("outputScale")::add);
    }
    return node;
  }

  private static ObjectNode labelled(String label) {
    return object().put("label", label);
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static void put(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    } else {
      node.putNull(name);
    }
  }
}
