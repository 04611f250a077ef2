package org.dpfed.imaging.keras;

import java.util.List;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.jspecify.annotations.Nullable;

/**
 * A part of a DL4J network: a layer or a vertex, one of which is null.
 *
 * @param kernel null for parts without weights
 */
record Part(
    String name,
    List<String> inputs,
    @Nullable Layer layer,
    @Nullable GraphVertex vertex,
    @Nullable Kernel kernel) {}
