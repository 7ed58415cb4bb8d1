// Weights for benchmarks, a function of seed and place. Launch: any grid and block. Moves what it writes.
// fill_random: out[i] = scale * (a sum of four uniform numbers, near normal, variance 1).
// fill_codes: 32-bit words of random bits, of which those in mask stay.
#include "device.cuh"
#include "element.cuh"

static __device__ __forceinline__ unsigned long long randomBits(long long i, unsigned seed) {
    unsigned long long z = (unsigned long long) i * 0x9E3779B97F4A7C15ull + seed;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

extern "C" __global__ void fill_random(element* out, long long count, unsigned seed, float scale) {
    startSuccessor();
    waitForPredecessors();
    for (long long i = (long long) blockIdx.x * blockDim.x + threadIdx.x; i < count; i += (long long) gridDim.x * blockDim.x) {
        unsigned long long z = randomBits(i, seed);
        float sum = (z & 0xFFFF) + (z >> 16 & 0xFFFF) + (z >> 32 & 0xFFFF) + (z >> 48);
        out[i] = fromFloat(scale * (sum * (1.f / 65536.f) - 2.f) * 1.7320508f);
    }
}

extern "C" __global__ void fill_codes(unsigned* out, long long words, unsigned seed, unsigned mask) {
    startSuccessor();
    waitForPredecessors();
    for (long long i = (long long) blockIdx.x * blockDim.x + threadIdx.x; i < words; i += (long long) gridDim.x * blockDim.x) {
        out[i] = (unsigned) randomBits(i, seed) & mask;
    }
}
