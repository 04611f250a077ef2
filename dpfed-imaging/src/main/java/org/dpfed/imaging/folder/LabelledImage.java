package org.dpfed.imaging.folder;

import java.io.IOException;
import java.nio.file.Path;
import org.dpfed.imaging.Image;
import org.dpfed.imaging.data.ImageRows;
import org.jspecify.annotations.Nullable;

/**
 * An image file and what is to be predicted of it.
 *
 * @param label the class; without meaning where there is a mask
 * @param mask the file with the class of each pixel; null where the image has one class
 */
record LabelledImage(Path image, int label, @Nullable Path mask) {
  void addTo(ImageRows rows, String key, ImageLoader loader, int classes) throws IOException {
    Image pixels = loader.read(image);
    if (mask == null) {
      rows.add(key, pixels, label);
    } else {
      MaskLoader masks = new MaskLoader(loader.height(), loader.width(), classes, loader.resizes());
      rows.add(key, pixels, masks.read(mask));
    }
  }
}
