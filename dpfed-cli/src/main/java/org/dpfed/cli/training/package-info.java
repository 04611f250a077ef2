/**
 * The command {@code dpfed train}: settings from a file and from flags, the run that they describe,
 * and the run's directory of results. Also {@code dpfed predict} and {@code dpfed evaluate}, which
 * apply a trained model to new rows, and the runs that {@code dpfed sweep} starts.
 */
@NullMarked
package org.dpfed.cli.training;

import org.jspecify.annotations.NullMarked;
