/**
 * Local training and evaluation with Deeplearning4j. Each worker has one network and resets it
 * between clients. Networks whose parameters cannot be averaged under clipping and noise are
 * refused.
 */
@NullMarked
package org.dpfed.dl4j;

import org.jspecify.annotations.NullMarked;
