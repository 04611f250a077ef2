@NullMarked
package org.dpfed.cli.training;

import org.jspecify.annotations.NullMarked;
