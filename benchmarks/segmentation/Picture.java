import java.awt.image.BufferedImage;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.dpfed.data.Scaling;
import org.dpfed.dl4j.ModelFile;
import org.dpfed.imaging.Image;
import org.dpfed.imaging.data.ImageSize;
import org.dpfed.imaging.networks.ImageNetwork;
import org.dpfed.imaging.nifti.NiftiReader;
import org.dpfed.imaging.volume.Plane;
import org.dpfed.imaging.volume.Volume;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Draws coronal slices with what is true and what models predict, brain in red: one row for each
 * slice; in each the slice, the truth and one picture for each model.
 *
 * <p>Arguments: the PNG to write, the NIfTI file of the image, that of the labels, and model files.
 */
final class Picture {
  private static final int SIDE = 64;
  private static final int ENLARGED = 3;
  private static final int SLICES = 4;
  private static final Scaling SCALING = new Scaling.Range(0, 160);

  private Picture() {}

  public static void main(String[] arguments) throws Exception {
    ImageSize size = new ImageSize(SIDE, SIDE);
    Volume image = NiftiReader.read(Path.of(arguments[1]));
    Volume labels = NiftiReader.read(Path.of(arguments[2]));
    List<ComputationGraph> models = new ArrayList<>();
    for (String model : Arrays.copyOfRange(arguments, 3, arguments.length)) {
      models.add(ModelFile.readGraph(Path.of(model), ImageNetwork.SAVED_CLASSES));
    }
    int cell = ENLARGED * SIDE;
    BufferedImage all =
        new BufferedImage((2 + models.size()) * cell, SLICES * cell, BufferedImage.TYPE_INT_RGB);
    for (int row = 0; row < SLICES; row++) {
      int slice = (row + 1) * image.slices(Plane.CORONAL) / (SLICES + 1);
      float[] values = size.fit(image.slice(Plane.CORONAL, slice), 0).values();
      float[] truth = size.fit(labels.slice(Plane.CORONAL, slice), 0).values();
      draw(all, 0, row, values, new float[values.length]);
      draw(all, 1, row, values, truth);
      for (int model = 0; model < models.size(); model++) {
        draw(all, 2 + model, row, values, predicted(models.get(model), values));
      }
    }
    ImageIO.write(all, "png", new File(arguments[0]));
  }

  /** 1 for brain, 0 for background. */
  private static float[] predicted(ComputationGraph model, float[] values) {
    float[] scaled = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      scaled[i] = SCALING.apply(values[i]);
    }
    INDArray output = model.outputSingle(Nd4j.createFromArray(scaled).reshape(1, 1, SIDE, SIDE));
    float[] classes = output.dup('c').data().asFloat();
    float[] brain = new float[values.length];
    for (int i = 0; i < brain.length; i++) {
      brain[i] = classes[brain.length + i] > classes[i] ? 1 : 0;
    }
    return brain;
  }

  private static void draw(
      BufferedImage all, int column, int row, float[] values, float[] brain) {
    for (int y = 0; y < ENLARGED * SIDE; y++) {
      for (int x = 0; x < ENLARGED * SIDE; x++) {
        int i = y / ENLARGED * SIDE + x / ENLARGED;
        int grey = (int) Math.min(255, values[i] * 255 / 160);
        int red = brain[i] > 0 ? Math.min(255, grey + 90) : grey;
        all.setRGB(
            column * ENLARGED * SIDE + x,
            row * ENLARGED * SIDE + y,
            red << 16 | grey << 8 | grey);
      }
    }
  }
}
