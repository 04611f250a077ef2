// The kernel contract on device memory: row norms, scaled sums, noise. No header is needed, so that
// NVRTC compiles this as it is; no atomics, so that results repeat bit for bit.
//
// Launch all kernels with THREADS threads to a block.

#define THREADS 256
#define PER_THREAD 8
#define TILE (THREADS * PER_THREAD)

// Rows of deltas that add_scaled reads before it adds them: loads in flight, which small models have few of.
#define ROWS_AT_ONCE 32

// 2^-63 and 2^-64, exactly, in decimals: C++14, which older NVRTC compiles for, has no others.
#define TWO_TO_MINUS_63 1.0842021724855044e-19f
#define TWO_TO_MINUS_64 5.421010862427522e-20f

#define LN_2 0.693147181f

// The bits of two floats.
#define ONE_AS_INT 0x3f800000
#define TWO_THIRDS_AS_INT 0x3f2aaaab

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

// sum += sum over k of scales[k] * deltas[k], row after row. A row of scale 0 is not read. One block to a
// multiprocessor may be all, so that there are registers for all loads in flight.
extern "C" __global__ void __launch_bounds__(THREADS, 1)
    add_scaled(float *sum, const float *deltas, const float *scales, int rows, long long d) {
  long long stride = (long long)gridDim.x * THREADS;
  for (long long i = (long long)blockIdx.x * THREADS + threadIdx.x; i < d; i += stride) {
    const float *delta = deltas + i;
    float value = sum[i];
    for (int k = 0; k < rows; k += ROWS_AT_ONCE) {
      float scale[ROWS_AT_ONCE];
      float read[ROWS_AT_ONCE];
      for (int r = 0; r < ROWS_AT_ONCE; r++) {
        scale[r] = k + r < rows ? scales[k + r] : 0.0f;
        read[r] = scale[r] != 0.0f ? *delta : 0.0f;
        delta += d;
      }
      for (int r = 0; r < ROWS_AT_ONCE; r++) {
        value = fmaf(scale[r], read[r], value);
      }
    }
    sum[i] = value;
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
  // Ten double rounds. Unrolled, so that what all threads share of the first one is computed once.
#pragma unroll
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

// ln u, u = (bits + 1/2) 2^-64, without a branch, which half of the threads would take. In the upper half
// u is 1 - distance, where distance keeps the bits that a float near 1 cannot hold. u = 2^exponent (1 + f),
// |f| <= 1/3. The polynomial fits (ln(1 + f) - f) / f^2 such that the error is below 2^-26 of ln(1 + f).
__device__ inline float log_of_uniform(unsigned long long bits) {
  bool is_low = (bits >> 63) == 0;
  float distance = ((float)(is_low ? bits : ~bits) + 0.5f) * TWO_TO_MINUS_64;
  float start = is_low ? 0.0f : 1.0f;
  float step = is_low ? distance : -distance;
  int exponent = (__float_as_int(start + step) - TWO_THIRDS_AS_INT) >> 23;
  float scale = __int_as_float(ONE_AS_INT - exponent * (1 << 23));
  float f = fmaf(step, scale, start * scale - 1.0f);
  float p = -0.129488334f;
  p = fmaf(p, f, 0.140047625f);
  p = fmaf(p, f, -0.121671855f);
  p = fmaf(p, f, 0.140011594f);
  p = fmaf(p, f, -0.16682303f);
  p = fmaf(p, f, 0.20010747f);
  p = fmaf(p, f, -0.249997169f);
  p = fmaf(p, f, 0.33333209f);
  p = fmaf(p, f, -0.5f);
  return fmaf((float)exponent, LN_2, fmaf(f * f, p, f));
}

// The angle is turn 2^-63 pi, turn signed. Returns the quarter turn that lies nearest, and sine and cosine
// of the rest, |rest| <= pi / 4. The polynomials, in squares of half turns, are within 2^-25 of both.
__device__ inline unsigned int sine_and_cosine(unsigned long long turn, float *sine, float *cosine) {
  unsigned int quarter = (unsigned int)((turn + (1ull << 61)) >> 62);
  float rest = (float)(long long)(turn - ((unsigned long long)quarter << 62)) * TWO_TO_MINUS_63;
  float square = rest * rest;
  float s = fmaf(-0.589012206f, square, 2.54976106f);
  s = fmaf(s, square, -5.16770792f);
  s = fmaf(s, square, 3.14159274f);
  *sine = s * rest;
  float c = fmaf(0.231329709f, square, -1.33504462f);
  c = fmaf(c, square, 4.05870724f);
  c = fmaf(c, square, -4.93480206f);
  *cosine = fmaf(c, square, 1.0f);
  return quarter;
}

// Box and Muller's transform of 128 random bits. The radius is sqrt(-2 ln u), u = (bits + 1/2) 2^-64:
// near 1, where a float cannot hold u, the logarithm is taken of 1 - u, so all 64 bits count at either
// end. The largest draw lies at 9.49 standard deviations.
__device__ inline void normal_pair(const unsigned int word[4], float *a, float *b) {
  float square = -2.0f * log_of_uniform(((unsigned long long)word[1] << 32) | word[0]);
  float radius = square * rsqrtf(square);
  float sine;
  float cosine;
  unsigned int quarter = sine_and_cosine(((unsigned long long)word[3] << 32) | word[2], &sine, &cosine);
  bool is_odd = (quarter & 1) != 0;
  *a = ((quarter + 1) & 2 ? -radius : radius) * (is_odd ? sine : cosine);
  *b = (quarter & 2 ? -radius : radius) * (is_odd ? cosine : sine);
}

// out = (sum + stddev * N(0, I)) * factor; out may be sum. Block c of the key's stream belongs to the
// coordinates (c / THREADS) * TILE + c % THREADS + j * THREADS, j < 8, whatever the grid.
extern "C" __global__ void perturb(const float *sum, float *out, long long d, Key key, float stddev, float factor) {
  long long tiles = (d + TILE - 1) / TILE;
  for (long long tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
    long long first = tile * TILE + threadIdx.x;
    int left = d - first < TILE ? (int)(d - first) : TILE;
    float value[PER_THREAD];
    for (int j = 0; j < PER_THREAD; j++) {
      value[j] = j * THREADS < left ? sum[first + j * THREADS] : 0.0f;
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
      if (j * THREADS < left) {
        out[first + j * THREADS] = value[j] * factor;
      }
    }
  }
}
