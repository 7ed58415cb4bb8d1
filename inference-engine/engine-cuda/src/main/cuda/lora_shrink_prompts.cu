// As lora_shrink_8, for steps of many rows: a block goes through all inputs of its rows, so that sums come out whole, and as lora_expand_prompts
// multiplies them: h[rows][parts * maxRank / 4] are 16 bytes of four ranks, scaled, as two elements each: four, then what rounding those has left.
// Sums are made split by split in the order in which lora_expand_8 adds up what lora_shrink leaves, so that a row gets the same bits from both.
//
// Launch: grid (2 * parts * maxRank / 16, tiles of up to 64 rows), block 256, dynamic shared memory stages * 32768, stages 4, or 2 where shared memory
// is scarce; depth = inputs of a split, a multiple of 512.
// Moves x once for each 16 ranks, of which the first read comes from memory. A lane copies its own operand bytes into its own slots of a ring.
#include "device.cuh"
#include "mma.cuh"

#define WARPS 8
#define UNIT 64 // inputs that a warp multiplies at a time: 128 bytes of each row
#define RANKS 16
#define ROW_TILES 4 // of 8 rows: half a tile of the list, so that there are blocks enough
#define ROWS (ROW_TILES * 8)
#define SUMS (RANKS * ROWS / (WARPS * WARP)) // of a thread

extern "C" __global__ void __launch_bounds__(WARPS * WARP)
lora_shrink_prompts(const element* a, const int* ranks, const float* scales, const element* x, const int4* tiles, const int* rowOrder, int parts, int maxRank,
                    int inputs, int depth, int stages, element* h) {
    extern __shared__ uint4 ring[]; // [warp][stage][part of a row][lane]
    __shared__ float partials[2][WARPS][RANKS][ROWS + 1]; // by turns, so that one barrier a split is enough
    startSuccessor();
    int4 tile = tiles[blockIdx.y];
    int half = blockIdx.x % 2 * ROWS, firstRank = (int) blockIdx.x / 2 * RANKS;
    int slot = tile.x, first = tile.y + half, count = min(tile.z - half, ROWS), width = parts * maxRank;
    int rank = 0; // of all parts up to the one that these ranks are of
    float scale = 0.f;
    for (int part = 0; part < parts && count > 0 && rank <= firstRank; part++) {
        rank += ranks[slot * parts + part];
        scale = scales[slot * parts + part];
    }
    if (firstRank >= rank) {
        waitForPredecessors();
        return;
    }
    int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP, group = lane / 4, quad = lane % 4;
    // The order of inputs is free as long as both operands agree: 16 contiguous bytes of a row are a lane's part of two products.
    const element* low = a + (size_t) slot * width * inputs + (size_t) (firstRank + group) * inputs + quad * 8;
    auto load = [&](uint4 (&w)[4], int step) {
        int k = (step * WARPS + warp) * UNIT;
        bool here = k + quad * 8 < inputs, there = k + quad * 8 + 32 < inputs;
        const element* high = low + (size_t) 8 * inputs;
        const uint4 none = make_uint4(0, 0, 0, 0);
        w[0] = here ? *(const uint4*) (low + k) : none;
        w[1] = here ? *(const uint4*) (high + k) : none;
        w[2] = there ? *(const uint4*) (low + k + 32) : none;
        w[3] = there ? *(const uint4*) (high + k + 32) : none;
    };
    const element* row[ROW_TILES];
#pragma unroll
    for (int t = 0; t < ROW_TILES; t++) {
        row[t] = x + (size_t) rowOrder[first + min(t * 8 + group, count - 1)] * inputs + quad * 8; // what follows the last row is multiplied and left out
    }
    uint4* slots = ring + warp * stages * ROW_TILES * 2 * WARP + lane;
    auto copy = [&](int step) {
        int k = (step * WARPS + warp) * UNIT;
        uint4* to = slots + (step & stages - 1) * ROW_TILES * 2 * WARP;
#pragma unroll
        for (int t = 0; t < ROW_TILES; t++) {
            copyAsync(to + t * 2 * WARP, row[t] + k, k + quad * 8 < inputs);
            copyAsync(to + (t * 2 + 1) * WARP, row[t] + k + 32, k + quad * 8 + 32 < inputs);
        }
        commitCopies();
    };
    float sums[ROW_TILES][4] = {}, totals[SUMS] = {};
    int steps = (inputs + WARPS * UNIT - 1) / (WARPS * UNIT), stepsOfSplit = depth / (WARPS * UNIT), turn = 0;
    auto endSplit = [&] {
#pragma unroll
        for (int t = 0; t < ROW_TILES; t++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                partials[turn][warp][group + i / 2 * 8][t * 8 + quad * 2 + i % 2] = sums[t][i];
                sums[t][i] = 0.f;
            }
        }
        __syncthreads();
#pragma unroll
        for (int i = 0; i < SUMS; i++) {
            int at = threadIdx.x + i * WARPS * WARP;
            float sum = 0.f;
#pragma unroll
            for (int w = 0; w < WARPS; w++) {
                sum += partials[turn][w][at % RANKS][at / RANKS];
            }
            totals[i] += sum;
        }
        turn ^= 1;
    };
    uint4 w[4];
    load(w, 0);
    waitForPredecessors();
    for (int step = 0; step < stages - 1; step++) {
        copy(step);
    }
    for (int step = 0; step < steps; step++) {
        copy(step + stages - 1);
        uint4 next[4];
        load(next, step + 1);
        if (stages == 4) {
            waitForCopies<3>();
        } else {
            waitForCopies<1>();
        }
        const uint4* from = slots + (step & stages - 1) * ROW_TILES * 2 * WARP;
#pragma unroll
        for (int t = 0; t < ROW_TILES; t++) {
#pragma unroll
            for (int part = 0; part < 2; part++) {
                uint4 p = w[part * 2], q = w[part * 2 + 1], z = from[(t * 2 + part) * WARP];
                multiplyAdd(sums[t], p.x, q.x, p.y, q.y, z.x, z.y);
                multiplyAdd(sums[t], p.z, q.z, p.w, q.w, z.z, z.w);
            }
        }
        if ((step + 1) % stepsOfSplit == 0 || step + 1 == steps) {
            endSplit();
        }
#pragma unroll
        for (int i = 0; i < 4; i++) {
            w[i] = next[i];
        }
    }
#pragma unroll
    for (int i = 0; i < SUMS; i++) {
        int at = threadIdx.x + i * WARPS * WARP, r = at / RANKS, its = at % RANKS;
        if (r < count) {
            float sum = totals[i] * scale;
            element* out = h + ((size_t) rowOrder[first + r] * width + firstRank + its / 4 * 4) * 2 + its % 4;
            out[0] = fromFloat(sum);
            out[4] = fromFloat(sum - rounded(sum));
        }
    }
}
