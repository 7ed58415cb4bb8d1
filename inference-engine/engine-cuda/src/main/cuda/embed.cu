// out[t, :] = table[tokenIds[t], :] * scale; a negative id stands for the token that the step before drew: drawn[-1 - id].
// Launch: grid T, block 128. Moves 2 * T * columns elements: 16 KB a token at 4096 columns, so latency, not bandwidth, is its cost.
#include "device.cuh"
#include "element.cuh"

extern "C" __global__ void __launch_bounds__(128)
embed(const int* tokenIds, const int* drawn, const element* table, float scale, int columns, element* out) {
    startSuccessor();
    waitForPredecessors();
    int id = tokenIds[blockIdx.x];
    const uint4* row = (const uint4*) (table + (size_t) (id < 0 ? drawn[-1 - id] : id) * columns);
    uint4* target = (uint4*) (out + (size_t) blockIdx.x * columns);
    for (int i = threadIdx.x; i < columns / VECTOR; i += blockDim.x) {
        float x[VECTOR];
        unpack(row[i], x);
#pragma unroll
        for (int j = 0; j < VECTOR; j++) {
            x[j] *= scale;
        }
        target[i] = pack(x);
    }
}
