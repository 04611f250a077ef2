package org.dpfed.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.jspecify.annotations.Nullable;

/**
 * The trained parameters of a network in two parts: the shared ones, of which clients send deltas,
 * and the personal ones, which never leave a client. Parameters that training cannot change are in
 * neither.
 *
 * @param shared the shared ones, at least one
 * @param layerSizes how many of them each layer or vertex has that has any, in their order
 * @param personal the personal ones, where there are any
 * @param personalLayers names of the layers and vertices that these belong to, in their order
 */
record TrainedParts(
    TrainableParameters shared,
    List<Integer> layerSizes,
    Optional<TrainableParameters> personal,
    List<String> personalLayers) {

  /**
   * Divides the trained parameters of a network.
   *
   * @param model an initialised network
   * @param personalLayers names of layers or vertices with trained parameters; may be empty
   * @throws IllegalArgumentException when a name is none of these, or nothing would be shared
   */
  static TrainedParts of(Model model, Set<String> personalLayers) {
    ParameterLayout layout = ParameterLayout.of(model);
    Predicate<Parameter> isFixed = new FixedParameters(model)::contains;
    Predicate<Parameter> isPersonal = each -> personalLayers.contains(each.ownerName());
    Set<String> layers = new LinkedHashSet<>();
    layout.parameters().stream()
        .filter(isFixed.negate())
        .forEach(each -> layers.add(each.ownerName()));
    requireSome(personalLayers, layers);
    Predicate<Parameter> isNotShared = isFixed.or(isPersonal);
    return new TrainedParts(
        TrainableParameters.of(layout, isNotShared),
        layerSizes(layout.parameters().stream().filter(isNotShared.negate()).toList()),
        personalLayers.isEmpty()
            ? Optional.empty()
            : Optional.of(TrainableParameters.of(layout, isFixed.or(isPersonal.negate()))),
        layers.stream().filter(personalLayers::contains).toList());
  }

  /** The parameters that training can change, in the order of the network's flat vector. */
  static List<Parameter> trained(Model model) {
    FixedParameters fixed = new FixedParameters(model);
    return ParameterLayout.of(model).parameters().stream()
        .filter(each -> !fixed.contains(each))
        .toList();
  }

  private static void requireSome(Set<String> personal, Set<String> layers) {
    for (String name : personal) {
      if (!layers.contains(name)) {
        throw new IllegalArgumentException(
            "personal layer '%s' is none that is trained; those are %s"
                .formatted(name, String.join(", ", layers)));
      }
    }
    if (!personal.isEmpty() && personal.containsAll(layers)) {
      throw new IllegalArgumentException(
          "personal layers must leave a layer to share, were all that are trained: %s; leave one out"
              .formatted(String.join(", ", layers)));
    }
  }

  private static List<Integer> layerSizes(List<Parameter> shared) {
    List<Integer> sizes = new ArrayList<>();
    @Nullable Trainable last = null;
    for (Parameter parameter : shared) {
      int size = Math.toIntExact(parameter.to() - parameter.from());
      if (parameter.owner() == last) {
        size += sizes.remove(sizes.size() - 1);
      }
      sizes.add(size);
      last = parameter.owner();
    }
    return List.copyOf(sizes);
  }
}
