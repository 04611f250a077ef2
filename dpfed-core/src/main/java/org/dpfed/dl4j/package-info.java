/**
 * Local training and evaluation with Deeplearning4j: one network per worker, reset between clients,
 * and the checks that refuse networks whose parameters cannot be averaged under clipping and noise.
 */
@NullMarked
package org.dpfed.dl4j;

import org.jspecify.annotations.NullMarked;
