// What lora_shrink and lora_expand compute, with the same arguments but without tensor cores: for float32, whose products they do not take.
//
// Launch: lora_shrink grid (parts * maxRank / 16, tiles, splits), block 256; lora_expand grid (ceil(outputs of the largest part / 256), tiles, parts),
// block 256. Tiles may have any number of rows.
#include "device.cuh"
#include "element.cuh"

#define WARPS 8
#define RANKS 16

extern "C" __global__ void __launch_bounds__(WARPS * WARP)
lora_shrink(const element* a, const int* ranks, const element* x, const int4* tiles, const int* rowOrder, int rows, int parts, int maxRank, int inputs,
            int depth, float* h) {
    startSuccessor();
    waitForPredecessors();
    int4 tile = tiles[blockIdx.y];
    int slot = tile.x, first = tile.y, count = tile.z, width = parts * maxRank, all = 0;
    for (int part = 0; part < parts && count > 0; part++) {
        all += ranks[slot * parts + part];
    }
    if ((int) blockIdx.x * RANKS >= all) {
        return;
    }
    int lane = threadIdx.x % WARP, begin = blockIdx.z * depth, end = min(begin + depth, inputs);
    for (int i = threadIdx.x / WARP; i < count * RANKS; i += WARPS) {
        int rank = blockIdx.x * RANKS + i % RANKS, row = rowOrder[first + i / RANKS];
        const element* weights = a + ((size_t) slot * width + rank) * inputs;
        float sum = 0.f;
        for (int k = begin + lane; k < end; k += WARP) {
            sum += toFloat(weights[k]) * toFloat(x[(size_t) row * inputs + k]);
        }
        sum = warpSum(sum);
        if (lane == 0) {
            h[((size_t) blockIdx.z * rows + row) * width + rank] = sum;
        }
    }
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP)
lora_expand(const element* b, const int* ranks, const float* scales, const int* starts, const float* h, int splits, const int4* tiles,
            const int* rowOrder, int rows, int parts, int maxRank, element* y) {
    startSuccessor();
    waitForPredecessors();
    int4 tile = tiles[blockIdx.y];
    int slot = tile.x, first = tile.y, count = tile.z, part = blockIdx.z;
    int rank = count == 0 ? 0 : ranks[slot * parts + part], output = blockIdx.x * blockDim.x + threadIdx.x;
    if (rank == 0 || output >= starts[part + 1] - starts[part]) {
        return;
    }
    int width = starts[parts], firstRank = 0;
    const element* weights = b + (size_t) slot * width * maxRank + (size_t) output * rank;
    for (int before = 0; before < part; before++) {
        int itsRank = ranks[slot * parts + before];
        firstRank += itsRank;
        weights += (size_t) (starts[before + 1] - starts[before]) * itsRank;
    }
    for (int r = 0; r < count; r++) {
        int row = rowOrder[first + r];
        float sum = 0.f;
        for (int k = 0; k < rank; k++) {
            float shrunk = 0.f;
            for (int split = 0; split < splits; split++) {
                shrunk += h[((size_t) split * rows + row) * parts * maxRank + firstRank + k];
            }
            sum += shrunk * toFloat(weights[k]);
        }
        element* target = y + (size_t) row * width + starts[part] + output;
        *target = fromFloat(toFloat(*target) + scales[slot * parts + part] * sum);
    }
}
