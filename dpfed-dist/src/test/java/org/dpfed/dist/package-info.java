/** Tests of what users get: the distribution, the published artifacts and the documentation. */
@NullMarked
package org.dpfed.dist;

import org.jspecify.annotations.NullMarked;
