// Products of 9 to 64 rows by quantised weights, whose codes are read once and become operands in registers: out[r, o] = sum over k of
// x[r, k] * scales[o, group of k] * (codes[o, k] - zeros[o, group]) + bias[o] (+ addend[r, o]). Codes are multiplied exactly, scales are applied to the
// sums of groups; inputs in their natural order.
// WEIGHT=4 (int4), 8 (int8), 9 (e4m3); inputs a multiple of 32 (int4) or 16, groups a multiple of 32 or all.
// SPANS: parts of a unit that each lie in one group: all inputs or groups of whole units ? 1 : UNIT / the largest power of two that divides groupSize,
// where a unit is 128 inputs for int4, else 64.
//
//   quantized_matmul_16, _32, _64: so many rows or fewer; grid (ceil(outputs / 256), splits), block 256, shared memory carveout 100, dynamic shared memory
//   4 * (256 * ROW + SPANS * (int4 ? 2048 : 1024) + ROWS * X_ROW), ROW and X_ROW below. Modes 0, 1 and 2 as gemv has them; with more than one split
//   the splits' sums go to partials [splits, rows, outputs] instead, and sum_splits makes them one: grid (ceil(outputs, or inner where gated, / 256), rows), block 256.
//   No block's split may be empty: splits at most the units.
// Moves outputs * inputs codes, their scales, and rows * inputs elements of x for every 256 outputs.
//
// How: a block's 8 warps take 32 outputs each and share x, whose fragments serve two operands of 16 outputs. Codes, scales and x of four units are under
// way in shared memory; one barrier a unit. Splits fill the multiprocessors where outputs do not, and are added up in their order, so that sums
// do not depend on who came first.
// H200, bf16, 64 rows in a graph: int4 by 128 [6144x4096] 26 us, [28672x4096] 85 us, 177 TFLOP/s; e4m3 the same; 16 rows 14 and 49 (e4m3 13 and 45) us.
#include "device.cuh"
#include "mma.cuh"
#include "quantized.cuh"

#ifndef SPANS
#error "compile with -DSPANS=1, 2 or 4 (int4): groups that a unit is in"
#endif
#define THREADS 256
#define TILE 256 // outputs
#define STAGES 4
#define UNIT (4 * CODES) // inputs: 64 bytes of each output
#define STEP 32 // inputs of two products
#define STEPS (UNIT / STEP / SPANS)
#define ROW (WEIGHT == 4 ? 80 : 96) // bytes between rows of codes, and of x: reads of a warp meet in no bank
#define X_ROW (UNIT * 2 + 64)
#define X_PIECES (UNIT / 8)
#define SCALES (TILE * SPANS)
#define CODES_BYTES (TILE * ROW + SCALES * (WEIGHT == 4 ? 8 : 4))
#define SUMS_ROW (TILE + 4)

struct Target {
    const float* bias;
    const element* addend;
    void* out;
    float* partials;
    int mode, activation, outputs;

    /** Of one output of a row. */
    __device__ __forceinline__ void write(int row, int output, float sum) const {
        size_t at = (size_t) row * outputs + output;
        sum += (bias ? bias[output] : 0.f) + (addend ? toFloat(addend[at]) : 0.f);
        if (mode == 1) {
            ((float*) out)[at] = sum;
        } else {
            ((element*) out)[at] = fromFloat(sum);
        }
    }

    __device__ __forceinline__ void writeGated(int row, int output, float gate, float up) const {
        int inner = outputs / 2;
        gate += bias ? bias[output] : 0.f, up += bias ? bias[inner + output] : 0.f;
        ((element*) out)[(size_t) row * inner + output] = fromFloat(activate(rounded(gate), activation) * rounded(up));
    }
};

template <int ROW_TILES>
__device__ __forceinline__ void multiply(const unsigned char* codes, const float* scales, const unsigned char* zeros, int groupSize, const element* x, int rows, int inputs, const Target& target) {
    constexpr int ROWS = 8 * ROW_TILES, STAGE = CODES_BYTES + ROWS * X_ROW;
    extern __shared__ uint4 shared[];
    unsigned char* ring = (unsigned char*) shared; // [STAGES]: codes [TILE][ROW], scales [TILE][SPANS], words with zeros [TILE][SPANS], x [ROWS][X_ROW]
    startSuccessor();
    int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP, group = lane / 4, quad = lane % 4;
    int outputs = target.outputs, inner = outputs / 2, units = (inputs + UNIT - 1) / UNIT, groups = (inputs + groupSize - 1) / groupSize, groupUnits = max(groupSize * SPANS / UNIT, 1);
    int first = units * (int) blockIdx.y / (int) gridDim.y, end = units * ((int) blockIdx.y + 1) / (int) gridDim.y;
    bool gated = target.mode == 2;
    int rowBytes = WEIGHT == 4 ? inputs / 2 : inputs;

    // Of 16 outputs that are an operand, 8 gates and their 8 others where these are combined; beyond the last its neighbour, which is not written.
    auto outputOf = [&](int row) {
        int pair = blockIdx.x * (TILE / 2) + row / 16 * 8 + row % 8;
        return gated ? min(pair, inner - 1) + row / 8 % 2 * inner : min((int) blockIdx.x * TILE + row, outputs - 1);
    };
    auto groupOf = [&](int unit, int span) {
        int all = unit * SPANS + span;
        return groups == 1 ? 0 : min(groupUnits == 1 ? all : all / groupUnits, groups - 1);
    };
    const unsigned char* codeRows[4];
    int scaleRows[SPANS];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        codeRows[i] = codes + (size_t) outputOf(threadIdx.x / 4 + i * 64) * rowBytes;
    }
#pragma unroll
    for (int i = 0; i < SPANS; i++) {
        scaleRows[i] = outputOf((threadIdx.x + i * THREADS) / SPANS) * groups;
    }
    auto copyCodes = [&](int unit, int stage) {
        unsigned char* to = ring + stage * STAGE;
        int piece = threadIdx.x % 4, from = min(unit * 64 + piece * 16, rowBytes - 16), at = groupOf(unit, threadIdx.x % SPANS);
#pragma unroll
        for (int i = 0; i < 4; i++) {
            copyAsync(to + (threadIdx.x / 4 + i * 64) * ROW + piece * 16, codeRows[i] + from, true);
        }
        unsigned char* scalesTo = to + TILE * ROW + threadIdx.x * 4;
#pragma unroll
        for (int i = 0; i < SPANS; i++) {
            copyWordAsync(scalesTo + i * THREADS * 4, scales + scaleRows[i] + at, 4);
#if WEIGHT == 4
            copyWordAsync(scalesTo + (SCALES + i * THREADS) * 4, zeros + (scaleRows[i] + at & ~3), 4);
#endif
        }
    };
    auto copyX = [&](int unit, int stage) {
        unsigned char* to = ring + stage * STAGE + CODES_BYTES;
#pragma unroll
        for (int i = threadIdx.x; i < ROWS * X_PIECES; i += THREADS) {
            int row = i / X_PIECES, piece = i % X_PIECES, k = unit * UNIT + piece * 8;
            copyAsync(to + row * X_ROW + piece * 16, x + (size_t) min(row, rows - 1) * inputs + (k < inputs ? k : 0), k < inputs);
        }
    };
    for (int i = 0; i < STAGES - 1 && first + i < end; i++) {
        copyCodes(first + i, i);
    }
    waitForPredecessors();
    for (int i = 0; i < STAGES - 1; i++) {
        if (first + i < end) {
            copyX(first + i, i);
        }
        commitCopies(); // codes of all these units belong to the first of them
    }
    int zeroAt[2][2];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        zeroAt[i / 2][i % 2] = outputOf(warp * 32 + i * 8 + group) * groups;
    }

    float sums[2][ROW_TILES][4] = {};
    int stage = 0;
    for (int unit = first; unit < end; unit++) {
        waitForCopies<STAGES - 2>();
        __syncthreads();
        if (unit + STAGES - 1 < end) {
            int next = (stage + STAGES - 1) % STAGES;
            copyCodes(unit + STAGES - 1, next);
            copyX(unit + STAGES - 1, next);
        }
        commitCopies();
        const unsigned char* from = ring + stage * STAGE;
        const unsigned char* own = from + (warp * 32 + group) * ROW + quad * (WEIGHT == 4 ? 4 : 8);
        const float* ownScales = (const float*) (from + TILE * ROW) + (warp * 32 + group) * SPANS;
        const unsigned char* rowsOfX = from + CODES_BYTES + group * X_ROW + quad * 16;
#pragma unroll
        for (int span = 0; span < SPANS; span++) {
#if WEIGHT == 4
            unsigned minus[2][2];
            int at = groupOf(unit, span);
            const unsigned* words = (const unsigned*) ownScales + SCALES + span;
#pragma unroll
            for (int i = 0; i < 4; i++) {
                minus[i / 2][i % 2] = minusZero(__byte_perm(words[i * 8 * SPANS], 0, (zeroAt[i / 2][i % 2] + at & 3) | 0x4440));
            }
#endif
            float part[2][ROW_TILES][4] = {};
#pragma unroll
            for (int s = 0; s < STEPS; s++) {
                int step = span * STEPS + s;
                unsigned a[2][2][4];
#pragma unroll
                for (int i = 0; i < 4; i++) {
#if WEIGHT == 4
                    decodePairs(*(const unsigned*) (own + i * 8 * ROW + step * 16), 0, minus[i / 2][i % 2], a[i / 2][i % 2]);
#else
                    uint2 eight = *(const uint2*) (own + i * 8 * ROW + step * 32);
                    decodePairs(eight.x, eight.y, 0, a[i / 2][i % 2]);
#endif
                }
#pragma unroll
                for (int rt = 0; rt < ROW_TILES; rt += 2) { // two at a time, so that no product waits for the one before
                    uint4 v[2];
#pragma unroll
                    for (int i = 0; i < 2; i++) {
                        v[i] = inPairs(*(const uint4*) (rowsOfX + (rt + i) * 8 * X_ROW + step * 64));
                    }
#pragma unroll
                    for (int i = 0; i < 4; i++) {
                        multiplyAdd(part[i % 2][rt + i / 2], a[i % 2][0][0], a[i % 2][1][0], a[i % 2][0][1], a[i % 2][1][1], v[i / 2].x, v[i / 2].y);
                    }
#pragma unroll
                    for (int i = 0; i < 4; i++) {
                        multiplyAdd(part[i % 2][rt + i / 2], a[i % 2][0][2], a[i % 2][1][2], a[i % 2][0][3], a[i % 2][1][3], v[i / 2].z, v[i / 2].w);
                    }
                }
            }
#pragma unroll
            for (int i = 0; i < 2; i++) {
                float low = ownScales[i * 16 * SPANS + span], high = ownScales[(i * 16 + 8) * SPANS + span];
#pragma unroll
                for (int rt = 0; rt < ROW_TILES; rt++) {
                    sums[i][rt][0] += part[i][rt][0] * low, sums[i][rt][1] += part[i][rt][1] * low;
                    sums[i][rt][2] += part[i][rt][2] * high, sums[i][rt][3] += part[i][rt][3] * high;
                }
            }
        }
        stage = (stage + 1) % STAGES;
    }

    waitForCopies<0>();
    __syncthreads();
    float* tile = (float*) shared; // [ROWS][SUMS_ROW], where the ring was
#pragma unroll
    for (int i = 0; i < 2; i++) {
#pragma unroll
        for (int rt = 0; rt < ROW_TILES; rt++) {
            float* at = tile + (rt * 8 + quad * 2) * SUMS_ROW + warp * 32 + i * 16 + group;
            at[0] = sums[i][rt][0], at[SUMS_ROW] = sums[i][rt][1], at[8] = sums[i][rt][2], at[SUMS_ROW + 8] = sums[i][rt][3];
        }
    }
    __syncthreads();
    bool split = gridDim.y > 1;
    int place = threadIdx.x, pair = blockIdx.x * (TILE / 2) + place;
    for (int row = 0; row < rows; row++) {
        const float* from = tile + row * SUMS_ROW;
        if (gated && !split) {
            if (place < TILE / 2 && pair < inner) {
                target.writeGated(row, pair, from[place / 8 * 16 + place % 8], from[place / 8 * 16 + place % 8 + 8]);
            }
            continue;
        }
        // A place beyond the last output holds that of its neighbour, which two threads would write.
        bool valid = gated ? blockIdx.x * (TILE / 2) + place / 16 * 8 + place % 8 < inner : (int) blockIdx.x * TILE + place < outputs;
        if (valid && split) {
            target.partials[((size_t) blockIdx.y * rows + row) * outputs + outputOf(place)] = from[place];
        } else if (valid) {
            target.write(row, outputOf(place), from[place]);
        }
    }
}

#define ENTRY(rows)                                                                                                                                                          \
    extern "C" __global__ void __launch_bounds__(THREADS, 1)                                                                                                                 \
        quantized_matmul_##rows(const unsigned char* codes, const float* scales, const unsigned char* zeros, int groupSize, const float* bias, const element* x,             \
                                const element* addend, void* out, float* partials, int count, int outputs, int inputs, int mode, int activation) {                           \
        multiply<rows / 8>(codes, scales, zeros, groupSize, x, count, inputs, {bias, addend, out, partials, mode, activation, outputs});                                     \
    }
ENTRY(16)
ENTRY(32)
ENTRY(64)

extern "C" __global__ void __launch_bounds__(THREADS)
sum_splits(const float* partials, int splits, const float* bias, const element* addend, void* out, int outputs, int mode, int activation) {
    startSuccessor();
    waitForPredecessors();
    Target target = {bias, addend, out, nullptr, mode, activation, outputs};
    int output = blockIdx.x * THREADS + threadIdx.x, row = blockIdx.y, inner = outputs / 2;
    size_t stride = (size_t) gridDim.y * outputs;
    const float* from = partials + (size_t) row * outputs + output;
    if (output >= (mode == 2 ? inner : outputs)) {
        return;
    }
    float sum = 0.f, up = 0.f;
#pragma unroll 4
    for (int i = 0; i < splits; i++) {
        sum += from[i * stride];
        up += mode == 2 ? from[i * stride + inner] : 0.f;
    }
    if (mode == 2) {
        target.writeGated(row, output, sum, up);
    } else {
        target.write(row, output, sum);
    }
}
