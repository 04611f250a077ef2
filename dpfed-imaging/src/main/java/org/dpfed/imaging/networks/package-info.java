/**
 * Networks for images, as Deeplearning4j configurations, and the classes that they are saved with.
 */
@NullMarked
package org.dpfed.imaging.networks;

import org.jspecify.annotations.NullMarked;
