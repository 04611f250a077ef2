package org.dpfed.cli.plot;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.batik.transcoder.TranscoderException;
import org.apache.batik.transcoder.TranscoderInput;
import org.apache.batik.transcoder.TranscoderOutput;
import org.apache.batik.transcoder.image.ImageTranscoder;
import org.apache.batik.transcoder.image.PNGTranscoder;
import org.jetbrains.letsPlot.awt.plot.PlotSvgExport;

/** A picture, drawn by Lets-Plot as SVG and turned into PNG by Batik. Equal plots, equal bytes. */
public final class Plot {
  /** Pixels from left to right in SVG. */
  public static final int WIDTH = 900;

  /** Pixels from top to bottom in SVG. */
  public static final int HEIGHT = 560;

  /** Pixels of PNG for one of SVG, so that small letters stay sharp. */
  public static final int SCALE = 2;

  private static final String INK = "#222222";
  private static final String WARNING = "#B02020";

  /** Lets-Plot draws the names of elements at random. */
  private static final Pattern RANDOM_NAME =
      Pattern.compile("(?m)(?<=id=\"|url\\(#|^#)[cdp]\\w{6}\\b");

  private final Heading heading;
  private final Map<String, Object> specification;

  /**
   * A plot.
   *
   * @param specification layers, data, scales and theme, named as in Lets-Plot's Python interface
   */
  Plot(Heading heading, Map<String, Object> specification) {
    this.heading = heading;
    this.specification = specification;
  }

  /** What Lets-Plot takes: a map that it may change, in this order. */
  static Map<String, Object> options(Object... namesAndValues) {
    Map<String, Object> options = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      options.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return options;
  }

  /** What stands around the chart. */
  public Heading heading() {
    return heading;
  }

  /** The picture as SVG that needs no other file. */
  public String svg() {
    Map<String, Object> whole = new LinkedHashMap<>(specification);
    whole.put("kind", "plot");
    whole.put("ggsize", options("width", WIDTH, "height", HEIGHT));
    whole.put("ggtitle", options("text", heading.title(), "subtitle", heading.explanation()));
    if (!heading.warning().isEmpty()) {
      whole.put("caption", options("text", heading.warning()));
    }
    whole.put("theme", theme());
    String drawn = PlotSvgExport.INSTANCE.buildSvgImageFromRawSpecs(whole, null, false);
    Map<String, String> names = new LinkedHashMap<>();
    return RANDOM_NAME
        .matcher(drawn)
        .replaceAll(
            name ->
                Matcher.quoteReplacement(
                    names.computeIfAbsent(name.group(), key -> "n" + names.size())))
        .replaceFirst("<svg ", "<svg viewBox=\"0 0 %d %d\" ".formatted(WIDTH, HEIGHT));
  }

  private static Map<String, Object> theme() {
    return options(
        "name", "minimal",
        "panel_grid_minor", "blank",
        "plot_title", text(INK, "bold", 18),
        "plot_subtitle", text(INK, "plain", 14),
        "plot_caption", text(WARNING, "bold", 14),
        "plot_margin", options("t", 12, "r", 12, "b", 12, "l", 12));
  }

  private static Map<String, Object> text(String color, String face, int size) {
    return options("name", "text", "blank", false, "color", color, "face", face, "size", size);
  }

  /** Writes {@code name.svg} and {@code name.png}. */
  public void save(Path directory, String name) throws IOException {
    Files.writeString(directory.resolve(name + ".svg"), svg());
    savePng(directory.resolve(name + ".png"));
  }

  /** Writes the picture as PNG; nothing where it cannot be drawn. */
  public void savePng(Path file) throws IOException {
    PNGTranscoder transcoder = new PNGTranscoder();
    transcoder.addTranscodingHint(ImageTranscoder.KEY_WIDTH, (float) SCALE * WIDTH);
    transcoder.addTranscodingHint(ImageTranscoder.KEY_BACKGROUND_COLOR, Color.WHITE);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      transcoder.transcode(new TranscoderInput(new StringReader(svg())), new TranscoderOutput(png));
    } catch (TranscoderException e) {
      throw new IOException(file + " cannot be drawn: " + e.getMessage(), e);
    }
    Files.write(file, png.toByteArray());
  }
}
