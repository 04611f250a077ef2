/**
 * Federated averaging under a privacy plan: the population, the loop, server optimizers, metrics
 * and the report.
 *
 * <p>Nothing here knows how a client trains; {@code org.dpfed.dl4j} does.
 */
@NullMarked
package org.dpfed.federated;

import org.jspecify.annotations.NullMarked;
