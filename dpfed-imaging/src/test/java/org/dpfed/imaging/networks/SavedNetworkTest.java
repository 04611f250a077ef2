package org.dpfed.imaging.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.dpfed.imaging.networks.ImageNetwork.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.dpfed.dl4j.DamagedModelException;
import org.dpfed.dl4j.ModelFile;
import org.dpfed.fuzz.Envelope;
import org.dpfed.fuzz.FuzzedReader;
import org.dpfed.fuzz.Fuzzing;
import org.dpfed.imaging.losses.CrossEntropy;
import org.dpfed.imaging.losses.ImageLoss;
import org.dpfed.imaging.losses.SoftDice;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.learning.config.Sgd;

/** A network that somebody else saved: its layers and losses hold numbers that may be anything. */
final class SavedNetworkTest {
  private static final int SIDE = 16;

  @TempDir private Path directory;

  private static byte[] saved(ImageLoss loss) throws IOException {
    ComputationGraph network =
        new ComputationGraph(
            new UNet(4, 1).configuration(image(SIDE, SIDE, 1), 2, loss, new Sgd(1), 1));
    network.init();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, bytes, true);
    network.close();
    return bytes.toByteArray();
  }

  private static FuzzedReader reader() throws IOException {
    int pixels = SIDE * SIDE;
    return FuzzedReader.of(
            "image network",
            "model.zip",
            List.of(
                saved(new CrossEntropy(pixels, 2, List.of(1.0, 2.0))),
                saved(SoftDice.withoutBackground(pixels, 2))),
            DamagedModelException.class,
            file -> ModelFile.readGraph(file, ImageNetwork.SAVED_CLASSES).params().close())
        .in(Envelope.ZIP);
  }

  @Test
  void readGraph_damaged_isReadOrRefused() throws Exception {
    Fuzzing.run(reader(), 200, directory);
  }

  @Test
  @Tag("stress")
  void readGraph_damagedManyTimes_isReadOrRefused() throws Exception {
    Fuzzing.run(reader(), Fuzzing.FEW, directory);
  }

  @ParameterizedTest
  @CsvSource({
    "groups, 4, 0",
    "groups, 4, 3",
    "groups, 4, -4",
    "groups, 4, 2147483647",
    "nin, 4, -4",
    "nin, 4, 9223372036854775807",
    "epsilon, 1.0E-5, -1",
    "pixels, 256, 0",
    "focus, 2.0, -1"
  })
  void readGraph_numbersThatMakeNoLayer_isRefused(String field, String before, String after)
      throws IOException {
    Path file = directory.resolve("model.zip");
    Map<String, byte[]> entries = Envelope.unzip(saved(new CrossEntropy(256, 2, List.of())));
    String json = new String(entries.get("configuration.json"), StandardCharsets.UTF_8);
    String changed =
        json.replace("\"%s\" : %s".formatted(field, before), "\"%s\" : %s".formatted(field, after));
    assertThat(changed).isNotEqualTo(json);
    entries.put("configuration.json", changed.getBytes(StandardCharsets.UTF_8));
    Files.write(file, Envelope.zip(entries));
    assertThatExceptionOfType(DamagedModelException.class)
        .isThrownBy(() -> ModelFile.readGraph(file, ImageNetwork.SAVED_CLASSES));
  }
}
