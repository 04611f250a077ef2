/**
 * A file system that fails, or whose process or machine dies, at an operation that a test chooses.
 * What is tested sees paths and nothing else.
 */
@NullMarked
package org.dpfed.faults;

import org.jspecify.annotations.NullMarked;
