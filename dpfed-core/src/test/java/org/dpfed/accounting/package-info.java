/** Tests of the accountants against published numbers, an independent referee and each other. */
@NullMarked
package org.dpfed.accounting;

import org.jspecify.annotations.NullMarked;
