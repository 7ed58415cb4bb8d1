// As lora_expand_8, for steps of many rows, with h as lora_shrink_prompts leaves it: scaled, and each number as the sum of two elements.
//
// lora_expand_prompts: y[row] += h[row] . B, for the rows of tiles = {slot, first, count, ...}.
//   Launch: grid (ceil(outputs of the largest part / 2048), tiles of up to 64 rows, parts), block 256. Moves the y of rows with adapters twice.
// lora_expand_silu, _gelu, _gelu_tanh: gateUp is a product with two parts, [rows][2 * inner], to which h . B is added and rounded, but not written:
//   out[row, i] = activation(gate) * up. Rows of the base model go along, in tiles = {any, first, 0, rows}; of others the fourth is the third.
//   Launch: grid (ceil(inner / 2048), tiles of up to 64 rows), block 256. Moves 3 * rows * inner elements, as gated_activation alone does.
//
// B is the operand of 16 rows and h that of 8, so that a warp touches 128 bytes of a row at once: with 64 bytes memory gives half as much.
#include "device.cuh"
#include "mma.cuh"

#define WARPS 8
#define ROWS 8 // of a pass
#define PASSES 8
#define GROUP 64 // outputs of a product: 8 contiguous ones a lane
#define RANKS 16
#define BLOCK_OUTPUTS 2048

/** One part of one adapter's B, and of h. */
struct Part {
    const element* weights; // [outputs][rank]
    const uint4* h; // of row 0, four ranks each
    int rank, outputs;
};

/** What is added to, 8 elements of two rows, and h of one. */
struct Operands {
    uint4 before[2][2];
    uint4 h[2];
};

/** 16 bytes that this thread alone reads, and may write later: past L1. */
__device__ __forceinline__ uint4 loadPast(const void* address) {
    uint4 v;
    asm volatile("ld.global.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "l"(address) : "memory");
    return v;
}

/** Of the outputs 2 j and 2 j + 1 of this lane, four ranks each: the order of ranks is free as long as h agrees. */
__device__ __forceinline__ uint4 fourRanks(const Part& part, int output, int j, int step, int quad) {
    if (output >= part.outputs || part.rank == 0) {
        return make_uint4(0, 0, 0, 0);
    }
    const element* from = part.weights + (size_t) (output + 2 * j) * part.rank + step * RANKS + quad * 4;
    uint2 even = *(const uint2*) from, odd = *(const uint2*) (from + part.rank);
    return make_uint4(even.x, even.y, odd.x, odd.y);
}

__device__ __forceinline__ void multiplyAdd(float (&sums)[4], uint4 b, uint4 h) {
    multiplyAdd(sums, b.x, b.z, b.y, b.w, h.x, h.y);
    multiplyAdd(sums, b.x, b.z, b.y, b.w, h.z, h.w);
}

/** {@code before} plus B times h, of whose first ranks both are given; the others of h are at an offset. */
__device__ __forceinline__ void update(const Part& part, const uint4 (&first)[4], uint4 h, size_t others, int output, int quad, uint4 (&before)[2]) {
    float sums[4][4] = {};
#pragma unroll
    for (int j = 0; j < 4; j++) {
        multiplyAdd(sums[j], first[j], h);
    }
#pragma unroll 1
    for (int step = 1; step < part.rank / RANKS; step++) {
        h = part.h[others + step * RANKS / 4];
#pragma unroll
        for (int j = 0; j < 4; j++) {
            multiplyAdd(sums[j], fourRanks(part, output, j, step, quad), h);
        }
    }
#pragma unroll
    for (int i = 0; i < 2; i++) {
        float f[8];
        unpack(before[i], f);
#pragma unroll
        for (int j = 0; j < 4; j++) {
            f[j * 2] += sums[j][i];
            f[j * 2 + 1] += sums[j][2 + i];
        }
        before[i] = pack(f);
    }
}

/**
 * For all rows of a tile and the outputs from {@code blockFirst} on: two products at a time, of the parts given and of outputs
 * {@code APART} from one another. {@code store(row, output, first, second)} takes 8 elements of each.
 */
template <int APART, class Store>
__device__ __forceinline__ void expand(const Part (&parts)[2], const int (&rowOf)[PASSES * ROWS], int count, int rowUnits, const element* y, size_t yStride,
                                       const int (&columns)[2], int blockFirst, Store store) {
    constexpr int STRIDE = WARPS * (GROUP + APART);
    int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP, group = lane / 4, quad = lane % 4;
    int end = min(parts[0].outputs, blockFirst + BLOCK_OUTPUTS);
    auto load = [&](Operands& o, int output, int pass) {
        size_t units = (size_t) rowOf[pass * ROWS + group] * rowUnits + quad;
#pragma unroll
        for (int p = 0; p < 2; p++) {
            o.h[p] = parts[p].rank > 0 ? parts[p].h[units] : make_uint4(0, 0, 0, 0);
#pragma unroll
            for (int i = 0; i < 2; i++) {
                int r = pass * ROWS + quad * 2 + i;
                bool valid = r < count && output + p * APART < parts[p].outputs; // and so are the 7 that follow
                o.before[p][i] = valid ? loadPast(y + rowOf[r] * yStride + columns[p] + output) : make_uint4(0, 0, 0, 0);
            }
        }
    };
#pragma unroll 1
    for (int output = blockFirst + warp * (GROUP + APART) + group * 8; output - group * 8 < end; output += STRIDE) {
        Operands turns[2];
        load(turns[0], output, 0);
        uint4 first[2][4];
#pragma unroll
        for (int p = 0; p < 2; p++) {
#pragma unroll
            for (int j = 0; j < 4; j++) {
                first[p][j] = fourRanks(parts[p], output + p * APART, j, 0, quad);
            }
        }
#pragma unroll 2
        for (int pass = 0; pass * ROWS < count; pass++) {
            Operands& o = turns[pass % 2];
            if ((pass + 1) * ROWS < count) {
                load(turns[(pass + 1) % 2], output, pass + 1);
            }
            size_t units = (size_t) rowOf[pass * ROWS + group] * rowUnits + quad;
            update(parts[0], first[0], o.h[0], units, output, quad, o.before[0]);
            update(parts[1], first[1], o.h[1], units, output + APART, quad, o.before[1]);
#pragma unroll
            for (int i = 0; i < 2; i++) {
                int r = pass * ROWS + quad * 2 + i;
                if (r < count) {
                    store(rowOf[r], output, o.before[0][i], o.before[1][i]);
                }
            }
        }
    }
}

/** The rows of a tile; what follows the last is the first. */
__device__ __forceinline__ void loadRows(const int* rowOrder, int first, int count, int (&rowOf)[PASSES * ROWS]) {
    if (threadIdx.x < PASSES * ROWS) {
        rowOf[threadIdx.x] = rowOrder[first + ((int) threadIdx.x < count ? threadIdx.x : 0)];
    }
    __syncthreads();
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP, 2)
lora_expand_prompts(const element* b, const int* ranks, const int* starts, const uint4* h, const int4* tiles, const int* rowOrder, int parts, int maxRank,
                    element* y) {
    __shared__ int rowOf[PASSES * ROWS];
    startSuccessor();
    int4 tile = tiles[blockIdx.y];
    int slot = tile.x, count = tile.z, number = blockIdx.z, partStart = starts[number], width = starts[parts], blockFirst = blockIdx.x * BLOCK_OUTPUTS;
    Part part = {b + (size_t) slot * width * maxRank, h, 0, starts[number + 1] - partStart};
    if (count > 0 && blockFirst < part.outputs) {
        part.rank = ranks[slot * parts + number];
    }
    if (part.rank == 0) {
        waitForPredecessors();
        return;
    }
    for (int before = 0; before < number; before++) {
        int rank = ranks[slot * parts + before];
        part.h += rank / 4;
        part.weights += (size_t) (starts[before + 1] - starts[before]) * rank;
    }
    loadRows(rowOrder, tile.y, count, rowOf);
    waitForPredecessors();
    const Part both[2] = {part, part};
    const int columns[2] = {partStart, partStart + GROUP};
    expand<GROUP>(both, rowOf, count, parts * maxRank / 4, y, width, columns, blockFirst, [&](int row, int output, uint4 first, uint4 second) {
        uint4* to = (uint4*) (y + (size_t) row * width + partStart + output);
        if (output < part.outputs) {
            to[0] = first;
        }
        if (output + GROUP < part.outputs) {
            to[GROUP / 8] = second;
        }
    });
}

template <int ACTIVATION>
__device__ __forceinline__ void expandGated(const element* b, const int* ranks, const uint4* h, const int4* tiles, const int* rowOrder, int maxRank, const element* gateUp,
                                            int inner, element* out) {
    __shared__ int rowOf[PASSES * ROWS];
    startSuccessor();
    int4 tile = tiles[blockIdx.y];
    int slot = tile.x, count = tile.w;
    if (count == 0) {
        waitForPredecessors();
        return;
    }
    Part gate = {b + (size_t) slot * 2 * inner * maxRank, h, tile.z > 0 ? ranks[slot * 2] : 0, inner}, up = gate;
    if (tile.z > 0) {
        up.rank = ranks[slot * 2 + 1], up.h += gate.rank / 4, up.weights += (size_t) inner * gate.rank;
    }
    loadRows(rowOrder, tile.y, count, rowOf);
    waitForPredecessors();
    const Part both[2] = {gate, up};
    const int columns[2] = {0, inner};
    expand<0>(both, rowOf, count, maxRank / 2, gateUp, (size_t) 2 * inner, columns, blockIdx.x * BLOCK_OUTPUTS,
              [&](int row, int output, uint4 first, uint4 second) {
                  if (output < inner) {
                      float g[8], u[8];
                      unpack(first, g);
                      unpack(second, u);
#pragma unroll
                      for (int i = 0; i < 8; i++) {
                          g[i] = activate(g[i], ACTIVATION) * u[i];
                      }
                      *(uint4*) (out + (size_t) row * inner + output) = pack(g);
                  }
              });
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP, 2)
lora_expand_silu(const element* b, const int* ranks, const uint4* h, const int4* tiles, const int* rowOrder, int maxRank, const element* gateUp, int inner,
    element* out) {
    expandGated<0>(b, ranks, h, tiles, rowOrder, maxRank, gateUp, inner, out);
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP, 2)
lora_expand_gelu(const element* b, const int* ranks, const uint4* h, const int4* tiles, const int* rowOrder, int maxRank, const element* gateUp, int inner,
    element* out) {
    expandGated<1>(b, ranks, h, tiles, rowOrder, maxRank, gateUp, inner, out);
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP, 2)
lora_expand_gelu_tanh(const element* b, const int* ranks, const uint4* h, const int4* tiles, const int* rowOrder, int maxRank, const element* gateUp, int inner,
    element* out) {
    expandGated<2>(b, ranks, h, tiles, rowOrder, maxRank, gateUp, inner, out);
}
