package org.dpfed.dl4j;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnn3DPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.jspecify.annotations.Nullable;

/**
 * Determines which examples a network accepts. DL4J does not keep the input type that a
 * configuration was built with. It is inferred from the first preprocessor and layer, and the size
 * of images and volumes from the layer at which they are flattened. Where vertices take slices of
 * the input, it is as large as they reach.
 */
final class ExampleShapes {
  /** Sizes of images tried where nothing in the network depends on them. */
  private static final List<Long> SQUARES = List.of(16L, 28L, 32L, 64L, 128L, 224L, 256L);

  /** And of volumes. */
  private static final List<Long> CUBES = List.of(8L, 16L, 32L, 64L);

  private static final int LARGEST_SIZE = 1024;

  private ExampleShapes() {}

  /** Candidates, the likeliest first; empty when nothing can be said. */
  static List<ExampleShape> of(Model model) {
    return of(NetworkPath.of(model));
  }

  private static List<ExampleShape> of(NetworkPath path) {
    List<NetworkPath.Slice> slices = path.slices();
    if (!slices.isEmpty()) {
      return ofSlices(slices);
    }
    OptionalLong reshaped = path.reshaped();
    if (reshaped.isPresent()) {
      return rows(reshaped.getAsLong());
    }
    boolean isFirst = true;
    for (NetworkPath.Stage stage : path.stages()) {
      if (stage.before().isPresent()) {
        return beforeLayer(stage.before().get(), stage.layer(), isFirst, path);
      }
      List<ExampleShape> shapes = ofLayer(stage.layer(), path);
      if (!shapes.isEmpty()) {
        return shapes;
      }
      isFirst = false;
    }
    return List.of();
  }

  /** What all slices are cut from, which the first of them that says something has the form of. */
  private static List<ExampleShape> ofSlices(List<NetworkPath.Slice> slices) {
    int size = slices.stream().mapToInt(NetworkPath.Slice::to).max().orElseThrow() + 1;
    return slices.stream()
        .map(slice -> of(slice.path()))
        .filter(shapes -> !shapes.isEmpty())
        .findFirst()
        .orElse(List.of())
        .stream()
        .map(shape -> new ExampleShape(withChannels(shape.features(), size), shape.categories()))
        .toList();
  }

  /** Of another size along axis 1, where vertices cut. */
  private static InputType withChannels(InputType type, long channels) {
    if (type instanceof InputType.InputTypeRecurrent series
        && series.getFormat() == RNNFormat.NCW) {
      return InputType.recurrent(channels, series.getTimeSeriesLength(), RNNFormat.NCW);
    }
    if (type instanceof InputType.InputTypeConvolutional images
        && images.getFormat() == CNN2DFormat.NCHW) {
      return InputType.convolutional(images.getHeight(), images.getWidth(), channels);
    }
    return type instanceof InputType.InputTypeFeedForward ? InputType.feedForward(channels) : type;
  }

  /** What a preprocessor takes that hands over to {@code layer}. */
  private static List<ExampleShape> beforeLayer(
      InputPreProcessor before, Layer layer, boolean isFirst, NetworkPath path) {
    if (before instanceof FeedForwardToCnnPreProcessor to) {
      return rows(to.getInputHeight() * to.getInputWidth() * to.getNumChannels());
    }
    if (before instanceof FeedForwardToCnn3DPreProcessor to) {
      return rows(
          (long) to.getInputDepth()
              * to.getInputHeight()
              * to.getInputWidth()
              * to.getNumChannels());
    }
    if (before instanceof CnnToFeedForwardPreProcessor from) {
      return isFirst
          ? List.of(
              ExampleShape.of(
                  InputType.convolutional(
                      from.getInputHeight(),
                      from.getInputWidth(),
                      from.getNumChannels(),
                      from.getFormat())))
          : images(from.getNumChannels(), from.getFormat(), path);
    }
    if (before instanceof Cnn3DToFeedForwardPreProcessor from) {
      Convolution3D.DataFormat format =
          from.isNCDHW() ? Convolution3D.DataFormat.NCDHW : Convolution3D.DataFormat.NDHWC;
      return isFirst
          ? List.of(
              ExampleShape.of(
                  InputType.convolutional3D(
                      format,
                      from.getInputDepth(),
                      from.getInputHeight(),
                      from.getInputWidth(),
                      from.getNumChannels())))
          : volumes(from.getNumChannels(), format, path);
    }
    if (before instanceof RnnToCnnPreProcessor from) {
      long size = (long) from.getInputHeight() * from.getInputWidth() * from.getNumChannels();
      return sequences(size, from.getRnnDataFormat());
    }
    if (before instanceof RnnToFeedForwardPreProcessor from
        && inside(layer) instanceof FeedForwardLayer dense) {
      return sequences(dense.getNIn(), from.getRnnDataFormat());
    }
    return before instanceof FeedForwardToRnnPreProcessor
            && inside(layer) instanceof FeedForwardLayer recurrent
        ? rows(recurrent.getNIn())
        : List.of();
  }

  private static List<ExampleShape> ofLayer(Layer layer, NetworkPath path) {
    Layer inside = inside(layer);
    if (inside instanceof EmbeddingLayer embedding) {
      return List.of(new ExampleShape(InputType.feedForward(1), embedding.getNIn()));
    }
    if (inside instanceof EmbeddingSequenceLayer embedding) {
      int steps = embedding.getInputLength() > 1 ? embedding.getInputLength() : 6;
      return List.of(new ExampleShape(InputType.feedForward(steps), embedding.getNIn()));
    }
    if (inside instanceof Convolution1DLayer convolution) {
      return sequences(convolution.getNIn(), convolution.getRnnDataFormat());
    }
    if (inside instanceof Convolution3D convolution) {
      return volumes(convolution.getNIn(), convolution.getDataFormat(), path);
    }
    if (inside instanceof SpaceToDepthLayer blocks) {
      return spaceToDepth(blocks, path);
    }
    if (inside instanceof ConvolutionLayer convolution) {
      return images(convolution.getNIn(), convolution.getCnn2dDataFormat(), path);
    }
    if (inside instanceof BaseRecurrentLayer recurrent) {
      return sequences(recurrent.getNIn(), recurrent.getRnnDataFormat());
    }
    if (inside instanceof RnnOutputLayer output) {
      return sequences(output.getNIn(), output.getRnnDataFormat());
    }
    if (inside instanceof FeedForwardLayer dense && dense.getNIn() > 0) {
      return layer instanceof TimeDistributed distributed
          ? sequences(dense.getNIn(), distributed.getRnnDataFormat())
          : rows(dense.getNIn());
    }
    return List.of();
  }

  /** The convolution that follows has the channels of a whole block. */
  private static List<ExampleShape> spaceToDepth(SpaceToDepthLayer blocks, NetworkPath path) {
    long pixels = (long) blocks.getBlockSize() * blocks.getBlockSize();
    return path.stages().stream()
        .map(stage -> inside(stage.layer()))
        .filter(ConvolutionLayer.class::isInstance)
        .map(next -> ((ConvolutionLayer) next).getNIn() / pixels)
        .findFirst()
        .map(channels -> images(channels, blocks.getDataFormat(), path))
        .orElse(List.of());
  }

  /** The layer itself, without what is wrapped around it. */
  private static Layer inside(Layer layer) {
    if (layer instanceof FrozenLayer frozen) {
      return inside(frozen.getLayer());
    }
    if (layer instanceof Bidirectional both) {
      return inside(both.getFwd());
    }
    return layer instanceof BaseWrapperLayer wrapper ? inside(wrapper.getUnderlying()) : layer;
  }

  private static List<ExampleShape> rows(long size) {
    return List.of(ExampleShape.of(InputType.feedForward(size)));
  }

  /** Short ones, and longer ones for networks that make them shorter. */
  private static List<ExampleShape> sequences(long size, @Nullable RNNFormat format) {
    RNNFormat known = format == null ? RNNFormat.NCW : format;
    return IntStream.of(6, 32, 128)
        .mapToObj(steps -> ExampleShape.of(InputType.recurrent(size, steps, known)))
        .toList();
  }

  private static List<ExampleShape> volumes(
      long channels, Convolution3D.DataFormat format, NetworkPath path) {
    LongFunction<InputType> cube =
        size -> InputType.convolutional3D(format, size, size, size, channels);
    return builtFor(3, cube, path)
        .map(
            sizes ->
                List.of(
                    ExampleShape.of(
                        InputType.convolutional3D(
                            format, sizes.get(0), sizes.get(1), sizes.get(2), channels))))
        .orElseGet(() -> of(CUBES, cube));
  }

  private static List<ExampleShape> images(
      long channels, @Nullable CNN2DFormat format, NetworkPath path) {
    CNN2DFormat known = format == null ? CNN2DFormat.NCHW : format;
    LongFunction<InputType> square = size -> InputType.convolutional(size, size, channels, known);
    return builtFor(2, square, path)
        .map(
            sizes ->
                List.of(
                    ExampleShape.of(
                        InputType.convolutional(sizes.get(0), sizes.get(1), channels, known))))
        .orElseGet(() -> of(SQUARES, square));
  }

  private static List<ExampleShape> of(List<Long> sizes, LongFunction<InputType> type) {
    return sizes.stream().map(size -> ExampleShape.of(type.apply(size))).toList();
  }

  /**
   * The sizes along each axis that the network was built for; empty where nothing depends on them.
   * No layer mixes the axes, so each is found with equal sizes along all.
   */
  private static Optional<List<Long>> builtFor(
      int axes, LongFunction<InputType> equalSizes, NetworkPath path) {
    long[] found = new long[axes];
    for (long size = 1; size <= LARGEST_SIZE; size++) {
      List<NetworkPath.Flattening> all;
      try {
        all = path.flattenings(equalSizes.apply(size));
      } catch (RuntimeException e) {
        // Too small for a kernel, or no multiple of a stride.
        continue;
      }
      if (all.isEmpty()) {
        return Optional.empty();
      }
      for (int axis = 0; axis < axes; axis++) {
        int current = axis;
        if (found[axis] == 0 && all.stream().allMatch(at -> at.fits(current))) {
          found[axis] = size;
        }
      }
      if (Arrays.stream(found).allMatch(known -> known > 0)) {
        return Optional.of(Arrays.stream(found).boxed().toList());
      }
    }
    return Optional.empty();
  }
}
