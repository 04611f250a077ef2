@NullMarked
package org.dpfed.cli.output;

import org.jspecify.annotations.NullMarked;
