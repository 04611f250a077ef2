package org.dpfed.dl4j.internal;

import java.util.Set;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.dpfed.dl4j.internal.NetworkKernels.Form;
import org.dpfed.dl4j.layers.LayerKernel;

/**
 * What a vertex of a graph computes that is not a layer.
 *
 * @param takes the form of all inputs
 */
record VertexArithmetic(Form takes, Form makes, LayerKernel kernel) {

  /** The classes of vertices that there are recipes for. */
  static final Set<Class<?>> KNOWN =
      Set.of(
          ElementWiseVertex.class,
          MergeVertex.class,
          ScaleVertex.class,
          ShiftVertex.class,
          SubsetVertex.class,
          L2NormalizeVertex.class,
          LastTimeStepVertex.class,
          PreprocessorVertex.class,
          ReshapeVertex.class);

  /**
   * That of a vertex.
   *
   * @param form common to its inputs
   */
  static VertexArithmetic of(String name, GraphVertex vertex, Form form) throws NotFastException {
    boolean areImages = form == Form.IMAGES || form == Form.SERIES || form == Form.STEPS;
    Class<?> type = vertex.getClass();
    if (type == ElementWiseVertex.class) {
      return keeping(form, new ElementWiseKernel(((ElementWiseVertex) vertex).getOp(), areImages));
    }
    if (type == MergeVertex.class
        && ((MergeVertex) vertex).getMergeAxis() == MergeVertex.DEFAULT_MERGE_DIM) {
      return keeping(form, new MergeKernel(areImages));
    }
    if (type == ScaleVertex.class) {
      return keeping(form, new AffineKernel(((ScaleVertex) vertex).getScaleFactor(), 0));
    }
    if (type == ShiftVertex.class) {
      return keeping(form, new AffineKernel(1, ((ShiftVertex) vertex).getShiftFactor()));
    }
    if (type == SubsetVertex.class) {
      SubsetVertex subset = (SubsetVertex) vertex;
      int count = subset.getTo() - subset.getFrom() + 1;
      return keeping(form, new SubsetKernel(subset.getFrom(), count, !areImages));
    }
    if (type == L2NormalizeVertex.class
        && form != Form.STEPS
        && ((L2NormalizeVertex) vertex).getDimension() == null) {
      return keeping(form, new LengthKernel(((L2NormalizeVertex) vertex).getEps(), !areImages));
    }
    if (type == LastTimeStepVertex.class) {
      return new VertexArithmetic(Form.SERIES, Form.ROWS, new LastStepKernel());
    }
    throw new NotFastException(
        "vertex '%s' is a %s%s, for which dpfed has no kernel"
            .formatted(
                name,
                type.getSimpleName(),
                KNOWN.contains(type) ? " with dimensions of its own" : ""));
  }

  private static VertexArithmetic keeping(Form form, LayerKernel kernel) {
    return new VertexArithmetic(form, form, kernel);
  }
}
