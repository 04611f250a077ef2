package org.dpfed.cli.plot;

/**
 * What stands around a chart.
 *
 * @param title above it
 * @param explanation below the title: what marks and intervals are
 * @param warning below the chart, in red, such as that it is not private; empty for none
 */
public record Heading(String title, String explanation, String warning) {}
