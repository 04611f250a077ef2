package org.dpfed.dl4j;

import org.deeplearning4j.nn.api.Trainable;

/**
 * One parameter array of a network and where it lies in the network's flat vector.
 *
 * @param owner the layer or graph vertex that it belongs to
 * @param ownerName the owner's name in the configuration
 * @param name DL4J's key, such as {@code W}
 * @param from first position
 * @param to one after the last
 */
record Parameter(Trainable owner, String ownerName, String name, long from, long to) {
  /** How messages name it. */
  String label() {
    return "layer '%s' parameter %s".formatted(ownerName, name);
  }
}
