/**
 * Pages for people: {@code report.html} and the comparison of several runs, and the model card.
 * They are made of {@code report.json} alone, so that {@code dpfed report} can make them again.
 */
@NullMarked
package org.dpfed.cli.report;

import org.jspecify.annotations.NullMarked;
