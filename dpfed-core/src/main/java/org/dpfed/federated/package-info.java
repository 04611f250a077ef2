/**
 * Federated averaging under a privacy plan: the population, the training loop, server optimizers,
 * metrics and the report.
 *
 * <p>This package does not depend on how a client trains; {@code org.dpfed.dl4j} implements that.
 */
@NullMarked
package org.dpfed.federated;

import org.jspecify.annotations.NullMarked;
