// Runs the kernels on request: reads an operation and its arguments from standard input, writes the
// result to standard output, until the input ends. Numbers are native, arrays follow their sizes.
#include "cuda_on_cpu.h"

#include "delta_kernels.cu"

template <typename T> static T number() {
  T value;
  if (std::fread(&value, sizeof value, 1, stdin) != 1) {
    std::exit(1);
  }
  return value;
}

template <typename T> static std::vector<T> numbers(size_t count) {
  std::vector<T> values(count);
  if (std::fread(values.data(), sizeof(T), count, stdin) != count) {
    std::exit(1);
  }
  return values;
}

template <typename T> static void reply(const std::vector<T> &values) {
  std::fwrite(values.data(), sizeof(T), values.size(), stdout);
  std::fflush(stdout);
}

static void row_squares_request() {
  Index grid;
  grid.x = number<int>();
  grid.y = number<int>();
  long long d = number<long long>();
  std::vector<float> deltas = numbers<float>(grid.y * d);
  std::vector<double> partial((size_t)grid.x * grid.y, NAN);
  launch(grid, THREADS, [&] { row_squares(deltas.data(), d, partial.data()); });
  reply(partial);
}

static void combine_request() {
  Index grid;
  grid.x = number<int>();
  grid.y = 1;
  int rows = number<int>();
  long long d = number<long long>();
  Key key = number<Key>();
  float stddev = number<float>();
  float factor = number<float>();
  std::vector<float> sum = numbers<float>(d);
  std::vector<float> deltas = numbers<float>(rows * d);
  std::vector<float> scales = numbers<float>(rows);
  launch_without_barriers(grid, THREADS, [&] {
    combine(sum.data(), sum.data(), deltas.data(), scales.data(), rows, d, key, stddev, factor);
  });
  reply(sum);
}

static void chacha20_request() {
  Key key = number<Key>();
  std::vector<unsigned int> input = numbers<unsigned int>(4);
  std::vector<unsigned int> words(16);
  chacha20_block(key, input.data(), words.data());
  reply(words);
}

int main() {
  int operation;
  while (std::fread(&operation, sizeof operation, 1, stdin) == 1) {
    switch (operation) {
    case 1:
      row_squares_request();
      break;
    case 2:
      combine_request();
      break;
    case 3:
      chacha20_request();
      break;
    default:
      return 2;
    }
  }
  return 0;
}
