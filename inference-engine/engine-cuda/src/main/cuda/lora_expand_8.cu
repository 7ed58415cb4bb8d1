// y[row] += scale * h[row] . B of the row's adapter: the second half of a low-rank update, into a matrix's output or the parts of a stacked one, for
// tiles of up to 8 rows (decode). lora_expand_gated_8 does it for gate and up and goes on to the activation, so that their sums are never written.
//
// Part p of y are the columns starts[p] to starts[p + 1] - 1; it has its own rank, its own columns of h and its own scales[slot * parts + p].
// b[slot] holds the parts' [outputs][rank] one after another, in room for outputs * maxRank. The rest is as lora_shrink has it.
// h is multiplied as the sum of two elements, so that hardly anything of it is lost, and y is rounded once.
//
// Launch: block 128, dynamic shared memory splits * 512, twice that for the gated form.
//   lora_expand_8: grid (ceil(outputs of the largest part / 256), tiles, parts)
//   lora_expand_gated_8: grid (ceil(inner / 256), tiles), for two parts of as many outputs; rows without an adapter are in tiles {slot, first, 0, rows}.
// Tiles, order, ranks, scales and B are read before the kernels ahead have finished, as in lora_shrink.
// What counts here is instructions and latency: B is the 16-row operand, 8 contiguous outputs a lane, and rows are the 8 columns.
#include "device.cuh"
#include "mma.cuh"

#define WARPS 4
#define RANKS 16
#define SPAN 64 // outputs of a warp: 8 contiguous ones for each of 8 lanes, and 4 ranks for each of 4

/** 8 bytes of B; its neighbours are read next. */
__device__ __forceinline__ uint2 loadRanks(const element* address) {
    uint2 v;
    asm volatile("ld.global.nc.L2::256B.v2.u32 {%0, %1}, [%2];" : "=r"(v.x), "=r"(v.y) : "l"(address));
    return v;
}

/** What an adapter's slot holds for one part, and a lane's share of it. */
struct Part {
    const element* weights; // of the lane's first output and rank
    int rank, firstRank;
    float scale;
    bool valid;    // or the lane's outputs are beyond the part
    uint2 held[8]; // 4 ranks of each of the lane's outputs

    /** @param adapted or nothing is added whatever the slot holds */
    __device__ __forceinline__ Part(const element* b, const int* ranks, const float* scales, const int* starts, int parts, int maxRank, int slot, int part,
                                    int output, bool adapted) {
        rank = adapted ? ranks[slot * parts + part] : 0;
        scale = scales[slot * parts + part];
        firstRank = 0;
        weights = b + (size_t) slot * starts[parts] * maxRank;
        for (int before = 0; before < part; before++) {
            int itsRank = ranks[slot * parts + before];
            firstRank += itsRank;
            weights += (size_t) (starts[before + 1] - starts[before]) * itsRank;
        }
        weights += (size_t) output * rank + threadIdx.x % 4 * 4;
        valid = output < starts[part + 1] - starts[part];
        hold(0);
    }

    __device__ __forceinline__ void hold(int step) {
        const element* from = weights + step;
#pragma unroll
        for (int i = 0; i < 8; i++, from += rank) {
            held[i] = valid && rank > 0 ? loadRanks(from) : make_uint2(0, 0);
        }
    }
};

/** h as the kernel before left it: [splits][rows][width]. */
struct Shrunk {
    const float* sums;
    int splits, rows, width;

    /** Brings 4 ranks of {@code row}, -1 for none, to {@code shared}: each warp its share of the splits. */
    __device__ __forceinline__ void stage(int row, int firstRank, float4* shared) const {
        const float* from = sums + (size_t) max(row, 0) * width + firstRank + threadIdx.x % 4 * 4;
        int stride = rows * width;
        for (int first = threadIdx.x / WARP; first < splits; first += 4 * WARPS) {
            float4 one[4];
#pragma unroll
            for (int i = 0; i < 4; i++) {
                int split = first + i * WARPS;
                one[i] = row >= 0 && split < splits ? *(const float4*) (from + split * stride) : make_float4(0, 0, 0, 0);
            }
#pragma unroll
            for (int i = 0; i < 4; i++) {
                if (first + i * WARPS < splits) {
                    shared[(first + i * WARPS) * WARP + threadIdx.x % WARP] = one[i];
                }
            }
        }
    }

    /** What is staged, summed up and scaled: two words of elements, then two of what rounding them left. */
    __device__ __forceinline__ uint4 operand(const float4* shared, float scale) const {
        float4 sum = make_float4(0, 0, 0, 0);
        for (int split = 0; split < splits; split++) {
            float4 one = shared[split * WARP + threadIdx.x % WARP];
            sum.x += one.x, sum.y += one.y, sum.z += one.z, sum.w += one.w;
        }
        sum.x *= scale, sum.y *= scale, sum.z *= scale, sum.w *= scale;
        unsigned low = pack2(sum.x, sum.y), high = pack2(sum.z, sum.w);
        float2 l = unpack2(low), u = unpack2(high);
        return make_uint4(low, high, pack2(sum.x - l.x, sum.y - l.y), pack2(sum.z - u.x, sum.w - u.y));
    }
};

/** Which rows are a lane's: of y two, of h one; -1 for none. */
struct Rows {
    int ofSums[2], ofShrunk;

    __device__ __forceinline__ Rows(const int* order, int count) {
        int quad = threadIdx.x % 4, group = threadIdx.x % WARP / 4, column = group % 2 * 4 + group / 2;
        ofSums[0] = quad < count ? order[quad] : -1;
        ofSums[1] = quad + 4 < count ? order[quad + 4] : -1;
        ofShrunk = column < count ? order[column] : -1;
    }
};

/** {@code sums} += the products of a part, whose first ranks of h are staged; all of the block. */
__device__ __forceinline__ void add(uint4 (&sums)[2], Part& part, const Shrunk& h, int row, float4* shared) {
    float d[4][4] = {};
    for (int step = 0; step < part.rank; step += RANKS) {
        if (step > 0) {
            part.hold(step);
            __syncthreads();
            h.stage(row, part.firstRank + step, shared);
            __syncthreads();
        }
        uint4 x = h.operand(shared, part.scale);
#pragma unroll
        for (int j = 0; j < 4; j++) {
            uint2 v = part.held[j * 2], w = part.held[j * 2 + 1];
            multiplyAdd(d[j], v.x, w.x, v.y, w.y, x.x, x.y);
            multiplyAdd(d[j], v.x, w.x, v.y, w.y, x.z, x.w);
        }
    }
#pragma unroll
    for (int half = 0; half < 2; half++) {
        float f[8];
        unpack(sums[half], f);
#pragma unroll
        for (int j = 0; j < 4; j++) {
            f[j * 2] += d[j][half], f[j * 2 + 1] += d[j][half + 2];
        }
        sums[half] = pack(f);
    }
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP, 7)
lora_expand_8(const element* b, const int* ranks, const float* scales, const int* starts, const float* h, int splits, const int4* tiles,
              const int* rowOrder, int rows, int parts, int maxRank, element* y) {
    extern __shared__ float4 staged[]; // [split][lane]
    startSuccessor();
    int4 tile = tiles[blockIdx.y];
    int slot = tile.x, count = tile.z, index = blockIdx.z, start = starts[index], width = starts[parts];
    if (count == 0 || ranks[slot * parts + index] == 0 || (int) blockIdx.x * WARPS * SPAN >= starts[index + 1] - start) {
        waitForPredecessors();
        return;
    }
    int output = (blockIdx.x * WARPS + threadIdx.x / WARP) * SPAN + threadIdx.x % WARP / 4 * 8;
    Part part(b, ranks, scales, starts, parts, maxRank, slot, index, output, true);
    Rows its(rowOrder + tile.y, count);
    Shrunk shrunk = {h, splits, rows, parts * maxRank};
    waitForPredecessors();
    uint4 sums[2];
#pragma unroll
    for (int half = 0; half < 2; half++) {
        bool valid = part.valid && its.ofSums[half] >= 0;
        sums[half] = valid ? *(const uint4*) (y + (size_t) its.ofSums[half] * width + start + output) : make_uint4(0, 0, 0, 0);
    }
    shrunk.stage(its.ofShrunk, part.firstRank, staged);
    __syncthreads();
    add(sums, part, shrunk, its.ofShrunk, staged);
#pragma unroll
    for (int half = 0; half < 2; half++) {
        if (part.valid && its.ofSums[half] >= 0) {
            *(uint4*) (y + (size_t) its.ofSums[half] * width + start + output) = sums[half];
        }
    }
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP, 5)
lora_expand_gated_8(const element* b, const int* ranks, const float* scales, const int* starts, const float* h, int splits, const int4* tiles,
                    const int* rowOrder, int rows, int maxRank, const element* gateUp, int activation, element* out) {
    extern __shared__ float4 staged[]; // [part][split][lane]
    startSuccessor();
    int4 tile = tiles[blockIdx.y];
    int slot = tile.x, count = max(tile.z, tile.w), inner = starts[1];
    if (count == 0) {
        waitForPredecessors();
        return;
    }
    int output = (blockIdx.x * WARPS + threadIdx.x / WARP) * SPAN + threadIdx.x % WARP / 4 * 8;
    bool adapted = tile.z > 0; // or the tile's rows are of the base model
    Part gate(b, ranks, scales, starts, 2, maxRank, slot, 0, output, adapted), up(b, ranks, scales, starts, 2, maxRank, slot, 1, output, adapted);
    Rows its(rowOrder + tile.y, count);
    Shrunk shrunk = {h, splits, rows, 2 * maxRank};
    waitForPredecessors();
    uint4 gates[2], ups[2];
#pragma unroll
    for (int half = 0; half < 2; half++) {
        bool valid = gate.valid && its.ofSums[half] >= 0;
        const element* from = gateUp + (size_t) its.ofSums[half] * 2 * inner + output;
        gates[half] = valid ? *(const uint4*) from : make_uint4(0, 0, 0, 0);
        ups[half] = valid ? *(const uint4*) (from + inner) : make_uint4(0, 0, 0, 0);
    }
    float4* ofUp = staged + splits * WARP;
    shrunk.stage(gate.rank > 0 ? its.ofShrunk : -1, gate.firstRank, staged);
    shrunk.stage(up.rank > 0 ? its.ofShrunk : -1, up.firstRank, ofUp);
    __syncthreads();
    add(gates, gate, shrunk, its.ofShrunk, staged);
    add(ups, up, shrunk, its.ofShrunk, ofUp);
#pragma unroll
    for (int half = 0; half < 2; half++) {
        if (gate.valid && its.ofSums[half] >= 0) {
            float x[8], y[8];
            unpack(gates[half], x);
            unpack(ups[half], y);
#pragma unroll
            for (int i = 0; i < 8; i++) {
                x[i] = activate(x[i], activation) * y[i];
            }
            *(uint4*) (out + (size_t) its.ofSums[half] * inner + output) = pack(x);
        }
    }
}
