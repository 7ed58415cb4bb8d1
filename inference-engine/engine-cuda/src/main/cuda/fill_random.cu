// out[i] = scale * (a sum of four uniform numbers, near normal, variance 1), a function of seed and i: weights for benchmarks.
// Launch: any grid and block. Moves count elements.
#include "device.cuh"
#include "element.cuh"

extern "C" __global__ void fill_random(element* out, long long count, unsigned seed, float scale) {
    startSuccessor();
    waitForPredecessors();
    for (long long i = (long long) blockIdx.x * blockDim.x + threadIdx.x; i < count; i += (long long) gridDim.x * blockDim.x) {
        unsigned long long z = (unsigned long long) i * 0x9E3779B97F4A7C15ull + seed;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
        z ^= z >> 31;
        float sum = (z & 0xFFFF) + (z >> 16 & 0xFFFF) + (z >> 32 & 0xFFFF) + (z >> 48);
        out[i] = fromFloat(scale * (sum * (1.f / 65536.f) - 2.f) * 1.7320508f);
    }
}
