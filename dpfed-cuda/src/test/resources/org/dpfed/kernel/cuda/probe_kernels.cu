// The parts of the noise by themselves, for tests. Follows delta_kernels.cu; one block of THREADS threads.

extern "C" __global__ void chacha20(Key key, const unsigned int *input, unsigned int *out) {
  if (threadIdx.x == 0) {
    chacha20_block(key, input, out);
  }
}

extern "C" __global__ void normal_pairs(const unsigned int *words, int pairs, float *out) {
  for (int pair = threadIdx.x; pair < pairs; pair += THREADS) {
    normal_pair(words + 4 * pair, out + 2 * pair, out + 2 * pair + 1);
  }
}
