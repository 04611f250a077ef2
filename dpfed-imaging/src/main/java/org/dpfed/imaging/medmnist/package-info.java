/**
 * The 2-D data sets of MedMNIST v2, read from their {@code .npz} files: a reader of NumPy's zip
 * archives that needs no Python and executes nothing, and the published description of each set.
 */
@NullMarked
package org.dpfed.imaging.medmnist;

import org.jspecify.annotations.NullMarked;
