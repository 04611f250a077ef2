package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import javax.imageio.ImageIO;
import org.dpfed.ledger.LedgerHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dpfed data index}, and runs on what it writes beside the same runs on the files. */
final class DataIndexCommandTest {
  private static final List<String> PLAN_WORDS =
      List.of(
          ("--cohort 5 --rounds 3 --evaluate-every 1 --clip-norm 1 --noise-multiplier 1"
                  + " --delta 1e-3 --epsilon none")
              .split(" "));
  private static final String[] PLAN = PLAN_WORDS.toArray(String[]::new);

  private final Path directory;
  private final ImageRun run;

  DataIndexCommandTest(@TempDir Path directory) {
    this.directory = directory;
    this.run = new ImageRun(directory);
  }

  /** {@code docs/spark.md}, with the example of {@code docs/configuration.md}, on threads. */
  @Test
  void page_indexAndPlan_trainTogether() throws IOException {
    StringBuilder visits = new StringBuilder("age,crp,died\n");
    for (int row = 0; row < 1200; row++) {
      visits.append("%d,%d,%s\n".formatted(row % 90, row % 400, row % 3 == 0 ? "yes" : "no"));
    }
    Files.writeString(directory.resolve("visits.csv"), visits);
    example("configuration.md", "visits.yaml");
    String plan = example("spark.md", "plan.yaml", "set: indexed");
    String index = directory.resolve("visits.index").toString();
    Path file = directory.resolve("plan.yaml");
    Files.writeString(file, plan.replace("/shared/visits.index", index));
    String runs = directory.resolve("runs").toString();
    String visitsFile = directory.resolve("visits.yaml").toString();
    assertThat(run.dpfed("data", "index", "--config", visitsFile, "--runs", runs, index))
        .as(run.err())
        .isZero();
    assertThat(run.dpfed("train", "--config", file.toString(), "--runs", runs))
        .as(run.err())
        .isZero();
    assertThat(run.out()).contains("finished after 40 rounds");
  }

  /** Writes the first YAML example of a page that has some text. */
  private String example(String page, String name, String... having) throws IOException {
    String found =
        Pattern.compile("(?s)```yaml\n(.*?)```")
            .matcher(Files.readString(Path.of("..", "docs", page)))
            .results()
            .map(match -> match.group(1))
            .filter(example -> Stream.of(having).allMatch(example::contains))
            .findFirst()
            .orElseThrow();
    Files.writeString(directory.resolve(name), found);
    return found;
  }

  /** What an index says of images is what decides how new ones are read. */
  @Test
  void images_everySettingOfData_isInTheIndexOrNeverChangesAnImage() {
    Set<String> neverChangesAnImage =
        Set.of(
            ("directory file files testFile regression header delimiter quote encoding label key"
                    + " similarKeys ranges categories remainingRange ignore missing onMissing"
                    + " testShare testExamples splitSeed unit rowsPerUnit testSites siteNames url"
                    + " query credentials certificates timeLimitSeconds largestInstanceMiB")
                .split(" "));
    Set<String> others =
        Settings.ALL.stream()
            .map(Setting::key)
            .filter(key -> key.startsWith("data.") && !IndexedSource.OF_IMAGES.contains(key))
            .map(key -> key.substring("data.".length()))
            .collect(Collectors.toSet());
    assertThat(others).containsExactlyInAnyOrderElementsOf(neverChangesAnImage);
  }

  @Test
  void index_insideItsData_isRefused() throws IOException {
    Path images = Files.createDirectories(directory.resolve("sites"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), images);
    for (Path folder : List.of(images.resolve("index"), link.resolve("index"))) {
      assertThat(
              run.dpfed(
                  "data",
                  "index",
                  "--data",
                  "csv",
                  "--data-directory",
                  csvFiles(images).toString(),
                  "--label",
                  "sick",
                  "--classes",
                  "[no, yes]",
                  "--ranges",
                  "{age: [0, 100]}",
                  folder.toString()))
          .isEqualTo(2);
      assertThat(run.err()).contains("lies in data.directory").hasLineCount(1);
      assertThat(folder).doesNotExist();
    }
  }

  private static Path csvFiles(Path folder) throws IOException {
    for (int site = 0; site < 5; site++) {
      Files.writeString(
          folder.resolve(site + ".csv"), "age,sick\n%d,no\n%d,yes\n".formatted(site, 90 - site));
    }
    return folder;
  }

  /** Every round would be charged, and no client trained. */
  @Test
  void train_indexWithoutAPart_isRefusedByItsName() throws IOException {
    Path index = directory.resolve("index");
    assertThat(run.dpfed("data", "index", index.toString())).as(run.err()).isZero();
    Files.delete(index.resolve("part-00000"));
    assertThat(
            run.dpfed(
                "train",
                "--data",
                "indexed",
                "--data-directory",
                index.toString(),
                "--runs",
                directory.resolve("runs").toString()))
        .isEqualTo(2);
    assertThat(run.err()).contains("part-00000: the part is missing").hasLineCount(1);
    assertThat(directory.resolve("runs/ledgers")).doesNotExist();
    assertThat(run.dpfed("data", "verify", index.toString())).isEqualTo(2);
    assertThat(run.out()).contains("0 of 455 clients are right");
  }

  /** The same file as in runs on the data, for which the system follows links before "..". */
  @Test
  void index_ledgerBehindALink_isThatOfItsData() throws IOException {
    Path away = Files.createDirectories(directory.resolve("far/away"));
    Files.createSymbolicLink(directory.resolve("link"), away);
    String ledger = directory.resolve("link/../ledger.jsonl").toString();
    String index = directory.resolve("index").toString();
    assertThat(run.dpfed("data", "index", "--ledger", ledger, index)).as(run.err()).isZero();
    assertThat(run.out()).contains(directory.toRealPath().resolve("far/ledger.jsonl").toString());
  }

  @Test
  void train_indexOfRecords_sameModelEvaluationAndLedger() throws IOException {
    String[] plan = {"--rounds", "3", "--evaluate-every", "1"};

    assertSame("wdbc-patient", List.of(), plan);
    assertThat(directory.resolve("runs/index/preprocessing.json"))
        .hasSameTextualContentAs(directory.resolve("runs/files/preprocessing.json"));
  }

  @Test
  void train_indexOfARegressionByKey_sameModelEvaluationAndLedger() throws IOException {
    StringBuilder visits = new StringBuilder("pid,age,days\n");
    for (int row = 0; row < 90; row++) {
      visits.append("patient-%d,%d,%d\n".formatted(row / 3, 20 + row % 61, row * 7 % 50));
    }
    Path file = Files.writeString(directory.resolve("visits.csv"), visits);
    List<String> data =
        with(
            words("--data csv --label days --regression [0,50] --key pid --partition by-key"),
            List.of("--unit", "patient", "--ranges", "{age: [0, 100]}", "--data-file", "" + file));

    assertSame("visits-patient", data, PLAN);
    assertThat(everything(directory.resolve("index"))).doesNotContain("patient-");
  }

  @Test
  void train_indexOfImagesWithMasks_sameAugmentedModelEvaluationBySiteAndMasks()
      throws IOException {
    for (int image = 0; image < 24; image++) {
      String name = "site%d/named%02d/scan.png".formatted(image % 4, image);
      draw("images/" + name, 16, 1 + image * 10);
      draw("masks/" + name, 16, 0);
    }
    List<String> data =
        with(
            words(
                "--data image-folder --image-size [16,16] --test-sites [site1,site2]"
                    + " --partition by-key --classes [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]"),
            "--data-directory",
            directory.resolve("images").toString(),
            "--masks",
            directory.resolve("masks").toString());
    List<String> changed =
        words("--model unet --flip both --shift 0.2 --rotate 20 --brightness 0.1 --contrast 0.3");

    assertSame("images-patient", data, with(PLAN_WORDS, changed).toArray(String[]::new));
    assertThat(report("index").at("/notCoveredByGuarantee/sites").findValuesAsText("site"))
        .containsExactly("site 1", "site 2");
    // Without them, another model.
    assertThat(train("plain", indexed(), with(PLAN_WORDS, "--model", "unet"))).isZero();
    assertThat(parameters("plain")).isNotEqualTo(parameters("index"));
    // Of sites, those of held-out rows.
    assertThat(everything(directory.resolve("index")))
        .contains("site1", "site2")
        .doesNotContain("site0", "site3", "named");
    for (String name : List.of("files", "index")) {
      assertThat(predict(name, "images", "--output", "" + directory.resolve("found-" + name)))
          .as(run.err())
          .isZero();
    }
    assertThat(everything(directory.resolve("found-index")))
        .isEqualTo(everything(directory.resolve("found-files")));
    assertThat(evaluated("index", "--data-directory", "images", "--masks", "masks"))
        .isEqualTo(evaluated("files", "--data-directory", "images", "--masks", "masks"));
  }

  /** Each patient has two images, so results of a site count patients and not rows. */
  @Test
  void train_indexOfDicomFiles_sameModelEvaluationBySiteAndPredictions() throws IOException {
    new MadeImages().dicom(directory, 24, "Mustermann-");
    List<String> data =
        with(
            words(
                "--data dicom --image-size [16,16] --scaling [0,255] --partition by-key"
                    + " --classes [healthy,ill] --site-names true"),
            "--data-directory",
            directory.resolve("archive").toString(),
            "--labels",
            directory.resolve("labels.csv").toString(),
            "--test-sites",
            "[Clinic A, Clinic C]");
    String[] plan = with(PLAN_WORDS, words("--model residual --width 4")).toArray(String[]::new);

    assertSame("archive-patient", data, plan);
    JsonNode sites = report("index").at("/notCoveredByGuarantee/sites");
    assertThat(sites.findValuesAsText("site")).containsExactly("Clinic A", "Clinic C");
    assertThat(sites.at("/0/units").asInt())
        .isEqualTo(sites.at("/0/evaluation/examples").asInt() / 2);
    assertThat(everything(directory.resolve("index")))
        .contains("Clinic A", "Clinic C")
        .doesNotContain("Clinic B", "Mustermann");
    assertThat(predict("files", "archive")).as(run.err()).isZero();
    String expected = run.out();
    assertThat(predict("index", "archive")).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo(expected).hasLineCount(49);
    assertThat(evaluated("index", "--data-directory", "archive", "--labels", "labels.csv"))
        .isEqualTo(evaluated("files", "--data-directory", "archive", "--labels", "labels.csv"));
    String[] dry =
        with(with(List.of("train", "--dry-run"), indexed()), plan).toArray(String[]::new);
    assertThat(run.dpfed(dry)).as(run.err()).isZero();
    assertThat(run.out())
        .containsPattern("sites +held out: site 1 \\d+ rows of \\d+ units, site 2 ");
  }

  @Test
  void predict_modelOfAnIndexOfMedMnist_asOneOfTheFile() throws IOException {
    new MadeImages().medMnist(directory.resolve("breastmnist.npz"));
    List<String> data =
        with(
            words(
                "--data medmnist --unit image --partition one-per-client --scaling centred-pixel"),
            "--data-file",
            directory.resolve("breastmnist.npz").toString());

    assertSame("breastmnist-image", data, with(PLAN_WORDS, "--model", "lenet"));
    Files.move(directory.resolve("breastmnist.npz"), directory.resolve("new.npz"));
    assertThat(evaluated("index", "--data-file", "new.npz"))
        .isEqualTo(evaluated("files", "--data-file", "new.npz"));
    assertThat(run.dpfed("predict", path("runs/index"), "--data-file", path("new.npz")))
        .as(run.err())
        .isZero();
    assertThat(run.out()).hasLineCount(11);
    Files.delete(directory.resolve("runs/index/images.yaml"));
    assertRefused(
        "a file was removed", "predict", path("runs/index"), "--data-file", path("new.npz"));
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private List<String> indexed() {
    return List.of("--data", "indexed", "--data-directory", path("index"));
  }

  private int predict(String name, String images, String... more) {
    return run.dpfed(
        with(List.of("predict", path("runs/" + name), "--data-directory", path(images)), more)
            .toArray(String[]::new));
  }

  /** What evaluate prints; {@code files} are flags and names of files in turn. */
  private String evaluated(String name, String... files) {
    List<String> words = new ArrayList<>(List.of("evaluate", "--json", path("runs/" + name)));
    for (int i = 0; i < files.length; i += 2) {
      words.add(files[i]);
      words.add(path(files[i + 1]));
    }
    assertThat(run.dpfed(words.toArray(String[]::new))).as(run.err()).isZero();
    return run.out();
  }

  /** Trains on the files, makes the index, and trains on it. */
  private void assertSame(String ledger, List<String> data, List<String> plan) throws IOException {
    assertSame(ledger, data, plan.toArray(String[]::new));
  }

  private void assertSame(String ledger, List<String> data, String... plan) throws IOException {
    String index = directory.resolve("index").toString();
    assertThat(train("files", data, plan)).as(run.err()).isZero();
    String runs = directory.resolve("runs").toString();
    List<String> write = with(List.of("data", "index", index, "--runs", runs), data);
    assertThat(run.dpfed(write.toArray(String[]::new))).as(run.err()).isZero();
    assertThat(run.out())
        .contains(
            "train with --data indexed --data-directory " + ReportedRun.quoted(Path.of(index)));
    List<String> indexed = List.of("--data", "indexed", "--data-directory", index);
    // Of the data's settings, only this one is still asked for.
    List<String> shown =
        data.contains("--site-names") ? with(indexed, "--site-names", "true") : indexed;
    assertThat(train("index", shown, plan)).as(run.err()).isZero();

    assertThat(parameters("index")).isEqualTo(parameters("files"));
    for (String part : List.of("/notCoveredByGuarantee/evaluation", "/plan/population")) {
      assertThat(report("files").at(part).isMissingNode()).as(part).isFalse();
    }
    for (String part :
        List.of(
            "/notCoveredByGuarantee/evaluation",
            "/notCoveredByGuarantee/sites",
            "/notCoveredByGuarantee/sitesNotShown",
            "/plan/population")) {
      assertThat(report("index").at(part)).as(part).isEqualTo(report("files").at(part));
    }
    assertThat(report("index").at("/guarantee/assumptions"))
        .isEqualTo(report("files").at("/guarantee/assumptions"));
    // Both runs are on the ledger of the one population.
    assertThat(
            LedgerHistory.read(directory.resolve("runs/ledgers/" + ledger + ".jsonl"))
                .charged(2)
                .reached())
        .isEqualTo(3);
  }

  @Test
  void train_indexOfARunWithItsOwnLedger_takesThatLedger() throws IOException {
    Path ledger = directory.resolve("ours.jsonl");
    String index = directory.resolve("index").toString();
    assertThat(run.dpfed("data", "index", index, "--ledger", ledger.toString())).isZero();
    List<String> indexed = List.of("--data", "indexed", "--data-directory", index);

    assertThat(train("index", indexed, "--rounds", "1")).as(run.err()).isZero();
    assertThat(ledger).exists();
    assertThat(directory.resolve("runs/ledgers")).doesNotExist();
  }

  /** A ledger that begins anew would let the same people be charged from zero. */
  @Test
  void train_indexFromOtherDirectoryOfRuns_isChargedToTheLedgerOfTheData() throws IOException {
    Path ours = directory.resolve("ours");
    Path index = directory.resolve("an index");
    Path ledger = ours.resolve("ledgers/wdbc-patient.jsonl");
    String[] source = {"train", "--runs", "" + ours, "--name", "first", "--rounds", "1"};
    assertThat(run.dpfed(source)).as(run.err()).isZero();
    assertThat(run.dpfed("data", "index", "" + index, "--runs", "" + ours)).isZero();
    assertThat(run.out())
        .contains("--data-directory '" + index + "'\n")
        .endsWith("Ledger of runs on it: " + ledger + "\n");

    List<String> indexed = List.of("--data", "indexed", "--data-directory", "" + index);
    assertThat(train("index", indexed, "--rounds", "1")).as(run.err()).isZero();
    assertThat(LedgerHistory.read(ledger).charged(2).reached()).isEqualTo(1);
    assertThat(directory.resolve("runs/ledgers")).doesNotExist();
  }

  @Test
  void dataIndex_whatCannotBe_isRefusedInOneLine() throws IOException {
    Path index = directory.resolve("index");
    assertThat(run.dpfed("data", "index", index.toString())).isZero();
    assertRefused("exists already", "data", "index", index.toString());
    String[] train = {"train", "--data", "indexed", "--data-directory"};
    assertRefused(
        "it has no clients.index", with(List.of(train), "" + directory).toArray(String[]::new));
    assertRefused(
        "partition.by has no effect with data.set indexed",
        with(List.of(train), "" + index, "--partition", "one-per-client").toArray(String[]::new));
    assertRefused(
        "an index holds no clients of held-out rows",
        with(List.of(train), "" + index, "--personal", "head").toArray(String[]::new));
    assertRefused(
        "client.flip changes images, and this index is of rows of numbers",
        with(List.of(train), "" + index, "--flip", "both").toArray(String[]::new));
    assertRefused(
        "data.siteNames has no effect, since no held-out row has the name of a site; leave it out",
        with(List.of(train), "" + index, "--site-names").toArray(String[]::new));
    Path other = directory.resolve("other");
    assertThat(run.dpfed("data", "index", other.toString())).isZero();
    Files.move(index.resolve("held-out"), directory.resolve("kept"));
    Files.move(other.resolve("held-out"), index.resolve("held-out"));
    assertRefused(
        "these are of another one", with(List.of(train), "" + index).toArray(String[]::new));
    byte[] entries = Files.readAllBytes(index.resolve("clients.index"));
    entries[entries.length / 2] ^= 1;
    Files.write(index.resolve("clients.index"), entries);
    assertRefused("write it again", with(List.of(train), "" + index).toArray(String[]::new));
    assertRefused("a command is needed: index, verify", "data");
    assertRefused(
        "an index is made of the data themselves",
        with(
                List.of("data", "index", "--data", "indexed", "--data-directory"),
                "" + index,
                "" + directory.resolve("second"))
            .toArray(String[]::new));
  }

  @Test
  void dataVerify_anyFileOfTheIndexChanged_isFoundWithTheNumbersOfClients() throws IOException {
    Path index = directory.resolve("index");
    assertThat(run.dpfed("data", "index", "" + index)).isZero();
    assertThat(run.dpfed("data", "verify", "" + index)).as(run.err()).isZero();
    assertThat(run.out())
        .matches(
            "\\Q%s\\E: (\\d+) of \\1 clients are right, with \\1 rows; (\\d+) of \\2 held-out rows are right\n"
                .formatted(index));
    try (Stream<Path> files = Files.walk(index)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at += 1 + whole.length / 20) {
          byte[] damaged = whole.clone();
          damaged[at] ^= 4;
          Files.write(file, damaged);
          assertThat(run.dpfed("data", "verify", "" + index)).as("%s %d", file, at).isEqualTo(2);
          assertThat(run.err()).hasLineCount(1);
        }
        Files.write(file, whole);
      }
    }
    // A record of 30 features has about 140 bytes or more.
    Path part = index.resolve("part-00000");
    byte[] records = Files.readAllBytes(part);
    for (int at : new int[] {20, 160, 300, records.length - 1}) {
      records[at] ^= 1;
    }
    Files.write(part, records);
    assertThat(run.dpfed("data", "verify", "" + index)).isEqualTo(2);
    assertThat(run.out()).containsPattern("damaged clients: 0 to [12], \\d+\n");
    assertThat(run.err()).contains("is damaged: bring it back from a copy");
    assertRefused("it has no clients.index", "data", "verify", "" + directory);
  }

  /** What a killed process left is replaced; see {@code UnfinishedTest} for who may. */
  @Test
  void dataIndex_unfinishedOneIsThere_isReplaced() throws IOException {
    Path left = directory.resolve(".index.unfinished/content");
    Files.createDirectories(left);
    Files.writeString(left.resolve("part-00000"), "examples");
    Files.writeString(left.resolveSibling("lock"), "");

    assertThat(run.dpfed("data", "index", path("index"))).as(run.err()).isZero();
    assertThat(run.dpfed("data", "verify", path("index"))).isZero();
    assertThat(left.resolveSibling("")).doesNotExist();
  }

  private void assertRefused(String message, String... arguments) {
    assertThat(run.dpfed(arguments)).as(run.err()).isEqualTo(2);
    assertThat(run.err()).contains(message).doesNotContain("\tat ").hasLineCount(1);
  }

  private int train(String name, List<String> data, List<String> plan) {
    return train(name, data, plan.toArray(String[]::new));
  }

  private int train(String name, List<String> data, String... plan) {
    List<String> words = with(List.of("train"), data);
    words = with(words, plan);
    words = with(words, "--noise-seed", "7", "--name", name);
    words = with(words, "--runs", directory.resolve("runs").toString());
    return run.dpfed(words.toArray(String[]::new));
  }

  /** Of a text without paths, which may hold blanks. */
  private static List<String> words(String text) {
    return List.of(text.split(" ", -1));
  }

  private static List<String> with(List<String> words, String... more) {
    return with(words, List.of(more));
  }

  private static List<String> with(List<String> words, List<String> more) {
    return Stream.concat(words.stream(), more.stream()).toList();
  }

  private void draw(String name, int side, int shade) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        image.getRaster().setSample(x, y, 0, shade == 0 ? x : (shade + x * y) % 256);
      }
    }
    ImageIO.write(image, "png", file.toFile());
  }

  /** The bytes of all files below a folder, as text of one byte a character. */
  private static String everything(Path folder) throws IOException {
    List<String> texts = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        texts.add(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    return String.join("\n", texts);
  }

  private byte[] parameters(String name) throws IOException {
    try (ZipFile model = new ZipFile(directory.resolve("runs/" + name + "/model.zip").toFile())) {
      return model.getInputStream(model.getEntry("coefficients.bin")).readAllBytes();
    }
  }

  private JsonNode report(String name) throws IOException {
    return new ObjectMapper().readTree(directory.resolve("runs/" + name + "/report.json").toFile());
  }
}
