/**
 * Labelled data in memory, and readers for the embedded breast cancer records, Fashion-MNIST, other
 * IDX files, and CSV files.
 *
 * <p>Readers transform values with fixed, public constants only. They fit nothing to the rows,
 * because anything fitted to clients' data leaks it. One rule compares values ({@code CellValue}).
 * Errors give the position in a file, never its content ({@link
 * org.dpfed.data.MalformedDataException}). Package {@code partition} decides how rows become
 * clients. What is written of data gets its name when it is complete ({@link
 * org.dpfed.data.Unfinished}).
 */
@NullMarked
package org.dpfed.data;

import org.jspecify.annotations.NullMarked;
