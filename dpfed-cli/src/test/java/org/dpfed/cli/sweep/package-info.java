/** Tests of {@code dpfed sweep}. */
@NullMarked
package org.dpfed.cli.sweep;

import org.jspecify.annotations.NullMarked;
