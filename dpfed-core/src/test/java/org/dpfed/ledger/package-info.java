@NullMarked
package org.dpfed.ledger;

import org.jspecify.annotations.NullMarked;
