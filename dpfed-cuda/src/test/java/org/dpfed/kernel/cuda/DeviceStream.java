package org.dpfed.kernel.cuda;

import static org.bytedeco.cuda.global.cudart.cudaFree;
import static org.bytedeco.cuda.global.cudart.cudaGraphDestroy;
import static org.bytedeco.cuda.global.cudart.cudaGraphGetNodes;
import static org.bytedeco.cuda.global.cudart.cudaMalloc;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyAsync;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToHost;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyHostToDevice;
import static org.bytedeco.cuda.global.cudart.cudaMemsetAsync;
import static org.bytedeco.cuda.global.cudart.cudaSetDevice;
import static org.bytedeco.cuda.global.cudart.cudaStreamBeginCapture;
import static org.bytedeco.cuda.global.cudart.cudaStreamCaptureModeGlobal;
import static org.bytedeco.cuda.global.cudart.cudaStreamCreateWithFlags;
import static org.bytedeco.cuda.global.cudart.cudaStreamDestroy;
import static org.bytedeco.cuda.global.cudart.cudaStreamEndCapture;
import static org.bytedeco.cuda.global.cudart.cudaStreamNonBlocking;
import static org.bytedeco.cuda.global.cudart.cudaStreamSynchronize;
import static org.dpfed.kernel.cuda.DeviceProgram.check;

import org.bytedeco.cuda.cudart.CUgraphNode_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;

/** A stream on the first device that does not wait for the default stream, and memory for it. */
final class DeviceStream implements AutoCloseable {
  private final CUstream_st stream = new CUstream_st();

  DeviceStream() {
    check(cudaSetDevice(0));
    check(cudaStreamCreateWithFlags(stream, cudaStreamNonBlocking));
  }

  /** What ND4J gives of its streams: a pointer of no type. */
  Pointer handle() {
    return new Pointer(stream);
  }

  /** Memory that is NaN. */
  Buffer buffer(long bytes) {
    Buffer buffer = new Buffer(bytes);
    check(cudaMemsetAsync(buffer.start, 0xff, bytes, stream));
    return buffer;
  }

  Buffer copyOf(float[] values) {
    Buffer buffer = new Buffer(4L * values.length);
    try (FloatPointer from = new FloatPointer(values)) {
      check(cudaMemcpyAsync(buffer.start, from, buffer.bytes, cudaMemcpyHostToDevice, stream));
      check(cudaStreamSynchronize(stream));
    }
    return buffer;
  }

  float[] floats(Buffer buffer) {
    float[] values = new float[(int) (buffer.bytes / 4)];
    try (FloatPointer to = new FloatPointer(values.length)) {
      read(buffer, to);
      to.get(values);
    }
    return values;
  }

  /** Returns when everything before on the stream is done and copied. */
  void read(Buffer from, Pointer to) {
    check(cudaMemcpyAsync(to, from.start, from.bytes, cudaMemcpyDeviceToHost, stream));
    check(cudaStreamSynchronize(stream));
  }

  /** How many launches {@code work} puts on this stream; they do not run. */
  long launchesOf(Runnable work) {
    CUgraph_st graph = new CUgraph_st();
    check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
    work.run();
    check(cudaStreamEndCapture(stream, graph));
    SizeTPointer count = new SizeTPointer(1);
    check(cudaGraphGetNodes(graph, (CUgraphNode_st) null, count));
    check(cudaGraphDestroy(graph));
    return count.get();
  }

  @Override
  public void close() {
    check(cudaStreamDestroy(stream));
  }

  /** Device memory. */
  static final class Buffer implements AutoCloseable {
    private final BytePointer start = new BytePointer();
    private final long bytes;

    private Buffer(long bytes) {
      this.bytes = bytes;
      check(cudaMalloc(start, bytes));
    }

    long address() {
      return start.address();
    }

    long bytes() {
      return bytes;
    }

    @Override
    public void close() {
      check(cudaFree(start));
    }
  }
}
