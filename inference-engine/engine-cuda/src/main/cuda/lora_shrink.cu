// h[row] = x[row] . A of the row's adapter: the first half of a low-rank update, for any mixture of adapters in a step.
//
// Adapters lie in slots of a fixed size. A matrix that is stacked (queries, keys and values, or gate and up) has parts, and ranks[slot * parts +
// part] says at which rank an adapter changes each: a multiple of 16 (what is missing are zeros), or 0 where it does not. a[slot] holds the parts'
// [rank][inputs] one after another, in room for parts * maxRank * inputs. Which rows have which adapter is read from device memory, so that a
// recorded launch serves any mixture: tiles[i] = {slot, first, count, rows} names the rows rowOrder[first] to rowOrder[first + count - 1]; tiles
// that are not used have count 0, and those of rows without an adapter, whose number is then the fourth.
//
// h is float32 [splits][rows][parts * maxRank]: sums over the part of the inputs that a split covers; lora_expand_8 adds them up. How a row's
// sums are made depends on inputs and depth alone, so a row gets the same bits in any company.
//
// Launch: grid (parts * maxRank / 16, tiles, splits), block 256; depth = inputs of a split, a multiple of 64.
//   lora_shrink_8: tiles of up to 8 rows.
// Tiles, order, ranks and A are read before the kernels ahead have finished: they are written by copies that a step waits for, never by kernels.
#include "device.cuh"
#include "mma.cuh"

#define WARPS 8
#define UNIT 64 // inputs that a warp multiplies at a time: 128 bytes of each row
#define RANKS 16

/** {@code ROW_TILES} times 8 rows; a warp loads {@code BATCH} units before it multiplies the first. */
template <int ROW_TILES, int BATCH>
__device__ __forceinline__ void shrink(const element* a, const int* ranks, const element* x, const int4* tiles, const int* rowOrder, int rows, int parts,
                                       int maxRank, int inputs, int depth, float* h) {
    constexpr int ROWS = ROW_TILES * 8;
    __shared__ float partials[WARPS][RANKS][ROWS + 1];
    startSuccessor();
    int4 tile = tiles[blockIdx.y];
    int slot = tile.x, first = tile.y, count = tile.z, width = parts * maxRank;
    int rank = 0; // of all parts
    for (int part = 0; part < parts && count > 0; part++) {
        rank += ranks[slot * parts + part];
    }
    if ((int) blockIdx.x * RANKS >= rank) {
        waitForPredecessors();
        return;
    }
    int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP, group = lane / 4, quad = lane % 4;
    int begin = blockIdx.z * depth, end = min(begin + depth, inputs);
    const element* low = a + (size_t) slot * width * inputs + (size_t) (blockIdx.x * RANKS + group) * inputs;
    const element* high = low + (size_t) 8 * inputs;
    const element* row[ROW_TILES];
    bool valid[ROW_TILES];
#pragma unroll
    for (int t = 0; t < ROW_TILES; t++) {
        valid[t] = t * 8 + group < count;
        row[t] = x + (size_t) rowOrder[first + (valid[t] ? t * 8 + group : 0)] * inputs;
    }
    const uint4 none = make_uint4(0, 0, 0, 0);
    float sums[ROW_TILES][4] = {};
    bool waited = false;
    for (int base = begin + warp * UNIT; base < end; base += BATCH * WARPS * UNIT) {
        // The order of inputs is free as long as both operands agree: 16 contiguous bytes of a row are a lane's part of two products.
        uint4 w[BATCH][4];
#pragma unroll
        for (int b = 0; b < BATCH; b++) {
            int k = base + b * WARPS * UNIT + quad * 8;
            w[b][0] = k < end ? loadOnce(low + k) : none;
            w[b][1] = k < end ? loadOnce(high + k) : none;
            w[b][2] = k + 32 < end ? loadOnce(low + k + 32) : none;
            w[b][3] = k + 32 < end ? loadOnce(high + k + 32) : none;
        }
        if (!waited) {
            waitForPredecessors();
            waited = true;
        }
        uint4 v[BATCH][ROW_TILES][2];
#pragma unroll
        for (int b = 0; b < BATCH; b++) {
            int k = base + b * WARPS * UNIT + quad * 8;
#pragma unroll
            for (int t = 0; t < ROW_TILES; t++) {
                v[b][t][0] = valid[t] && k < end ? *(const uint4*) (row[t] + k) : none;
                v[b][t][1] = valid[t] && k + 32 < end ? *(const uint4*) (row[t] + k + 32) : none;
            }
        }
#pragma unroll
        for (int b = 0; b < BATCH; b++) {
#pragma unroll
            for (int t = 0; t < ROW_TILES; t++) {
#pragma unroll
                for (int half = 0; half < 2; half++) {
                    uint4 p = w[b][half * 2], q = w[b][half * 2 + 1], z = v[b][t][half];
                    multiplyAdd(sums[t], p.x, q.x, p.y, q.y, z.x, z.y);
                    multiplyAdd(sums[t], p.z, q.z, p.w, q.w, z.z, z.w);
                }
            }
        }
    }
    if (!waited) {
        waitForPredecessors();
    }
#pragma unroll
    for (int t = 0; t < ROW_TILES; t++) {
#pragma unroll
        for (int i = 0; i < 4; i++) {
            partials[warp][group + i / 2 * 8][t * 8 + quad * 2 + i % 2] = sums[t][i];
        }
    }
    __syncthreads();
    float* out = h + (size_t) blockIdx.z * rows * width + blockIdx.x * RANKS;
    for (int i = threadIdx.x; i < count * RANKS; i += WARPS * WARP) {
        float sum = 0.f;
#pragma unroll
        for (int w = 0; w < WARPS; w++) {
            sum += partials[w][i % RANKS][i / RANKS];
        }
        out[(size_t) rowOrder[first + i / RANKS] * width + i % RANKS] = sum;
    }
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP)
lora_shrink_8(const element* a, const int* ranks, const element* x, const int4* tiles, const int* rowOrder, int rows, int parts, int maxRank, int inputs,
               int depth, float* h) {
    shrink<1, 2>(a, ranks, x, tiles, rowOrder, rows, parts, maxRank, inputs, depth, h);
}
