/**
 * Strategies of correlated noise: what is minimised, the optimiser, the errors of every kind of
 * noise for a run, and files of optimised strategies.
 *
 * <p>What a strategy costs in privacy is the business of the accounting package. Nothing here draws
 * noise.
 */
@NullMarked
package org.dpfed.accounting.strategy;

import org.jspecify.annotations.NullMarked;
