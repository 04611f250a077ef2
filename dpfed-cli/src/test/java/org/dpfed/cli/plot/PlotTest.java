package org.dpfed.cli.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.dpfed.cli.plot.LineChart.Line;
import org.dpfed.cli.plot.LineChart.Mark;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

final class PlotTest {
  private static final Heading HEADING = new Heading("A <title>", "explained", "a warning");

  /** The first line has round marks, so their centres can be read. */
  private static LineChart chart(Axis x, boolean isBand) {
    List<Mark> marks = List.of(new Mark(0.1, 20, 10, 30), new Mark(1, 40, 35, 60), Mark.of(10, 80));
    return new LineChart(
        HEADING,
        x,
        Axis.linear("height"),
        "names",
        List.of(new Line("first", marks), new Line("second", List.of(Mark.of(1, 50)))),
        isBand ? LineChart.Intervals.BAND : LineChart.Intervals.BAR_BESIDE);
  }

  private static Plot heatMap(double... values) {
    List<HeatMap.Cell> cells =
        IntStream.range(0, values.length)
            .mapToObj(i -> new HeatMap.Cell("c" + i, "r", values[i], values[i] + " %\nε " + i))
            .toList();
    return new HeatMap(
            HEADING,
            "columns",
            cells.stream().map(HeatMap.Cell::column).toList(),
            "rows",
            List.of("r"),
            "value",
            cells)
        .plot();
  }

  private static Axis logarithmic() {
    return Axis.labelled("x", List.of(0.1, 1.0, 10.0));
  }

  private static List<Plot> all() {
    return List.of(
        chart(logarithmic(), false).plot(),
        chart(Axis.linear("x"), true).plot(),
        heatMap(1, 2, 3),
        heatMap(7));
  }

  private static Document parsed(Plot plot)
      throws IOException, ParserConfigurationException, SAXException {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(plot.svg())));
  }

  private static List<String> texts(Document svg) {
    NodeList elements = svg.getElementsByTagName("text");
    return IntStream.range(0, elements.getLength())
        .mapToObj(i -> elements.item(i).getTextContent().strip())
        .toList();
  }

  private static List<Element> circles(Document svg) {
    NodeList elements = svg.getElementsByTagName("circle");
    List<Element> circles = new ArrayList<>();
    for (int i = 0; i < elements.getLength(); i++) {
      circles.add((Element) elements.item(i));
    }
    return circles;
  }

  @Test
  void svg_anyPlot_isWholeAndNeedsNoOtherFile()
      throws IOException, ParserConfigurationException, SAXException {
    for (Plot plot : all()) {
      Document svg = parsed(plot);
      assertThat(svg.getDocumentElement().getAttribute("viewBox")).isEqualTo("0 0 900 560");
      assertThat(texts(svg)).contains("A <title>", "explained", "a warning");
      assertThat(plot.svg())
          .doesNotContain("href=", "@import", "@font-face", "src=", "<script", "<image")
          .doesNotContainPattern("url\\((?!#)");
    }
  }

  @Test
  void svg_samePlot_hasSameBytes(@TempDir Path folder) throws IOException {
    List<Plot> first = all();
    List<Plot> second = all();
    for (int i = 0; i < first.size(); i++) {
      first.get(i).save(folder, "first");
      second.get(i).save(folder, "second");
      for (String ending : List.of(".svg", ".png")) {
        assertThat(folder.resolve("first" + ending))
            .hasSameBinaryContentAs(folder.resolve("second" + ending));
      }
    }
  }

  @Test
  void save_anyPlot_writesPngOfTheStatedSizeWithInk(@TempDir Path folder) throws IOException {
    for (Plot plot : all()) {
      plot.save(folder, "plot");
      assertThat(Files.readString(folder.resolve("plot.svg"))).isEqualTo(plot.svg());
      BufferedImage image = ImageIO.read(folder.resolve("plot.png").toFile());
      assertThat(image.getWidth()).isEqualTo(Plot.SCALE * Plot.WIDTH);
      assertThat(image.getHeight()).isEqualTo(Plot.SCALE * Plot.HEIGHT);
      int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, 1800);
      assertThat(pixels[0] & 0xFFFFFF).isEqualTo(0xFFFFFF);
      assertThat(IntStream.of(pixels).distinct().count()).isGreaterThan(10);
    }
  }

  /** As over ssh with a forwarded display that is gone. */
  @Test
  void main_displayThatCannotBeReached_plotsAllTheSame(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path file = folder.resolve("epsilon.png");
    Path messages = folder.resolve("messages");
    ProcessBuilder command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.dpfed.cli.Main",
                "account",
                "--noise-multiplier=5",
                "--rounds=2",
                "--delta=1e-5",
                "--plot=" + file)
            .redirectErrorStream(true)
            .redirectOutput(messages.toFile());
    command.environment().put("DISPLAY", "no-such-host:99");
    int status = command.start().waitFor();
    assertThat(status).as(Files.readString(messages)).isZero();
    assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(Plot.SCALE * Plot.WIDTH);
  }

  /** Heights are linear: 20, 40 and 80 lie 1 to 2; ratios of 10 are equally far apart. */
  @Test
  void lineChart_marks_standWhereTheirValuesAre()
      throws IOException, ParserConfigurationException, SAXException {
    Document svg = parsed(chart(logarithmic(), false).plot());
    List<double[]> at =
        circles(svg).stream()
            .limit(3)
            .map(c -> new double[] {number(c, "cx"), number(c, "cy")})
            .toList();
    double step = at.get(0)[1] - at.get(1)[1];
    // Half a pixel, because Lets-Plot may round.
    assertThat(step).isPositive();
    assertThat(at.get(1)[1] - at.get(2)[1]).isCloseTo(2 * step, within(0.5));
    assertThat(at.get(2)[0] - at.get(1)[0]).isCloseTo(at.get(1)[0] - at.get(0)[0], within(0.5));
    assertThat(texts(svg)).contains("0.1", "1", "10", "names", "first", "second", "height");
  }

  private static double number(Element element, String name) {
    return Double.parseDouble(element.getAttribute(name));
  }

  @Test
  void lineChart_oneLine_hasNoLegend()
      throws IOException, ParserConfigurationException, SAXException {
    LineChart two = chart(logarithmic(), false);
    LineChart one =
        new LineChart(
            HEADING,
            two.x(),
            two.y(),
            "names",
            two.lines().subList(0, 1),
            LineChart.Intervals.BAR_BESIDE);
    assertThat(texts(parsed(one.plot()))).doesNotContain("names", "first");
  }

  @Test
  void heatMap_cells_haveTheirText()
      throws IOException, ParserConfigurationException, SAXException {
    assertThat(texts(parsed(heatMap(1, 2, 3))))
        .contains("1.0 %", "ε 0", "2.0 %", "ε 1", "3.0 %", "ε 2", "c0", "c1", "c2", "r");
    assertThat(texts(parsed(heatMap(7)))).contains("7.0 %", "ε 0");
  }

  @Test
  void axis_ofValues_isLogarithmicFromOneDecadeOn() {
    assertThat(Axis.of("ε", List.of(2.0, 30.0)).ticks())
        .containsExactly(2.0, 3.0, 5.0, 10.0, 20.0, 30.0);
    assertThat(Axis.of("ε", List.of(4.0, 30.0)).limits()).isEmpty();
    assertThat(Axis.labelled("noise", List.of(2.0, 0.0, 30.0, 2.0)))
        .isEqualTo(new Axis("noise", List.of(), List.of(0.0, 2.0, 30.0)));
    assertThat(Axis.text(0.5)).isEqualTo("0.5");
    assertThat(Axis.text(20)).isEqualTo("20");
  }
}
