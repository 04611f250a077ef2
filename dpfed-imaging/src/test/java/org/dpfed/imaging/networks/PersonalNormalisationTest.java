package org.dpfed.imaging.networks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.dpfed.dl4j.Dl4jClientTrainer;
import org.dpfed.dl4j.LocalTraining;
import org.dpfed.dl4j.NetworkTemplate;
import org.dpfed.federated.ClientTrainer;
import org.dpfed.imaging.layers.GroupNorm;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Normalisation layers that stay with the client, as each site has its own scanner. */
final class PersonalNormalisationTest {
  /** The parameters of a network of width 4: a 3×3 convolution 36, its norm 8, output 4 · 2 + 2. */
  @Test
  void train_personalNormalisation_deltaIsThatOfConvolutionsAndOutput() {
    NetworkTemplate all =
        NetworkTemplate.of(
            new ImageCnn(4).configuration(ImageNetwork.image(8, 8, 1), 2, new Sgd(0.5), 1));
    List<String> norms = all.trainedLayers(GroupNorm.class);
    assertThat(norms).containsExactly("convolution0-norm");
    NetworkTemplate template = all.withPersonal(norms.toArray(String[]::new));
    assertThat(template.layerSizes()).containsExactly(36, 10);
    assertThat(template.personalDimension()).isEqualTo(8);
    LocalTraining local = new LocalTraining(1, 4);
    DataSet site = site();
    try (INDArray start = template.initialParameters()) {
      float[] few = delta(template, local.withPersonalSteps(1), start, site);
      float[] many = delta(template, local.withPersonalSteps(8), start, site);
      assertThat(few).hasSize(46).isNotEqualTo(many);
      assertThat(few)
          .isNotEqualTo(new float[46])
          .isEqualTo(delta(template, local.withPersonalSteps(1), start, site));
    }
  }

  /** Images of another brightness and contrast than others have. */
  private static DataSet site() {
    INDArray images = Nd4j.rand(DataType.FLOAT, 8, 1, 8, 8).muli(3).addi(2);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, 8, 2);
    for (int i = 0; i < 8; i++) {
      labels.putScalar(i, i % 2, 1);
    }
    return new DataSet(images, labels);
  }

  private static float[] delta(
      NetworkTemplate template, LocalTraining local, INDArray start, DataSet site) {
    try (ClientTrainer.Worker worker = new Dl4jClientTrainer(template, local).newWorker();
        INDArray global = start.dup()) {
      return worker.train(global, site, 5).delta().toFloatVector();
    }
  }
}
