/**
 * Loss functions for images and their pixels, as Deeplearning4j's output layers take them. Each is
 * a mean of its own example, so that learning rates do not depend on the size of images and no
 * example's gradient depends on another.
 */
@NullMarked
package org.dpfed.imaging.losses;

import org.jspecify.annotations.NullMarked;
