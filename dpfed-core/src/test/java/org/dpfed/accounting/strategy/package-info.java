/** Tests of strategies of correlated noise. */
@NullMarked
package org.dpfed.accounting.strategy;

import org.jspecify.annotations.NullMarked;
