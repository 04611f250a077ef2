/**
 * Labelled data in memory and the readers that bring it there: the embedded patients' records,
 * Fashion-MNIST and other IDX files, CSV files.
 *
 * <p>Every constant that touches a value is public and fixed: nothing is fitted on the rows at
 * hand, because what is fitted on clients' data leaks it. Values are compared by one rule ({@code
 * CellValue}), and errors show places in a file, never what stands there ({@link
 * org.dpfed.data.MalformedDataException}). How rows become clients is decided in {@code partition}.
 */
@NullMarked
package org.dpfed.data;

import org.jspecify.annotations.NullMarked;
