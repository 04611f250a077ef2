// The kernels on the processor.
#include <cstring>

#include "cuda_on_cpu.h"
#include "requests.h"

#include "delta_kernels.cu"
#include "probe_kernels.cu"

static Index grid_of(int blocks, size_t rows) {
  Index grid;
  grid.x = blocks;
  grid.y = (unsigned int)rows;
  return grid;
}

static Key key_of(const KeyWords &words) {
  Key key;
  std::memcpy(key.word, words.data(), sizeof key.word);
  return key;
}

static std::vector<double> row_squares_of(const std::vector<float> &deltas, long long d, int blocks) {
  Index grid = grid_of(blocks, deltas.size() / d);
  std::vector<double> partial((size_t)grid.x * grid.y, NAN);
  launch(grid, THREADS, [&] { row_squares(deltas.data(), d, partial.data()); });
  return partial;
}

static std::vector<float> sum_of(const std::vector<float> &sum, const std::vector<float> &deltas,
                                 const std::vector<float> &scales, int blocks) {
  std::vector<float> out = sum;
  launch_without_barriers(grid_of(blocks, 1), THREADS, [&] {
    add_scaled(out.data(), deltas.data(), scales.data(), (int)scales.size(), (long long)out.size());
  });
  return out;
}

static std::vector<float> perturbed(const std::vector<float> &sum, const KeyWords &key, float stddev, float factor,
                                    int blocks) {
  std::vector<float> out = sum;
  launch_without_barriers(grid_of(blocks, 1), THREADS, [&] {
    perturb(out.data(), out.data(), (long long)out.size(), key_of(key), stddev, factor);
  });
  return out;
}

static std::vector<unsigned int> chacha20_of(const KeyWords &key, const std::vector<unsigned int> &input) {
  std::vector<unsigned int> words(16);
  launch_without_barriers(grid_of(1, 1), THREADS, [&] { chacha20(key_of(key), input.data(), words.data()); });
  return words;
}

static std::vector<float> normal_pairs_of(const std::vector<unsigned int> &words) {
  std::vector<float> out(words.size() / 2, NAN);
  launch_without_barriers(grid_of(1, 1), THREADS,
                          [&] { normal_pairs(words.data(), (int)(words.size() / 4), out.data()); });
  return out;
}

int main() { return serve(); }
