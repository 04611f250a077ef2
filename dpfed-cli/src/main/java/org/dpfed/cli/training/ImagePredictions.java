package org.dpfed.cli.training;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.dpfed.cli.CsvTable;
import org.dpfed.cli.OutputLostException;
import org.dpfed.cli.UsageException;

/** What becomes of a model's outputs for an image. */
interface ImagePredictions {
  /**
   * Writes them.
   *
   * @param name of the image
   * @param outputs probabilities of the classes, or those of each pixel: class, row, column
   */
  void write(String name, float[] outputs) throws IOException;

  /**
   * A line of CSV for each image, below a header: its name, the class predicted, the probabilities.
   *
   * @param out flushed and closed by its owner
   */
  static ImagePredictions table(List<String> classNames, Writer out) throws IOException {
    CsvTable table = new CsvTable(out, System.lineSeparator());
    List<Object> header = new ArrayList<>(List.of("image", "predicted"));
    classNames.forEach(name -> header.add("probability of " + name));
    table.add(header);
    return (name, outputs) -> {
      List<Object> line = new ArrayList<>(List.of(name, classNames.get(best(outputs, 0, 1))));
      for (float probability : outputs) {
        line.add(probability);
      }
      table.add(line);
      OutputLostException.flush(out);
    };
  }

  /**
   * A PNG file for each image, with the number of each pixel's class as its grey value.
   *
   * @param folder is there, and empty
   * @param height rows of an image
   * @param width columns of an image
   */
  static ImagePredictions masks(Path folder, int height, int width) {
    return (name, outputs) -> {
      BufferedImage mask = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
      int pixels = height * width;
      for (int i = 0; i < pixels; i++) {
        mask.getRaster().setSample(i % width, i / width, 0, best(outputs, i, pixels));
      }
      Path file = folder.resolve(stem(name) + ".png").normalize();
      if (!file.startsWith(folder.normalize())) {
        throw new UsageException(
            "the mask %s would be written outside the folder; give images paths below the list"
                .formatted(folder.normalize().relativize(file)));
      }
      makeFolders(folder.normalize(), file.resolveSibling(""));
      try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
        ImageIO.write(mask, "png", out);
      } catch (FileAlreadyExistsException e) {
        throw new UsageException(
            folder.normalize().relativize(file)
                + " would be the mask of two images; give them different names",
            e);
      }
    };
  }

  /** Those below the folder alone: it does not come back once it is removed. */
  private static void makeFolders(Path folder, Path last) throws IOException {
    if (!last.equals(folder) && Files.notExists(last)) {
      makeFolders(folder, last.resolveSibling(""));
      Files.createDirectory(last);
    }
  }

  /** A path without the ending of an image's file. */
  private static String stem(String name) {
    return name.replaceFirst("(?i)\\.(png|jpe?g|tiff?)$", "");
  }

  /** The first of the highest outputs, which lie {@code step} apart. */
  private static int best(float[] outputs, int from, int step) {
    int best = from;
    for (int i = from; i < outputs.length; i += step) {
      best = outputs[i] > outputs[best] ? i : best;
    }
    return best / step;
  }
}
