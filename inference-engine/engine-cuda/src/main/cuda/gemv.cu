// out[r, o] = x[r] . w[o] + bias[o] (+ addend[r, o]) for up to 8 (gemv_8) or 16 (gemv_16) rows: the matrices of decode, where every weight is
// read once per step and nothing but reading it costs time.
//
//   mode 0: out is ELEMENT; 1: out is float32 (logits); 2: w is [2 * inner, inputs], gate above up, and out[r, i] = act(gate) * up.
//   addend may be out: a residual sum. normWeight: x is normalised by its root mean square first, so that no kernel must do it before.
//
// Launch: grid = multiprocessors, block 256, dynamic shared memory as below, shared memory carveout 100 (so that two kernels share a
// multiprocessor). Launched with programmatic serialization it has its first megabytes of weights under way, to shared memory and to L2,
// before its predecessor ends, and lets its successor do so when little of its own is left.
//
// How: a tile is 16 outputs. The 8 warps of a block share its inputs, 64 at a time. Each lane copies what it will multiply, and nothing else,
// to its own 16-byte slots of a ring in shared memory (cp.async): no barrier stands between memory and the tensor cores. The order of
// inputs in a product is free as long as weights and x agree, so a lane's 16 contiguous bytes of a row serve as its part of an mma's operand.
#include "device.cuh"
#include "mma.cuh"

#define WARPS 8
#ifndef STAGES
#define STAGES 5
#endif
#ifndef AHEAD_BYTES
#define AHEAD_BYTES 0 // of each row, fetched to L2 before the predecessor ends, beyond what the ring holds
#endif
#ifndef UNITS_LEFT
#define UNITS_LEFT 1000000 // of a warp when the successor may start
#endif
#define UNIT 64 // inputs a warp multiplies at a time: 128 bytes of each of 16 rows
#define TILE 16
#define HELD 2 // 16-byte vectors of a row that a thread keeps in registers while it normalises

/*
 * Host side: rows of x are staged in shared memory while they fit, else they are read through L1.
 *   stride = inputs rounded up to 64, plus 32 elements                       (two rows never meet in a bank)
 *   staged = rows * stride * 2 <= 128 KiB
 *   sharedBytes = 81920 + (rows <= 8 ? 8704 : 17408) + (staged ? rows * stride * 2 : 0)
 */
#define STAGED_LIMIT (128 * 1024)

template <int ROW_TILES>
__device__ __forceinline__ void multiply(const element* w, const float* bias, const element* x, const element* addend, void* out, int rows,
                                         int outputs, int inputs, int mode, int activation, const float* normWeight, float eps) {
    constexpr int PARTIAL = 17 * 8 * ROW_TILES; // a warp's sums of a tile: [row][output], padded
    extern __shared__ uint4 shared[];
    uint4* ring = shared;
    float* partials = (float*) (ring + STAGES * WARPS * 4 * WARP); // [2][WARPS][PARTIAL]
    element* staged = (element*) (partials + 2 * WARPS * PARTIAL);
    __shared__ float scratch[2][WARP];

    int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP, group = lane / 4, quad = lane % 4;
    bool gated = mode == 2;
    int inner = outputs / 2;
    int units = (inputs + UNIT - 1) / UNIT;
    // Where 16 outputs a tile leave half of the multiprocessors idle, a tile is 8 and the operand's upper rows are zeros.
    bool half = !gated && outputs <= TILE / 2 * (int) gridDim.x;
    int tileOutputs = half ? TILE / 2 : TILE;
    int tiles = (outputs + tileOutputs - 1) / tileOutputs;

    const element *low = w, *high = w; // the rows of this lane in the tile being copied
    bool lowValid = false, highValid = false;
    int copyTile = warp < units ? (int) blockIdx.x : tiles, copyUnit = warp, copyStage = 0;
    auto point = [&] {
        int lowRow = gated ? copyTile * 8 + group : copyTile * tileOutputs + group;
        int highRow = gated ? inner + lowRow : lowRow + 8;
        lowValid = gated ? lowRow < inner : lowRow < outputs;
        highValid = highRow < outputs && !half;
        low = w + (size_t) (lowValid ? lowRow : 0) * inputs;
        high = w + (size_t) (highValid ? highRow : 0) * inputs;
    };
    auto copyNext = [&] {
        if (copyTile < tiles) {
            int k = copyUnit * UNIT + quad * 8;
            bool second = k + 32 < inputs, first = k < inputs;
            uint4* slot = ring + (copyStage * WARPS + warp) * 4 * WARP + lane;
            copyAsync(slot, low + k, lowValid && first);
            copyAsync(slot + WARP, low + k + 32, lowValid && second);
            copyAsync(slot + 2 * WARP, high + k, highValid && first);
            copyAsync(slot + 3 * WARP, high + k + 32, highValid && second);
            copyUnit += WARPS;
            if (copyUnit >= units) {
                copyUnit = warp;
                copyTile += gridDim.x;
                point();
            }
        }
        commitCopies();
        copyStage = copyStage + 1 == STAGES ? 0 : copyStage + 1;
    };
    point();
#pragma unroll
    for (int i = 0; i < STAGES - 1; i++) {
        copyNext();
    }
    if (AHEAD_BYTES > 0 && threadIdx.x < TILE) {
        int left = AHEAD_BYTES, from = (STAGES - 1) * WARPS * UNIT * (int) sizeof(element), rowBytes = inputs * (int) sizeof(element);
        for (int tile = blockIdx.x; left > 0 && tile < tiles; tile += gridDim.x, from = max(from - rowBytes, 0)) {
            int row = gated ? tile * 8 + (int) threadIdx.x % 8 + (int) threadIdx.x / 8 * inner : tile * tileOutputs + (int) threadIdx.x;
            int count = min(left, rowBytes - from);
            if (count > 0 && row < outputs && (int) threadIdx.x < tileOutputs) {
                prefetch((const char*) (w + (size_t) row * inputs) + from, count);
            }
            left -= max(count, 0);
        }
    }
    // The norm's weights, where a thread's part of a row fits its registers.
    bool inRegisters = inputs <= HELD * 8 * WARPS * WARP;
    float factors[HELD][8];
    if (normWeight && inRegisters) {
#pragma unroll
        for (int h = 0; h < HELD; h++) {
            int i = threadIdx.x + h * WARPS * WARP;
#pragma unroll
            for (int j = 0; j < 8; j++) {
                factors[h][j] = i < inputs / 8 ? normWeight[i * 8 + j] : 0.f;
            }
        }
    }
    waitForPredecessors();

    int stride = units * UNIT + 32;
    const element* source = x;
    int sourceStride = inputs;
    if (rows * stride * (int) sizeof(element) <= STAGED_LIMIT) {
        for (int r = 0; r < rows; r++) {
            const uint4* from = (const uint4*) (x + (size_t) r * inputs);
            uint4* to = (uint4*) (staged + r * stride);
            if (!normWeight) {
                for (int i = threadIdx.x; i < inputs / 8; i += blockDim.x) {
                    to[i] = from[i];
                }
            } else if (inRegisters) {
                float f[HELD][8], squares = 0.f;
#pragma unroll
                for (int h = 0; h < HELD; h++) {
                    int i = threadIdx.x + h * WARPS * WARP;
                    unpack(i < inputs / 8 ? from[i] : make_uint4(0, 0, 0, 0), f[h]);
#pragma unroll
                    for (int j = 0; j < 8; j++) {
                        squares += f[h][j] * f[h][j];
                    }
                }
                float factor = rsqrtf(blockSum(squares, scratch[r % 2]) / inputs + eps);
#pragma unroll
                for (int h = 0; h < HELD; h++) {
                    int i = threadIdx.x + h * WARPS * WARP;
#pragma unroll
                    for (int j = 0; j < 8; j++) {
                        f[h][j] *= factor * factors[h][j];
                    }
                    if (i < inputs / 8) {
                        to[i] = pack(f[h]);
                    }
                }
            } else {
                float f[8], squares = 0.f;
                for (int i = threadIdx.x; i < inputs / 8; i += blockDim.x) {
                    to[i] = from[i];
                    unpack(to[i], f);
#pragma unroll
                    for (int j = 0; j < 8; j++) {
                        squares += f[j] * f[j];
                    }
                }
                float factor = rsqrtf(blockSum(squares, scratch[r % 2]) / inputs + eps);
                for (int i = threadIdx.x; i < inputs / 8; i += blockDim.x) {
                    unpack(to[i], f);
#pragma unroll
                    for (int j = 0; j < 8; j++) {
                        f[j] *= factor * normWeight[i * 8 + j];
                    }
                    to[i] = pack(f);
                }
            }
        }
        __syncthreads();
        source = staged;
        sourceStride = stride;
    } else if (normWeight) {
        __trap(); // the launch was to check that the rows fit
    }

    int stage = 0, parity = 0;
    int unitsLeft = (tiles - (int) blockIdx.x + (int) gridDim.x - 1) / (int) gridDim.x * ((units - warp + WARPS - 1) / WARPS);
    if (unitsLeft <= UNITS_LEFT) {
        startSuccessor();
    }
    for (int tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
        float sums[ROW_TILES][4] = {};
        for (int unit = warp; unit < units; unit += WARPS) {
            waitForCopies<STAGES - 2>();
            const uint4* slot = ring + (stage * WARPS + warp) * 4 * WARP + lane;
            uint4 low0 = slot[0], low1 = slot[WARP], high0 = slot[2 * WARP], high1 = slot[3 * WARP];
            int k = unit * UNIT + quad * 8;
#pragma unroll
            for (int rt = 0; rt < ROW_TILES; rt++) {
                int row = rt * 8 + group;
                const element* from = source + (size_t) row * sourceStride + k;
                uint4 x0 = make_uint4(0, 0, 0, 0), x1 = x0;
                if (row < rows && k < inputs) {
                    x0 = *(const uint4*) from;
                }
                if (row < rows && k + 32 < inputs) {
                    x1 = *(const uint4*) (from + 32);
                }
                multiplyAdd(sums[rt], low0.x, high0.x, low0.y, high0.y, x0.x, x0.y);
                multiplyAdd(sums[rt], low0.z, high0.z, low0.w, high0.w, x0.z, x0.w);
                multiplyAdd(sums[rt], low1.x, high1.x, low1.y, high1.y, x1.x, x1.y);
                multiplyAdd(sums[rt], low1.z, high1.z, low1.w, high1.w, x1.z, x1.w);
            }
            copyNext();
            if (--unitsLeft == UNITS_LEFT) {
                startSuccessor();
            }
            stage = stage + 1 == STAGES ? 0 : stage + 1;
        }
        float* partial = partials + (parity * WARPS + warp) * PARTIAL;
#pragma unroll
        for (int rt = 0; rt < ROW_TILES; rt++) {
            int row = rt * 8 + quad * 2;
            partial[row * 17 + group] = sums[rt][0];
            partial[(row + 1) * 17 + group] = sums[rt][1];
            partial[row * 17 + group + 8] = sums[rt][2];
            partial[(row + 1) * 17 + group + 8] = sums[rt][3];
        }
        __syncthreads();
        const float* all = partials + parity * WARPS * PARTIAL;
        auto total = [&](int row, int output) {
            float sum = 0.f;
#pragma unroll
            for (int i = 0; i < WARPS; i++) {
                sum += all[i * PARTIAL + row * 17 + output];
            }
            return sum;
        };
        if (gated) {
            for (int i = threadIdx.x; i < 8 * rows; i += blockDim.x) {
                int row = i / 8, output = tile * 8 + i % 8;
                if (output < inner) {
                    float gate = total(row, i % 8) + (bias ? bias[output] : 0.f);
                    float up = total(row, i % 8 + 8) + (bias ? bias[inner + output] : 0.f);
                    ((element*) out)[(size_t) row * inner + output] = fromFloat(activate(rounded(gate), activation) * rounded(up));
                }
            }
        } else {
            for (int i = threadIdx.x; i < TILE * rows; i += blockDim.x) {
                int row = i / TILE, output = tile * tileOutputs + i % TILE;
                if (output < outputs && i % TILE < tileOutputs) {
                    size_t at = (size_t) row * outputs + output;
                    float sum = total(row, i % TILE) + (bias ? bias[output] : 0.f) + (addend ? toFloat(addend[at]) : 0.f);
                    if (mode == 1) {
                        ((float*) out)[at] = sum;
                    } else {
                        ((element*) out)[at] = fromFloat(sum);
                    }
                }
            }
        }
        parity ^= 1;
    }
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP, 2)
gemv_8(const element* w, const float* bias, const element* x, const element* addend, void* out, int rows, int outputs, int inputs, int mode,
       int activation, const float* normWeight, float eps) {
    multiply<1>(w, bias, x, addend, out, rows, outputs, inputs, mode, activation, normWeight, eps);
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP, 2)
gemv_16(const element* w, const float* bias, const element* x, const element* addend, void* out, int rows, int outputs, int inputs, int mode,
        int activation, const float* normWeight, float eps) {
    multiply<2>(w, bias, x, addend, out, rows, outputs, inputs, mode, activation, normWeight, eps);
}
