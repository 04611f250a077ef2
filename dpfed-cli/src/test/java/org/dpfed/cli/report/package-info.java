@NullMarked
package org.dpfed.cli.report;

import org.jspecify.annotations.NullMarked;
