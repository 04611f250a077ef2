package org.dpfed.cli.sweep;

import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** A plot that can be drawn anywhere. */
sealed interface Figure permits LineChart, HeatMap {
  int WIDTH = 900;
  int HEIGHT = 560;
  Color INK = new Color(0x22, 0x22, 0x22);
  Color FAINT = new Color(0xDD, 0xDD, 0xDD);
  Color WARNING = new Color(0xB0, 0x20, 0x20);

  /** Distinct for most eyes: the palette of Okabe and Ito, then darker and lighter ones. */
  List<Color> PALETTE =
      List.of(
          new Color(0x00, 0x72, 0xB2),
          new Color(0xD5, 0x5E, 0x00),
          new Color(0x00, 0x9E, 0x73),
          new Color(0xCC, 0x79, 0xA7),
          new Color(0xE6, 0x9F, 0x00),
          new Color(0x56, 0xB4, 0xE9),
          new Color(0x55, 0x55, 0x55),
          new Color(0x80, 0x40, 0x00),
          new Color(0x40, 0x20, 0x80),
          new Color(0x90, 0xA0, 0x30));

  void draw(Canvas canvas);

  /** Writes {@code name.svg} and {@code name.png}. */
  default void save(Path directory, String name) throws IOException {
    SvgCanvas svg = new SvgCanvas(WIDTH, HEIGHT);
    draw(svg);
    Files.writeString(directory.resolve(name + ".svg"), svg.finished());
    ImageCanvas image = new ImageCanvas(WIDTH, HEIGHT);
    draw(image);
    try (OutputStream out = Files.newOutputStream(directory.resolve(name + ".png"))) {
      ImageIO.write(image.finished(), "png", out);
    }
  }
}
