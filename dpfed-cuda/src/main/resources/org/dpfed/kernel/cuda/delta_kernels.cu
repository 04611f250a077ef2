// The kernel contract on device memory: row norms, and the scaled, noised sum. No header is needed,
// so that NVRTC compiles this as it is; no atomics, so that results repeat bit for bit.
//
// Launch both kernels with THREADS threads to a block.

#define THREADS 256
#define PER_THREAD 8
#define TILE (THREADS * PER_THREAD)

// Rows of deltas that combine reads before it adds them: loads in flight, which small models have few of.
#define ROWS_AT_ONCE 4

// 2^-63 and 2^-64, exactly, in decimals: C++14, which older NVRTC compiles for, has no others.
#define TWO_TO_MINUS_63 1.0842021724855044e-19f
#define TWO_TO_MINUS_64 5.421010862427522e-20f

// A 256-bit key, little-endian words as in RFC 8439, section 2.3.
struct Key {
  unsigned int word[8];
};

// partial[row * gridDim.x + block] = the block's share of the row's sum of squares. Squares of floats
// are exact in double. Grid: (blocks of a row, rows).
extern "C" __global__ void row_squares(const float *deltas, long long d, double *partial) {
  __shared__ double lane[THREADS];
  const float *row = deltas + blockIdx.y * d;
  long long stride = (long long)gridDim.x * THREADS;
  double sum = 0;
  for (long long i = (long long)blockIdx.x * THREADS + threadIdx.x; i < d; i += stride) {
    double value = row[i];
    sum += value * value;
  }
  lane[threadIdx.x] = sum;
  __syncthreads();
  for (unsigned int half = THREADS / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) {
      lane[threadIdx.x] += lane[threadIdx.x + half];
    }
    __syncthreads();
  }
  if (threadIdx.x == 0) {
    partial[(long long)blockIdx.y * gridDim.x + blockIdx.x] = lane[0];
  }
}

__device__ inline unsigned int rotate_left(unsigned int x, int n) { return (x << n) | (x >> (32 - n)); }

__device__ inline void quarter_round(unsigned int &a, unsigned int &b, unsigned int &c, unsigned int &d) {
  a += b;
  d = rotate_left(d ^ a, 16);
  c += d;
  b = rotate_left(b ^ c, 12);
  a += b;
  d = rotate_left(d ^ a, 8);
  c += d;
  b = rotate_left(b ^ c, 7);
}

// The ChaCha20 block function, RFC 8439, section 2.3. The last four words of the state are its block
// counter and nonce; the noise counts in the first two of them, 64 bits, and leaves the others 0.
__device__ inline void chacha20_block(const Key &key, const unsigned int input[4], unsigned int out[16]) {
  unsigned int state[16] = {0x61707865u, 0x3320646eu, 0x79622d32u, 0x6b206574u};
  for (int i = 0; i < 8; i++) {
    state[4 + i] = key.word[i];
  }
  for (int i = 0; i < 4; i++) {
    state[12 + i] = input[i];
  }
  for (int i = 0; i < 16; i++) {
    out[i] = state[i];
  }
  for (int round = 0; round < 10; round++) {
    quarter_round(out[0], out[4], out[8], out[12]);
    quarter_round(out[1], out[5], out[9], out[13]);
    quarter_round(out[2], out[6], out[10], out[14]);
    quarter_round(out[3], out[7], out[11], out[15]);
    quarter_round(out[0], out[5], out[10], out[15]);
    quarter_round(out[1], out[6], out[11], out[12]);
    quarter_round(out[2], out[7], out[8], out[13]);
    quarter_round(out[3], out[4], out[9], out[14]);
  }
  for (int i = 0; i < 16; i++) {
    out[i] += state[i];
  }
}

// Box and Muller's transform of 128 random bits. The radius is sqrt(-2 ln u), u = (bits + 1/2) 2^-64:
// near 1, where a float cannot hold u, the logarithm is taken of 1 - u, so all 64 bits count at either
// end. The largest draw lies at 9.49 standard deviations.
__device__ inline void normal_pair(const unsigned int word[4], float *a, float *b) {
  unsigned long long bits = ((unsigned long long)word[1] << 32) | word[0];
  bool low = (bits >> 63) == 0;
  float distance = ((float)(low ? bits : ~bits) + 0.5f) * TWO_TO_MINUS_64;
  float radius = sqrtf(-2.0f * (low ? logf(distance) : log1pf(-distance)));
  long long turn = (long long)(((unsigned long long)word[3] << 32) | word[2]);
  float sine;
  float cosine;
  sincospif((float)turn * TWO_TO_MINUS_63, &sine, &cosine);
  *a = radius * cosine;
  *b = radius * sine;
}

// out = (sum + sum over k of scales[k] * deltas[k] + stddev * N(0, I)) * factor, in one pass; k may be
// 0 and out may be sum. A row of scale 0 is not read. Block c of the key's stream belongs to the
// coordinates (c / THREADS) * TILE + c % THREADS + j * THREADS, j < 8, whatever the grid.
extern "C" __global__ void combine(const float *sum, float *out, const float *deltas, const float *scales, int rows,
                                   long long d, Key key, float stddev, float factor) {
  long long tiles = (d + TILE - 1) / TILE;
  for (long long tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
    long long first = tile * TILE + threadIdx.x;
    float value[PER_THREAD];
    for (int j = 0; j < PER_THREAD; j++) {
      long long i = first + j * THREADS;
      value[j] = i < d ? sum[i] : 0.0f;
    }
    for (int k = 0; k < rows; k += ROWS_AT_ONCE) {
      float scale[ROWS_AT_ONCE];
      float delta[ROWS_AT_ONCE][PER_THREAD];
      for (int r = 0; r < ROWS_AT_ONCE; r++) {
        scale[r] = k + r < rows ? scales[k + r] : 0.0f;
        const float *row = deltas + (k + r) * d;
        for (int j = 0; j < PER_THREAD; j++) {
          long long i = first + j * THREADS;
          delta[r][j] = scale[r] != 0.0f && i < d ? row[i] : 0.0f;
        }
      }
      for (int r = 0; r < ROWS_AT_ONCE; r++) {
        for (int j = 0; j < PER_THREAD; j++) {
          value[j] = fmaf(scale[r], delta[r][j], value[j]);
        }
      }
    }
    if (stddev > 0.0f) {
      unsigned long long counter = (unsigned long long)tile * THREADS + threadIdx.x;
      unsigned int input[4] = {(unsigned int)counter, (unsigned int)(counter >> 32), 0, 0};
      unsigned int word[16];
      chacha20_block(key, input, word);
      for (int pair = 0; pair < PER_THREAD / 2; pair++) {
        float a;
        float b;
        normal_pair(word + 4 * pair, &a, &b);
        value[2 * pair] += stddev * a;
        value[2 * pair + 1] += stddev * b;
      }
    }
    for (int j = 0; j < PER_THREAD; j++) {
      long long i = first + j * THREADS;
      if (i < d) {
        out[i] = value[j] * factor;
      }
    }
  }
}
