/** Tests of the pictures. */
@NullMarked
package org.dpfed.cli.plot;

import org.jspecify.annotations.NullMarked;
