/**
 * {@code dpfed train}: settings from a file and flags, the run that they describe, and what it
 * leaves in its directory. {@code dpfed predict} and {@code dpfed evaluate}: what a trained model
 * says of new rows.
 */
@NullMarked
package org.dpfed.cli.training;

import org.jspecify.annotations.NullMarked;
