// Serves the kernels on request: reads an operation and its arguments from standard input, writes the
// result to standard output, until the input ends. Numbers are native, arrays follow their sizes.
#pragma once
#include <array>
#include <cstdio>
#include <cstdlib>
#include <vector>

typedef std::array<unsigned int, 8> KeyWords;

// What a program that includes this defines: the kernels, one launch each.
static std::vector<double> row_squares_of(const std::vector<float> &deltas, long long d, int blocks);
static std::vector<float> sum_of(const std::vector<float> &sum, const std::vector<float> &deltas,
                                 const std::vector<float> &scales, int blocks);
static std::vector<float> perturbed(const std::vector<float> &sum, const KeyWords &key, float stddev, float factor,
                                    int blocks);
static std::vector<unsigned int> chacha20_of(const KeyWords &key, const std::vector<unsigned int> &input);
static std::vector<float> normal_pairs_of(const std::vector<unsigned int> &words);

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
  int blocks = number<int>();
  int rows = number<int>();
  long long d = number<long long>();
  reply(row_squares_of(numbers<float>(rows * d), d, blocks));
}

static void add_scaled_request() {
  int blocks = number<int>();
  int rows = number<int>();
  long long d = number<long long>();
  std::vector<float> sum = numbers<float>(d);
  std::vector<float> deltas = numbers<float>(rows * d);
  std::vector<float> scales = numbers<float>(rows);
  reply(sum_of(sum, deltas, scales, blocks));
}

static void perturb_request() {
  int blocks = number<int>();
  long long d = number<long long>();
  KeyWords key = number<KeyWords>();
  float stddev = number<float>();
  float factor = number<float>();
  reply(perturbed(numbers<float>(d), key, stddev, factor, blocks));
}

static void chacha20_request() {
  KeyWords key = number<KeyWords>();
  reply(chacha20_of(key, numbers<unsigned int>(4)));
}

static void normal_pairs_request() {
  int pairs = number<int>();
  reply(normal_pairs_of(numbers<unsigned int>(4 * (size_t)pairs)));
}

static int serve() {
  int operation;
  while (std::fread(&operation, sizeof operation, 1, stdin) == 1) {
    switch (operation) {
    case 1:
      row_squares_request();
      break;
    case 2:
      add_scaled_request();
      break;
    case 3:
      perturb_request();
      break;
    case 4:
      chacha20_request();
      break;
    case 5:
      normal_pairs_request();
      break;
    default:
      return 2;
    }
  }
  return 0;
}
