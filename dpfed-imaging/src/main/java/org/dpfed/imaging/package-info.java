/**
 * Images of any modality, as numbers in memory. The packages below read them from files and
 * servers, and turn them into examples of clients.
 */
@NullMarked
package org.dpfed.imaging;

import org.jspecify.annotations.NullMarked;
