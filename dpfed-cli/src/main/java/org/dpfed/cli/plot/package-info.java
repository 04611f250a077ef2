/**
 * The pictures of the command line, drawn by Lets-Plot from data and a specification: line charts
 * and heat maps. What they show is chosen by the commands; the curves of {@code report.html} are
 * drawn in the browser and are not here.
 */
@NullMarked
package org.dpfed.cli.plot;

import org.jspecify.annotations.NullMarked;
