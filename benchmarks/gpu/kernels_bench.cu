// Times the kernels of dpfed-cuda on a device, beside a copy on it that moves as many bytes. Prints one line of JSON
// for each time. benchmarks/gpu.sh builds and runs it.
//
// A time is the median over replays of one graph of many launches, divided by the launches, so it holds no gaps
// between launches. Launches take turns on blocks of deltas that together exceed the cache several times. Every
// output is checked after, against sums in double on the host, and is NaN before, except for the sum that a launch
// adds to.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#include "delta_kernels.cu"

static const int CLIENTS = 32;
static const int REPLAYS = 31;
static const std::vector<long long> DIMENSIONS = {26010, 582026, 10000000, 25000000};
static const double SQUARES_PER_THREAD = 16;
static const int MAX_SQUARE_BLOCKS = 4096;

static void check(cudaError_t error) {
  if (error != cudaSuccess) {
    std::fprintf(stderr, "%s\n", cudaGetErrorString(error));
    std::exit(1);
  }
}

static void require(bool right, const char *what, long long d) {
  if (!right) {
    std::fprintf(stderr, "%s of %lld parameters: WRONG RESULT\n", what, d);
    std::exit(1);
  }
}

// Numbers between -1 and 1 without a pattern: the finalizer of MurmurHash3.
__global__ void fill(float *values, long long count) {
  for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < count; i += gridDim.x * (long long)blockDim.x) {
    unsigned long long h = i + 1;
    h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdull;
    h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53ull;
    h ^= h >> 33;
    values[i] = (float)((double)(long long)h * 0x1p-63);
  }
}

__global__ void copy(const float4 *from, float4 *to, long long count) {
  for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < count; i += gridDim.x * (long long)blockDim.x) {
    to[i] = from[i];
  }
}

// A copy of count floats, rounded up to four.
static void copy(const float *from, float *to, long long count, cudaStream_t stream) {
  long long fours = (count + 3) / 4;
  copy<<<(unsigned int)((fours + 255) / 256), 256, 0, stream>>>((const float4 *)from, (float4 *)to, fours);
}

template <typename T> static T *device_memory(long long count) {
  T *address;
  check(cudaMalloc(&address, count * sizeof(T)));
  check(cudaMemset(address, 0xff, count * sizeof(T)));
  return address;
}

template <typename T> static std::vector<T> host(const T *address, long long count) {
  std::vector<T> values(count);
  check(cudaMemcpy(values.data(), address, count * sizeof(T), cudaMemcpyDeviceToHost));
  return values;
}

// Median microseconds of one call of launch(turn, stream).
static double timed(int launches, std::function<void(int, cudaStream_t)> launch) {
  cudaStream_t stream;
  cudaGraph_t graph;
  cudaGraphExec_t replay;
  cudaEvent_t before;
  cudaEvent_t after;
  check(cudaStreamCreate(&stream));
  check(cudaEventCreate(&before));
  check(cudaEventCreate(&after));
  check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  for (int i = 0; i < launches; i++) {
    launch(i, stream);
    check(cudaGetLastError());
  }
  check(cudaStreamEndCapture(stream, &graph));
  check(cudaGraphInstantiate(&replay, graph, 0));
  std::vector<double> times;
  for (int i = 0; i < REPLAYS + 3; i++) {
    check(cudaEventRecord(before, stream));
    check(cudaGraphLaunch(replay, stream));
    check(cudaEventRecord(after, stream));
    check(cudaEventSynchronize(after));
    float milliseconds;
    check(cudaEventElapsedTime(&milliseconds, before, after));
    if (i >= 3) {
      times.push_back(1000.0 * milliseconds / launches);
    }
  }
  check(cudaGraphExecDestroy(replay));
  check(cudaGraphDestroy(graph));
  check(cudaStreamDestroy(stream));
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

static void print(const char *what, long long d, int clients, double microseconds, double bytes) {
  std::printf("{\"by\": \"dpfed\", \"what\": \"%s\", \"d\": %lld, \"clients\": %d, \"us\": %.3f, \"bytes\": %.0f}\n", what, d,
              clients, microseconds, bytes);
  std::fflush(stdout);
}

static void check_norms(const float *block, const double *partial, int blocks, long long d) {
  std::vector<double> sums = host(partial, (long long)CLIENTS * blocks);
  for (int row : {0, CLIENTS - 1}) {
    double expected = 0;
    for (float value : host(block + row * d, d)) {
      expected += (double)value * value;
    }
    double actual = 0;
    for (int i = 0; i < blocks; i++) {
      actual += sums[(size_t)row * blocks + i];
    }
    require(std::fabs(actual - expected) <= 1e-9 * expected, "row_squares", d);
  }
}

// After one launch on the sum that began as start.
static void check_sum(const float *start, const float *sum, const float *block, const std::vector<float> &scales,
                      long long d) {
  std::vector<float> actual = host(sum, d);
  long long width = std::min(d, 5000LL);
  for (long long first : {0LL, d / 2, d - width}) {
    width = std::min(width, d - first);
    std::vector<float> before = host(start + first, width);
    std::vector<std::vector<float>> rows;
    for (int k = 0; k < CLIENTS; k++) {
      rows.push_back(host(block + k * d + first, width));
    }
    for (long long i = 0; i < width; i++) {
      double expected = before[i];
      for (int k = 0; k < CLIENTS; k++) {
        expected += (double)scales[k] * rows[k][i];
      }
      // Below 24, and rounded 32 times.
      require(std::fabs(actual[first + i] - expected) <= 32 * 24 * 0x1p-24, "add_scaled", d);
    }
  }
}

static void check_noise(const float *sum, const float *out, long long d) {
  std::vector<float> start = host(sum, d);
  std::vector<float> noisy = host(out, d);
  double squares = 0;
  for (long long i = 0; i < d; i++) {
    double noise = noisy[i] / 0.1 - start[i];
    squares += noise * noise;
  }
  // Seven standard deviations of a mean of d squares, and no NaN.
  require(std::fabs(squares / d - 1) <= 7 * std::sqrt(2.0 / d), "noise", d);
}

// Arguments are dimensions to take in place of all.
int main(int count, char **arguments) {
  std::vector<long long> dimensions;
  for (int i = 1; i < count; i++) {
    dimensions.push_back(std::atoll(arguments[i]));
  }
  if (dimensions.empty()) {
    dimensions = DIMENSIONS;
  }
  long long largest = CLIENTS * DIMENSIONS.back();
  float *deltas = device_memory<float>(largest);
  float *copies = device_memory<float>(largest / 2);
  fill<<<4096, 256>>>(deltas, largest);
  check(cudaDeviceSynchronize());
  std::vector<float> scale(CLIENTS);
  for (int k = 0; k < CLIENTS; k++) {
    scale[k] = 0.25f + k / 64.0f;
  }
  float *scales = device_memory<float>(CLIENTS);
  check(cudaMemcpy(scales, scale.data(), CLIENTS * sizeof(float), cudaMemcpyHostToDevice));
  Key key = {{1, 2, 3, 4, 5, 6, 7, 8}};

  for (long long d : dimensions) {
    long long floats = CLIENTS * d;
    int turns = (int)(largest / floats);
    int launches = std::max(3, std::min(turns, 200));
    float *total = device_memory<float>(d);
    auto begin = [&] { check(cudaMemcpy(total, deltas, d * sizeof(float), cudaMemcpyDeviceToDevice)); };
    auto block = [&](int turn) { return deltas + (turn % turns) * floats; };
    int square_blocks = (int)std::min(std::ceil(d / (THREADS * SQUARES_PER_THREAD)), (double)MAX_SQUARE_BLOCKS);
    double *partial = device_memory<double>((long long)CLIENTS * square_blocks);
    unsigned int sum_blocks = (unsigned int)((d + THREADS - 1) / THREADS);
    unsigned int tiles = (unsigned int)((d + TILE - 1) / TILE);

    double us = timed(launches, [&](int turn, cudaStream_t stream) {
      copy(block(turn), copies + (turn % turns) * (floats / 2), floats / 2, stream);
    });
    print("copy", d, CLIENTS, us, 4.0 * floats);

    us = timed(launches, [&](int turn, cudaStream_t stream) {
      row_squares<<<dim3(square_blocks, CLIENTS), THREADS, 0, stream>>>(block(turn), d, partial);
    });
    check_norms(block(launches - 1), partial, square_blocks, d);
    print("norms", d, CLIENTS, us, 4.0 * floats);

    auto add = [&](int turn, cudaStream_t stream) {
      add_scaled<<<sum_blocks, THREADS, 0, stream>>>(total, block(turn), scales, CLIENTS, d);
    };
    begin();
    us = timed(launches, add);
    begin();
    add(launches - 1, 0);
    check(cudaGetLastError());
    check_sum(deltas, total, block(launches - 1), scale, d);
    print("sum", d, CLIENTS, us, 4.0 * (floats + 2 * d));

    // One sum after another, so that small ones do not come from the cache.
    long long stride = (d + 3) / 4 * 4;
    int sums = (int)std::min(largest / 2 / stride, 1000LL);
    auto sum = [&](int turn) { return deltas + (turn % sums) * stride; };
    auto out = [&](int turn) { return copies + (turn % sums) * stride; };
    int many = std::max(launches, std::min(sums, 500));
    check(cudaMemset(copies, 0xff, largest / 2 * sizeof(float)));
    us = timed(many, [&](int turn, cudaStream_t stream) {
      copy(sum(turn), out(turn), d, stream);
    });
    print("copy", d, 0, us, 8.0 * d);

    check(cudaMemset(copies, 0xff, largest / 2 * sizeof(float)));
    us = timed(many, [&](int turn, cudaStream_t stream) {
      perturb<<<tiles, THREADS, 0, stream>>>(sum(turn), out(turn), d, key, 1, 0.1f);
    });
    check_noise(sum(many - 1), out(many - 1), d);
    print("noise", d, 0, us, 8.0 * d);

    check(cudaFree(total));
    check(cudaFree(partial));
  }
  return 0;
}
