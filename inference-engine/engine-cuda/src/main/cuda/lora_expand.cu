// y[row] += scale * h[row] . B of the row's adapter: the second half of a low-rank update, into a matrix's output or the parts of a stacked one.
//
// Part p of y are the columns starts[p] to starts[p + 1] - 1; it has its own rank, its own columns of h and its own scales[slot * parts + p].
// b[slot] holds the parts' [outputs][rank] one after another, in room for outputs * maxRank. The rest is as lora_shrink has it.
// h is multiplied as the sum of two elements, so that hardly anything of it is lost, and y is rounded once.
//
// Launch: grid (ceil(outputs of the largest part / 512), tiles, parts), block 128, dynamic shared memory tileRows * (maxRank + 16) * 4.
//   lora_expand_64: tiles of up to 64 rows (prefill), 16 at a time; lora_expand_8.cu has the smaller ones.
// Tiles, order, ranks, scales and B are read before the kernels ahead have finished, as in lora_shrink.
#include "device.cuh"
#include "mma.cuh"

#define WARPS 4
#define GROUP 32 // outputs of a warp at a time: 8 contiguous ones a lane
#define GROUPS 4
#define RANKS 16

/** Which of 32 outputs is this lane's column of product j: with that order a lane's sums are 8 contiguous outputs. */
__device__ __forceinline__ int column(int group, int j) { return group / 2 * 8 + j * 2 + group % 2; }

/** {@code PASSES} times {@code ROW_TILES} times 16 rows: sums of a pass are in registers, so that few rows a pass let many warps run. */
template <int PASSES, int ROW_TILES>
__device__ __forceinline__ void expand(const element* b, const int* ranks, const float* scales, const int* starts, const float* h, int splits,
                                       const int4* tiles, const int* rowOrder, int rows, int parts, int maxRank, element* y) {
    constexpr int ROWS = ROW_TILES * 16; // of a pass
    constexpr int AHEAD = ROW_TILES == 1 ? GROUPS : 1; // groups whose sums are under way before they are added to
    constexpr int STEPS = PASSES == 1 ? 4 : 1; // of ranks that are under way at once
    extern __shared__ uint4 staged[]; // scaled h of the part, [row][stride]: of 4 ranks the elements, then what rounding them left
    __shared__ int rowOf[PASSES * ROWS];
    startSuccessor();
    int4 tile = tiles[blockIdx.y];
    int slot = tile.x, first = tile.y, count = tile.z, part = blockIdx.z;
    int rank = count == 0 ? 0 : ranks[slot * parts + part], partStart = starts[part], outputs = starts[part + 1] - partStart;
    int blockFirst = blockIdx.x * WARPS * GROUPS * GROUP;
    if (rank == 0 || blockFirst >= outputs) {
        waitForPredecessors();
        return;
    }
    int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP, group = lane / 4, quad = lane % 4;
    int warpFirst = blockFirst + warp * GROUPS * GROUP;
    int width = starts[parts], firstRank = 0;
    const element* weights = b + (size_t) slot * width * maxRank;
    for (int before = 0; before < part; before++) {
        int itsRank = ranks[slot * parts + before];
        firstRank += itsRank;
        weights += (size_t) (starts[before + 1] - starts[before]) * itsRank;
    }
    // 4 ranks of each row of B that is this lane's: the order of ranks is free as long as h agrees.
    auto load = [&](int g, int j, int step) {
        int output = warpFirst + g * GROUP + column(group, j);
        return output < outputs ? *(const uint2*) (weights + (size_t) output * rank + step * RANKS + quad * 4) : make_uint2(0, 0);
    };
    uint2 w[GROUPS][4]; // of the first ranks, under way while the kernels ahead finish
#pragma unroll
    for (int g = 0; g < GROUPS; g++) {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            w[g][j] = load(g, j, 0);
        }
    }
    float scale = scales[slot * parts + part];
    int stride = (rank / RANKS | 1) * RANKS / 4; // rows an odd number of 64 bytes apart lie in different banks
    if (threadIdx.x < count) {
        rowOf[threadIdx.x] = rowOrder[first + threadIdx.x];
    }
    waitForPredecessors();

    __syncthreads();
    uint4 before[GROUPS][ROW_TILES][2]; // what is added to
    auto loadSums = [&](int firstRow, int g) {
        int output = warpFirst + g * GROUP + quad * 8;
#pragma unroll
        for (int t = 0; t < ROW_TILES; t++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                int r = firstRow + t * 16 + half * 8 + group;
                bool valid = r < count && output < outputs; // and so are the 7 that follow
                before[g][t][half] = valid ? *(const uint4*) (y + (size_t) rowOf[r] * width + partStart + output) : make_uint4(0, 0, 0, 0);
            }
        }
    };
#pragma unroll
    for (int g = 0; g < AHEAD; g++) {
        loadSums(0, g);
    }
    for (int i = threadIdx.x; i < PASSES * ROWS * rank / 4; i += WARPS * WARP) {
        int r = i / (rank / 4), unit = i % (rank / 4);
        float4 sum = make_float4(0, 0, 0, 0);
        if (r < count) {
            const float* from = h + (size_t) rowOf[r] * parts * maxRank + firstRank + unit * 4;
#pragma unroll 8
            for (int split = 0; split < splits; split++) {
                float4 one = *(const float4*) (from + (size_t) split * rows * parts * maxRank);
                sum.x += one.x, sum.y += one.y, sum.z += one.z, sum.w += one.w;
            }
        }
        sum.x *= scale, sum.y *= scale, sum.z *= scale, sum.w *= scale;
        staged[r * stride + unit] = make_uint4(pack2(sum.x, sum.y), pack2(sum.z, sum.w), pack2(sum.x - rounded(sum.x), sum.y - rounded(sum.y)),
                                               pack2(sum.z - rounded(sum.z), sum.w - rounded(sum.w)));
    }
    __syncthreads();
#pragma unroll 1
    for (int firstRow = 0; firstRow < count; firstRow += ROWS) {
#pragma unroll
        for (int g = 0; g < GROUPS; g++) {
            if (g + AHEAD < GROUPS) {
                loadSums(firstRow, g + AHEAD);
            }
            float sums[ROW_TILES][4][4] = {};
            for (int firstStep = 0; firstStep < rank / RANKS; firstStep += STEPS) {
                uint2 v[STEPS][4];
#pragma unroll
                for (int i = 0; i < STEPS; i++) {
#pragma unroll
                    for (int j = 0; j < 4; j++) {
                        int step = firstStep + i;
                        v[i][j] = step == 0 ? w[g][j] : step < rank / RANKS ? load(g, j, step) : make_uint2(0, 0);
                    }
                }
#pragma unroll
                for (int i = 0; i < STEPS; i++) {
                    if (firstStep + i == rank / RANKS) {
                        break;
                    }
#pragma unroll
                    for (int t = 0; t < ROW_TILES; t++) {
                        uint4 low = staged[(firstRow + t * 16 + group) * stride + (firstStep + i) * RANKS / 4 + quad];
                        uint4 high = staged[(firstRow + t * 16 + group + 8) * stride + (firstStep + i) * RANKS / 4 + quad];
#pragma unroll
                        for (int j = 0; j < 4; j++) {
                            multiplyAdd(sums[t][j], low.x, high.x, low.y, high.y, v[i][j].x, v[i][j].y);
                            multiplyAdd(sums[t][j], low.z, high.z, low.w, high.w, v[i][j].x, v[i][j].y);
                        }
                    }
                }
            }
            int output = warpFirst + g * GROUP + quad * 8;
#pragma unroll
            for (int t = 0; t < ROW_TILES; t++) {
#pragma unroll
                for (int half = 0; half < 2; half++) {
                    int r = firstRow + t * 16 + half * 8 + group;
                    if (r < count && output < outputs) {
                        float f[8];
                        unpack(before[g][t][half], f);
#pragma unroll
                        for (int j = 0; j < 4; j++) {
                            f[j * 2] += sums[t][j][half * 2];
                            f[j * 2 + 1] += sums[t][j][half * 2 + 1];
                        }
                        *(uint4*) (y + (size_t) rowOf[r] * width + partStart + output) = pack(f);
                    }
                }
            }
        }
        if (PASSES > 1) {
#pragma unroll
            for (int g = 0; g < AHEAD; g++) {
                loadSums(firstRow + ROWS, g); // of the next pass
            }
        }
    }
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP)
lora_expand_64(const element* b, const int* ranks, const float* scales, const int* starts, const float* h, int splits, const int4* tiles,
               const int* rowOrder, int rows, int parts, int maxRank, element* y) {
    expand<4, 1>(b, ranks, scales, starts, h, splits, tiles, rowOrder, rows, parts, maxRank, y);
}
