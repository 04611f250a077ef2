// Just enough CUDA for g++ to run delta_kernels.cu: every thread of a block is a coroutine, a barrier
// hands over to the next one, blocks run one after another in order.
#pragma once
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <ucontext.h>
#include <vector>

#define __global__
#define __device__
#define __shared__ static
#define __launch_bounds__(threads, blocks)

struct Index {
  unsigned int x, y;
};

static Index threadIdx, blockIdx, gridDim;

static inline float rsqrtf(float x) { return (float)(1 / std::sqrt((double)x)); }

static inline int __float_as_int(float x) {
  int bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline float __int_as_float(int bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

class Block {
public:
  Block(unsigned int threads, std::function<void()> body) : body(body), threads(threads) {
    for (unsigned int t = 0; t < threads; t++) {
      threads_[t].stack.resize(1 << 16);
      getcontext(&threads_[t].context);
      threads_[t].context.uc_stack.ss_sp = threads_[t].stack.data();
      threads_[t].context.uc_stack.ss_size = threads_[t].stack.size();
      threads_[t].context.uc_link = &scheduler;
    }
  }

  void run() {
    current_block = this;
    for (unsigned int t = 0; t < threads; t++) {
      threads_[t].done = false;
      makecontext(&threads_[t].context, enter, 0);
    }
    for (bool any = true; any;) {
      any = false;
      unsigned int waiting = 0;
      for (current = 0; current < threads; current++) {
        threadIdx.x = current;
        swapcontext(&scheduler, &threads_[current].context);
        waiting += threads_[current].done ? 0 : 1;
      }
      if (waiting != 0 && waiting != threads) {
        std::fprintf(stderr, "barrier reached by %u of %u threads\n", waiting, threads);
        std::abort();
      }
      any = waiting != 0;
    }
    current_block = nullptr;
  }

  void barrier() {
    unsigned int self = current;
    swapcontext(&threads_[self].context, &scheduler);
  }

  static Block *current_block;

private:
  struct Thread {
    ucontext_t context;
    std::vector<char> stack;
    bool done = false;
  };

  static void enter() {
    current_block->body();
    current_block->threads_[current_block->current].done = true;
  }

  std::function<void()> body;
  unsigned int threads;
  unsigned int current = 0;
  ucontext_t scheduler;
  std::vector<Thread> threads_ = std::vector<Thread>(threads);
};

Block *Block::current_block = nullptr;

static inline void __syncthreads() { Block::current_block->barrier(); }

// kernel<<<grid, threads>>>(...)
static inline void launch(Index grid, unsigned int threads, std::function<void()> kernel) {
  gridDim = grid;
  Block block(threads, kernel);
  for (blockIdx.y = 0; blockIdx.y < grid.y; blockIdx.y++) {
    for (blockIdx.x = 0; blockIdx.x < grid.x; blockIdx.x++) {
      block.run();
    }
  }
}

// The same for a kernel without barriers: its threads need no coroutines.
static inline void launch_without_barriers(Index grid, unsigned int threads, std::function<void()> kernel) {
  gridDim = grid;
  Block::current_block = nullptr;
  for (blockIdx.y = 0; blockIdx.y < grid.y; blockIdx.y++) {
    for (blockIdx.x = 0; blockIdx.x < grid.x; blockIdx.x++) {
      for (threadIdx.x = 0; threadIdx.x < threads; threadIdx.x++) {
        kernel();
      }
    }
  }
}
