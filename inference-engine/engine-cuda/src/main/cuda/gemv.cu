// out[r, o] = x[r] . w[o] + bias[o] (+ addend[r, o]) for few rows: the matrices of decode, where every weight is read once per step and
// nothing but reading it costs time.
//
//   mode 0: out is ELEMENT; 1: out is float32 (logits); 2: w is [2 * inner, inputs], gate above up, and out[r, i] = act(gate) * up.
//   addend may be out: a residual sum. normWeight: x is normalised by its root mean square first, so that no kernel must do it before.
//   gemv_qkv_*: w is [(heads + 2 kvHeads) * headDim, inputs]; queries and keys are rotated by the rows' positions over the whole head, queries
//   go to out [rows, (heads + 2 kvHeads) * headDim], keys and values to the rows' slots of the paged cache: rope_and_cache for free.
//
// Launch: grid = multiprocessors, block 256, shared memory carveout 100, dynamic shared memory
//   stride = inputs rounded up to 64, plus 32;  staged = rows * stride * 2
//   gemv_1 (1 row):                 10 * 16384 +  8704 + staged      when staged <=  56 KiB
//   gemv_qkv_1:                      7 * 16384, else as gemv_1         (leaves room for the attention kernel's start)
//   gemv_8, gemv_qkv_8 (2-8 rows):   7 * 16384 +  8704 + staged      when staged <= 100 KiB
//   and without staged where it is larger: x is then read through L1 (and must not need a norm).
//
// How: a tile is 16 outputs. The 8 warps of a block share its inputs, 64 at a time. Each lane copies what it will multiply, and nothing else,
// to its own 16-byte slots of a ring in shared memory (cp.async): no barrier stands between memory and the tensor cores. The order of
// inputs in a product is free as long as weights and x agree, so a lane's 16 contiguous bytes of a row serve as its part of an mma's operand.
// H200, bf16, in a graph with programmatic launches: 1 row [6144x4096] 12.8 us, 3.93 TB/s; [4096x4096] 8.8, 3.82; [28672x4096] 53.9, 4.36;
// [4096x14336] 28.3, 4.16; [128256x4096] 232, 4.52. 4 rows: 3.65, 3.32, 4.22, 2.70, 4.45; 8 rows: 3.32, 3.00, 4.06, 2.64, 4.37.
// Launched with programmatic serialization, a block starts on a multiprocessor as soon as the predecessor's block there ends, and fills its
// ring (144 KB) while the rest of that kernel finishes. The ring is this deep for that reason alone, and so that two blocks never share a
// multiprocessor: successors that do crowd onto those that fall idle first and are 10 to 30% slower than no overlap.
#include "device.cuh"
#include "heads.cuh"
#include "mma.cuh"

#define WARPS 8
#define UNIT 64 // inputs a warp multiplies at a time: 128 bytes of each of 16 rows
#define TILE 16
#define BATCH 8 // loads of x that a thread has under way
#define PARTIAL (17 * 8) // a warp's sums of a tile: [row][output], padded
#define HELD 2 // 16-byte vectors of a row that a thread keeps in registers while it normalises

/** Copies rows of x to shared memory, normalised where there is a norm. {@code factors}: the norm's weights of this thread's part of a row, where it fits registers. */
__device__ __forceinline__ void stageRows(const element* x, int rows, int inputs, const float* normWeight, float eps, bool inRegisters, const float (&factors)[HELD][8],
                                          element* staged, int stride, float* scratch) {
    int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP;
    int vectors = inputs / 8;
    if (!normWeight) {
        for (int first = threadIdx.x; first < rows * vectors; first += BATCH * WARPS * WARP) {
            uint4 v[BATCH]; // all under way before the first is stored
#pragma unroll
            for (int j = 0; j < BATCH; j++) {
                int i = first + j * WARPS * WARP;
                v[j] = i < rows * vectors ? ((const uint4*) x)[i] : make_uint4(0, 0, 0, 0);
            }
#pragma unroll
            for (int j = 0; j < BATCH; j++) {
                int i = first + j * WARPS * WARP;
                if (i < rows * vectors) {
                    ((uint4*) (staged + i / vectors * stride))[i % vectors] = v[j];
                }
            }
        }
    } else if (rows == 1 && inRegisters) {
        float f[HELD][8], squares = 0.f;
#pragma unroll
        for (int h = 0; h < HELD; h++) {
            int i = threadIdx.x + h * WARPS * WARP;
            unpack(i < vectors ? ((const uint4*) x)[i] : make_uint4(0, 0, 0, 0), f[h]);
#pragma unroll
            for (int j = 0; j < 8; j++) {
                squares += f[h][j] * f[h][j];
            }
        }
        float factor = rsqrtf(blockSum(squares, scratch) / inputs + eps);
#pragma unroll
        for (int h = 0; h < HELD; h++) {
            int i = threadIdx.x + h * WARPS * WARP;
#pragma unroll
            for (int j = 0; j < 8; j++) {
                f[h][j] *= factor * factors[h][j];
            }
            if (i < vectors) {
                ((uint4*) staged)[i] = pack(f[h]);
            }
        }
    } else {
        for (int r = warp; r < rows; r += WARPS) { // a warp a row
            const uint4* from = (const uint4*) (x + (size_t) r * inputs);
            uint4* to = (uint4*) (staged + r * stride);
            float f[8], squares = 0.f;
            for (int first = lane; first < vectors; first += BATCH * WARP) {
                uint4 v[BATCH];
#pragma unroll
                for (int j = 0; j < BATCH; j++) {
                    v[j] = first + j * WARP < vectors ? from[first + j * WARP] : make_uint4(0, 0, 0, 0);
                }
#pragma unroll
                for (int j = 0; j < BATCH; j++) {
                    if (first + j * WARP < vectors) {
                        to[first + j * WARP] = v[j];
                    }
                    unpack(v[j], f);
#pragma unroll
                    for (int k = 0; k < 8; k++) {
                        squares += f[k] * f[k];
                    }
                }
            }
            float factor = rsqrtf(warpSum(squares) / inputs + eps);
#pragma unroll 4
            for (int i = lane; i < vectors; i += WARP) {
                unpack(to[i], f);
                float4 low = *(const float4*) (normWeight + i * 8), high = *(const float4*) (normWeight + i * 8 + 4);
                f[0] *= factor * low.x, f[1] *= factor * low.y, f[2] *= factor * low.z, f[3] *= factor * low.w;
                f[4] *= factor * high.x, f[5] *= factor * high.y, f[6] *= factor * high.z, f[7] *= factor * high.w;
                to[i] = pack(f);
            }
        }
    }
    __syncthreads();
}

/** Adds up the warps' sums of a tile and writes them. */
template <bool QKV>
__device__ __forceinline__ void finish(const float* all, int tile, int tileOutputs, int rows, int outputs, const float* bias, const element* addend, void* out, int mode,
                                       int activation, const Heads& to) {
    auto total = [&](int row, int output) {
        float sum = 0.f;
#pragma unroll
        for (int i = 0; i < WARPS; i++) {
            sum += all[i * PARTIAL + row * 17 + output];
        }
        return sum;
    };
    int inner = outputs / 2;
    if (QKV) {
        int head = tile / (to.headDim / TILE), half = to.headDim / 2;
        for (int i = threadIdx.x; i < 8 * rows; i += blockDim.x) {
            int row = i / 8, d = tile % (to.headDim / TILE) * 8 + i % 8;
            int output = head * to.headDim + d;
            float first = total(row, i % 8) + (bias ? bias[output] : 0.f);
            float second = total(row, i % 8 + 8) + (bias ? bias[output + half] : 0.f);
            to.write((element*) out, row, output, head, d, first, second);
        }
    } else if (mode == 2) {
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
}

template <int STAGES, int STAGED_LIMIT, bool QKV>
__device__ __forceinline__ void multiply(const element* w, const float* bias, const element* x, const element* addend, void* out, int rows,
                                         int outputs, int inputs, int mode, int activation, const float* normWeight, float eps, Heads to) {
    extern __shared__ uint4 shared[];
    uint4* ring = shared;
    float* partials = (float*) (ring + STAGES * WARPS * 4 * WARP); // [2][WARPS][PARTIAL]
    element* staged = (element*) (partials + 2 * WARPS * PARTIAL);
    __shared__ float scratch[WARP];

    int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP, group = lane / 4, quad = lane % 4;
    bool gated = mode == 2;
    int inner = outputs / 2;
    int units = (inputs + UNIT - 1) / UNIT;
    // Where 16 outputs a tile leave half of the multiprocessors idle, a tile is 8 and the operand's upper rows are zeros.
    bool half = !gated && !QKV && outputs <= TILE / 2 * (int) gridDim.x;
    int tileOutputs = half ? TILE / 2 : TILE;
    int tiles = (outputs + tileOutputs - 1) / tileOutputs;

    const element *low = w, *high = w; // the rows of this lane in the tile being copied
    bool lowValid = false, highValid = false;
    int copyTile = warp < units ? (int) blockIdx.x : tiles, copyUnit = warp, copyStage = 0;
    auto point = [&] {
        // A pair that is combined at the end is in one lane: gate and up, or the two halves of a rotation.
        int lowRow = QKV ? copyTile / (to.headDim / TILE) * to.headDim + copyTile % (to.headDim / TILE) * 8 + group
                   : gated ? copyTile * 8 + group : copyTile * tileOutputs + group;
        int highRow = QKV ? lowRow + to.headDim / 2 : gated ? inner + lowRow : lowRow + 8;
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
    startSuccessor();
    point();
#pragma unroll
    for (int i = 0; i < STAGES - 1; i++) {
        copyNext();
    }
    // The norm's weights, where a thread's part of a row fits its registers.
    bool inRegisters = inputs <= HELD * 8 * WARPS * WARP;
    float factors[HELD][8];
    if (normWeight && rows == 1 && inRegisters) {
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
        stageRows(x, rows, inputs, normWeight, eps, inRegisters, factors, staged, stride, scratch);
        source = staged;
        sourceStride = stride;
    } else if (normWeight) {
        __trap(); // the launch was to check that the rows fit
    }

    int stage = 0, parity = 0;
    for (int tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
        float sums[4] = {};
        for (int unit = warp; unit < units; unit += WARPS) {
            waitForCopies<STAGES - 2>();
            const uint4* slot = ring + (stage * WARPS + warp) * 4 * WARP + lane;
            uint4 low0 = slot[0], low1 = slot[WARP], high0 = slot[2 * WARP], high1 = slot[3 * WARP];
            int k = unit * UNIT + quad * 8;
            const element* from = source + (size_t) group * sourceStride + k;
            uint4 x0 = make_uint4(0, 0, 0, 0), x1 = x0;
            if (group < rows && k < inputs) {
                x0 = *(const uint4*) from;
            }
            if (group < rows && k + 32 < inputs) {
                x1 = *(const uint4*) (from + 32);
            }
            multiplyAdd(sums, low0.x, high0.x, low0.y, high0.y, x0.x, x0.y);
            multiplyAdd(sums, low0.z, high0.z, low0.w, high0.w, x0.z, x0.w);
            multiplyAdd(sums, low1.x, high1.x, low1.y, high1.y, x1.x, x1.y);
            multiplyAdd(sums, low1.z, high1.z, low1.w, high1.w, x1.z, x1.w);
            copyNext();
            stage = stage + 1 == STAGES ? 0 : stage + 1;
        }
        float* partial = partials + (parity * WARPS + warp) * PARTIAL;
        partial[quad * 2 * 17 + group] = sums[0];
        partial[(quad * 2 + 1) * 17 + group] = sums[1];
        partial[quad * 2 * 17 + group + 8] = sums[2];
        partial[(quad * 2 + 1) * 17 + group + 8] = sums[3];
        __syncthreads();
        finish<QKV>(partials + parity * WARPS * PARTIAL, tile, tileOutputs, rows, outputs, bias, addend, out, mode, activation, to);
        parity ^= 1;
    }
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP, 1)
gemv_1(const element* w, const float* bias, const element* x, const element* addend, void* out, int rows, int outputs, int inputs, int mode,
       int activation, const float* normWeight, float eps) {
    multiply<10, 56 * 1024, false>(w, bias, x, addend, out, rows, outputs, inputs, mode, activation, normWeight, eps, Heads{});
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP, 1)
gemv_8(const element* w, const float* bias, const element* x, const element* addend, void* out, int rows, int outputs, int inputs, int mode,
       int activation, const float* normWeight, float eps) {
    multiply<7, 100 * 1024, false>(w, bias, x, addend, out, rows, outputs, inputs, mode, activation, normWeight, eps, Heads{});
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP, 1)
gemv_qkv_1(const element* w, const float* bias, const element* x, void* out, int rows, int inputs, const float* normWeight, float eps,
           const int* positions, const int* slots, const float* cosSin, void* layerCache, int heads, int kvHeads, int headDim, int blockTokens,
           float keyScale, float valueScale) {
    multiply<7, 56 * 1024, true>(w, bias, x, nullptr, out, rows, (heads + 2 * kvHeads) * headDim, inputs, 0, 0, normWeight, eps,
                              {positions, slots, cosSin, layerCache, heads, kvHeads, headDim, blockTokens, keyScale, valueScale});
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP, 1)
gemv_qkv_8(const element* w, const float* bias, const element* x, void* out, int rows, int inputs, const float* normWeight, float eps,
           const int* positions, const int* slots, const float* cosSin, void* layerCache, int heads, int kvHeads, int headDim, int blockTokens,
           float keyScale, float valueScale) {
    multiply<7, 100 * 1024, true>(w, bias, x, nullptr, out, rows, (heads + 2 * kvHeads) * headDim, inputs, 0, 0, normWeight, eps,
                              {positions, slots, cosSin, layerCache, heads, kvHeads, headDim, blockTokens, keyScale, valueScale});
}
