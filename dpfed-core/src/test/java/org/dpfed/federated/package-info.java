@NullMarked
package org.dpfed.federated;

import org.jspecify.annotations.NullMarked;
