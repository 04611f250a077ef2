/** Tests of privacy loss distributions against convolution and direct integration. */
@NullMarked
package org.dpfed.accounting.pld;

import org.jspecify.annotations.NullMarked;
