package org.dpfed.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.dpfed.cli.DpfedCommand;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The pages of real runs in a real browser; skipped where Chromium or its driver is missing. */
@TestInstance(Lifecycle.PER_CLASS)
final class ReportPageBrowserTest {
  private static final String HOSTILE =
      "</script><script>window.taken=1</script><img src=x onerror='window.taken=1'>\"'&<b>";

  private static final ObjectMapper JSON = new ObjectMapper();

  private Path runs = Path.of("");
  private ChromeDriver browser;

  @BeforeAll
  void trainAndStart(@TempDir Path directory) {
    runs = directory;
    Path chromium = Path.of("/usr/bin/chromium");
    Path driver = Path.of("/usr/bin/chromedriver");
    assumeTrue(
        Files.isExecutable(chromium) && Files.isExecutable(driver),
        "skipped: needs /usr/bin/chromium and /usr/bin/chromedriver; install chromium and"
            + " chromium-driver");
    train("first", "--epsilon", "8");
    train("second", "--epsilon", "none", "--noise-multiplier", "1", "--noise-seed", "3");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.toString());
    options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu");
    options.addArguments("--user-data-dir=" + runs.resolve("profile"));
    options.setCapability("goog:loggingPrefs", logs);
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(driver.toFile()).build(),
            options);
    browser.manage().timeouts().pageLoadTimeout(Duration.ofMinutes(2));
  }

  @BeforeEach
  void lookAsUsual() {
    look(1000, "light", "screen");
  }

  @AfterAll
  void stop() {
    if (browser != null) {
      browser.quit();
    }
  }

  private void train(String name, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("train", "--runs", runs.toString(), "--name", name, "--rounds", "4"));
    arguments.addAll(List.of("--evaluate-every", "1", "--diagnostics"));
    arguments.addAll(List.of(more));
    StringWriter err = new StringWriter();
    int status =
        DpfedCommand.commandLine()
            .setOut(new PrintWriter(new StringWriter()))
            .setErr(new PrintWriter(err, true))
            .execute(arguments.toArray(String[]::new));
    assertThat(status).as(err.toString()).isZero();
  }

  private ObjectNode report(String name) throws IOException {
    return (ObjectNode) JSON.readTree(runs.resolve(name).resolve("report.json").toFile());
  }

  /** Opens a page, whose logs then hold nothing of earlier ones. */
  private void open(Path page) {
    browser.get("about:blank");
    browser.manage().logs().get(LogType.BROWSER);
    browser.manage().logs().get(LogType.PERFORMANCE);
    browser.get(page.toUri().toString());
  }

  private Path written(String name, ObjectNode report) throws IOException {
    return Files.writeString(runs.resolve(name + ".html"), ReportPage.of(report));
  }

  private void look(int width, String scheme, String medium) {
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "media",
            medium,
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  private void assertQuiet(Path page) throws IOException {
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
        .filteredOn(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .isEmpty();
    for (LogEntry entry : browser.manage().logs().get(LogType.PERFORMANCE)) {
      JsonNode message = JSON.readTree(entry.getMessage()).path("message");
      if (message.path("method").asText().equals("Network.requestWillBeSent")) {
        String url = message.at("/params/request/url").asText();
        assertThat(URI.create(url).getScheme()).as(url).isIn("file", "about");
        assertThat(url).isIn(page.toUri().toString(), "about:blank");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"first", "second"})
  void page_ofRun_showsTheNumbersOfReportJson(String run) throws IOException {
    JsonNode report = report(run);
    Path page = runs.resolve(run).resolve(ReportPage.FILE);
    open(page);
    List<WebElement> numbers = browser.findElements(By.tagName("data"));
    assertThat(numbers).hasSizeGreaterThan(60);
    for (WebElement number : numbers) {
      String place = String.valueOf(number.getDomAttribute("data-at"));
      double exact = report.at(place).asDouble();
      assertThat(report.at(place).isNumber()).as(place).isTrue();
      assertThat(Double.parseDouble(String.valueOf(number.getDomAttribute("value"))))
          .as(place)
          .isEqualTo(exact);
      // Four significant digits: off by half a unit of the fourth, at most 5 in 10⁴; ε by a whole
      // one of its fourth after the point.
      assertThat(Double.parseDouble(String.valueOf(number.getDomProperty("textContent"))))
          .as(place)
          .isCloseTo(exact, within(5e-4 * Math.abs(exact) + (place.contains("psilon") ? 1e-4 : 0)));
    }
    assertQuiet(page);
  }

  @Test
  void page_ofRun_drawsEachChartWithTheReportsPoints() throws IOException {
    JsonNode report = report("first");
    open(runs.resolve("first").resolve(ReportPage.FILE));
    for (String chart :
        List.of("metric-0", "metric-1", "epsilon", "noise", "clip-norm", "roc", "calibration")) {
      assertThat(browser.findElements(By.cssSelector("[data-chart='" + chart + "'] svg")))
          .as(chart)
          .isNotEmpty();
    }
    int dots = browser.findElements(By.cssSelector("[data-chart='epsilon'] svg circle")).size();
    assertThat(dots).isEqualTo(report.path("epsilonByRound").size()).isEqualTo(4);
    double last = report.at("/epsilonByRound/3/epsilon").asDouble();
    assertThat(last).isEqualTo(report.at("/guarantee/epsilon").asDouble());
  }

  @ParameterizedTest
  @CsvSource({
    "400,light,screen",
    "400,dark,screen",
    "1600,light,screen",
    "1600,dark,screen",
    "800,dark,print"
  })
  void page_anyWidthSchemeAndMedium_fitsAndIsAccessible(int width, String scheme, String medium)
      throws IOException {
    ObjectNode running = report("first").put("status", "running");
    for (Path page :
        List.of(
            runs.resolve("first").resolve(ReportPage.FILE),
            runs.resolve("second").resolve(ReportPage.FILE),
            written("running", running),
            comparison())) {
      look(width, scheme, medium);
      open(page);
      Object overflow =
          browser.executeScript(
              "return document.documentElement.scrollWidth - document.documentElement.clientWidth");
      assertThat(((Number) overflow).intValue()).as(page + " at " + width).isLessThanOrEqualTo(0);
      String background =
          String.valueOf(
              browser.executeScript("return getComputedStyle(document.body).backgroundColor"));
      boolean isDark = scheme.equals("dark") && medium.equals("screen");
      assertThat(background).isEqualTo(isDark ? "rgb(20, 24, 29)" : "rgb(255, 255, 255)");
      assertThat(seriousFaults()).as(page + " at " + width).isEmpty();
      assertQuiet(page);
    }
  }

  private Path comparison() throws IOException {
    Path page = runs.resolve("compared.html");
    List<StoredReport> both =
        List.of(StoredReport.in(runs.resolve("first")), StoredReport.in(runs.resolve("second")));
    return Files.writeString(page, ComparisonPage.of(both));
  }

  /** What axe-core calls serious or critical, with the elements. */
  private List<?> seriousFaults() throws IOException {
    try (InputStream stream = ReportPageBrowserTest.class.getResourceAsStream("/axe.min.js")) {
      browser.executeScript(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    }
    return (List<?>)
        browser.executeAsyncScript(
            """
            const done = arguments[arguments.length - 1];
            axe.run().then(
              (found) => done(found.violations
                .filter((v) => v.impact === "serious" || v.impact === "critical")
                .map((v) => v.id + ": " + v.nodes.map((n) => n.html + " " + n.failureSummary).slice(0, 3).join("; "))),
              (error) => done([String(error)]));
            """);
  }

  @Test
  void seriousFaults_pageWithFaults_areFound() throws IOException {
    Path page =
        Files.writeString(
            runs.resolve("faulty.html"),
            "<!doctype html><title>x</title><button></button><p style='color:#ccc'>pale");
    open(page);
    assertThat(seriousFaults()).hasSizeGreaterThanOrEqualTo(3);
  }

  @Test
  void page_hostileNames_areTextAndRunNothing() throws IOException {
    ObjectNode report = report("first");
    report.put("command", HOSTILE).put("status", HOSTILE).put("time", HOSTILE);
    report.withObject("/configuration/run").put("name", HOSTILE).put(HOSTILE, HOSTILE);
    report.withObject("/guarantee").put("unit", HOSTILE).put("relation", HOSTILE);
    report.withArray("notes").add(HOSTILE);
    report
        .withObject("/notCoveredByGuarantee/evaluation")
        .put(HOSTILE, 0.25)
        .putObject("reasonsForNull")
        .put("loss", HOSTILE);
    report
        .withArray("/rounds")
        .forEach(
            round ->
                ((ObjectNode) round.at("/notCoveredByGuarantee/evaluation")).put(HOSTILE, 0.5));
    report.withArray("/notCoveredByGuarantee/predictions/classes").insert(0, HOSTILE);
    Path page = written("hostile", report);
    open(page);
    assertThat(browser.executeScript("return window.taken")).isNull();
    assertThat(browser.findElements(By.cssSelector("img, b"))).isEmpty();
    assertThat(browser.findElement(By.tagName("h1")).getText()).isEqualTo(HOSTILE);
    assertThat(browser.findElements(By.cssSelector(".chart svg"))).hasSizeGreaterThan(5);
    assertQuiet(page);
  }

  @Test
  void page_scriptThatIsNotItsOwn_isRefusedByItsPolicy() throws IOException {
    String own = ReportPage.of(report("first"));
    Path page =
        Files.writeString(
            runs.resolve("injected.html"),
            own.replace("</main>", "<script>window.taken=1</script></main>"));
    open(page);
    assertThat(browser.executeScript("return window.taken")).isNull();
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
        .anyMatch(entry -> entry.getMessage().contains("Content Security Policy"));
  }

  @Test
  void page_runThatGoesOn_reloadsItselfUntilTheRunHasEnded() throws Exception {
    ObjectNode report = report("first").put("status", "running");
    Path page = runs.resolve("live.html");
    Files.writeString(
        page, ReportPage.of(report).replace("data-seconds=\"10\"", "data-seconds=\"1\""));
    open(page);
    assertThat(browser.findElement(By.className("status")).getText())
        .contains("This run is going on", "reloads itself every 10 seconds");
    assertThat(browser.findElement(By.id("pause")).isDisplayed()).isTrue();
    Files.writeString(page, ReportPage.of(report("first")));
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!browser.getPageSource().contains("finished: ") && System.nanoTime() < end) {
      Thread.sleep(200);
    }
    assertThat(browser.findElement(By.className("status")).getText()).startsWith("finished: ");
    assertThat(browser.findElements(By.id("pause"))).isEmpty();
  }

  @Test
  void page_printed_isAPdfWithSeveralPages() {
    look(1000, "dark", "");
    open(runs.resolve("first").resolve(ReportPage.FILE));
    Map<String, Object> printed =
        browser.executeCdpCommand("Page.printToPDF", Map.of("printBackground", true));
    byte[] pdf = Base64.getDecoder().decode((String) printed.get("data"));
    String text = new String(pdf, StandardCharsets.ISO_8859_1);
    assertThat(text).startsWith("%PDF-");
    assertThat(text.split("/Type /Page\\b", -1).length).isBetween(4, 20);
  }

  @Test
  void page_withoutPrivacy_saysSoFirst() {
    open(runs.resolve("second").resolve(ReportPage.FILE));
    assertThat(browser.findElement(By.cssSelector("main > section:first-of-type .lead")).getText())
        .startsWith("No privacy.")
        .contains("seed");
  }
}
