// gemv for quantised weights: out[r, o] = sum over k of x[r, order[k]] * scales[o, group of k] * (codes[o, k] - zeros[o, group]) + bias[o]
// (+ addend[r, o]); modes 0, 1 and 2 as gemv has them. Codes are multiplied exactly; scales are applied to sums where a group covers what four
// lanes multiply at a time (128 inputs for int4, 64 for bytes, or all), else to codes, rounded to elements.
// WEIGHT=4 (int4), 8 (int8), 9 (e4m3); inputs a multiple of 32 (int4) or 16, rows 1 to 8.
//
// Launch: grid = multiprocessors, block 256, shared memory carveout 100, dynamic shared memory
//   stride = inputs rounded up to 256 plus 32, staged = rows * stride * 2:  7 * 16384 + 8704 + (staged <= 100 KiB ? staged : 0)
//   and without staged x is read through L1 (and must not have an order).
// Moves outputs * inputs codes and a float32 scale (and a zero) a group. How: as gemv.cu, whose ring and tiles these are.
#include "device.cuh"
#include "mma.cuh"
#include "quantized.cuh"

#define WARPS 8
#define STAGES 7
#define TILE 16
#define PIECE (4 * CODES) // inputs that four lanes multiply at a time
#define UNIT (2 * PIECE)
#define PARTIAL (17 * 8)
#define STAGED_LIMIT (100 * 1024)

struct Scale {
    float scale[2][2]; // [low | high row][piece]
    int zero[2][2];
};

extern "C" __global__ void __launch_bounds__(WARPS * WARP, 1)
quantized_gemv(const unsigned char* codes, const float* scales, const unsigned char* zeros, const int* order, int groupSize, const float* bias,
               const element* x, const element* addend, void* out, int rows, int outputs, int inputs, int mode, int activation) {
    extern __shared__ uint4 shared[];
    uint4* ring = shared; // [STAGES][WARPS][4][WARP]
    float* partials = (float*) (ring + STAGES * WARPS * 4 * WARP); // [2][WARPS][PARTIAL]
    element* staged = (element*) (partials + 2 * WARPS * PARTIAL);
    startSuccessor();

    int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP, group = lane / 4, quad = lane % 4;
    bool gated = mode == 2;
    int inner = outputs / 2;
    size_t rowBytes = WEIGHT == 4 ? (size_t) (inputs + 7) / 8 * 4 : (size_t) inputs;
    int units = (inputs + UNIT - 1) / UNIT, tiles = (outputs + TILE - 1) / TILE;
    int groups = (inputs + groupSize - 1) / groupSize;
    bool onSums = groups == 1 || groupSize % PIECE == 0;

    auto rowOf = [&](int tile, int high) {
        int row = gated ? tile * 8 + group + high * inner : tile * TILE + group + high * 8;
        bool valid = gated ? tile * 8 + group < inner : row < outputs;
        return valid ? row : -1;
    };
    int copyTile = warp < units ? (int) blockIdx.x : tiles, copyUnit = warp, copyStage = 0;
    auto copyNext = [&] {
        if (copyTile < tiles) {
            uint4* slot = ring + (copyStage * WARPS + warp) * 4 * WARP + lane;
#pragma unroll
            for (int i = 0; i < 4; i++) {
                int row = rowOf(copyTile, i / 2), k = copyUnit * UNIT + i % 2 * PIECE + quad * CODES;
                bool valid = row >= 0 && k < inputs;
                copyAsync(slot + i * WARP, codes + (valid ? row * rowBytes + (size_t) k * 16 / CODES : 0), valid);
            }
            copyUnit += WARPS;
            if (copyUnit >= units) {
                copyUnit = warp;
                copyTile += gridDim.x;
            }
        }
        commitCopies();
        copyStage = copyStage + 1 == STAGES ? 0 : copyStage + 1;
    };
#pragma unroll
    for (int i = 0; i < STAGES - 1; i++) {
        copyNext();
    }
    waitForPredecessors();

    int stride = (inputs + 255) / 256 * 256 + 32;
    const element* source = x;
    int sourceStride = inputs;
    if (rows * stride * (int) sizeof(element) <= STAGED_LIMIT) {
        if (order) {
            for (int i = threadIdx.x; i < rows * inputs; i += blockDim.x) {
                staged[i / inputs * stride + i % inputs] = x[(size_t) (i / inputs) * inputs + order[i % inputs]];
            }
        } else {
#pragma unroll 4
            for (int i = threadIdx.x; i < rows * (inputs / 8); i += blockDim.x) {
                ((uint4*) (staged + i / (inputs / 8) * stride))[i % (inputs / 8)] = ((const uint4*) x)[i];
            }
        }
        __syncthreads();
        source = staged;
        sourceStride = stride;
    } else if (order) {
        __trap(); // the launch was to check that the rows fit
    }

    // Scales of the unit after this one are on their way while this one is multiplied.
    auto load = [&](int tile, int unit) {
        Scale s;
#pragma unroll
        for (int i = 0; i < 4; i++) {
            int row = tile < tiles ? rowOf(tile, i / 2) : -1, k = unit * UNIT + i % 2 * PIECE + quad * CODES;
            size_t at = (size_t) max(row, 0) * groups + min(k, inputs - 1) / groupSize;
            s.scale[i / 2][i % 2] = row >= 0 ? scales[at] : 0.f;
            s.zero[i / 2][i % 2] = row >= 0 && zeros ? zeros[at] : 0;
        }
        return s;
    };
    Scale next = load(blockIdx.x, warp);
    int stage = 0, parity = 0;
    for (int tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
        float sums[4] = {};
        for (int unit = warp; unit < units; unit += WARPS) {
            Scale now = next;
            bool more = unit + WARPS < units;
            next = load(more ? tile : tile + (int) gridDim.x, more ? unit + WARPS : warp);
            waitForCopies<STAGES - 2>();
            const uint4* slot = ring + (stage * WARPS + warp) * 4 * WARP + lane;
#pragma unroll
            for (int piece = 0; piece < 2; piece++) {
                uint4 low = slot[piece * WARP], high = slot[(2 + piece) * WARP];
                unsigned lowWords[4] = {low.x, low.y, low.z, low.w}, highWords[4] = {high.x, high.y, high.z, high.w};
                int k = unit * UNIT + piece * PIECE + quad * CODES;
                float lowScale = now.scale[0][piece], highScale = now.scale[1][piece];
#if WEIGHT == 4
                int lowZero = now.zero[0][piece], highZero = now.zero[1][piece];
#endif
                float part[4] = {};
#pragma unroll
                for (int eight = 0; eight < CODES / 8; eight++) {
                    int at = k + eight * 8;
                    unsigned a[4], b[4];
#if WEIGHT == 4
                    if (!onSums && at < inputs && eight > 0 && at % groupSize == 0) { // a new group
                        int lowRow = max(rowOf(tile, 0), 0), highRow = max(rowOf(tile, 1), 0);
                        lowScale = scales[(size_t) lowRow * groups + at / groupSize], highScale = scales[(size_t) highRow * groups + at / groupSize];
                        lowZero = zeros ? zeros[(size_t) lowRow * groups + at / groupSize] : 0;
                        highZero = zeros ? zeros[(size_t) highRow * groups + at / groupSize] : 0;
                    }
                    unsigned minusLow = pack2(-MAGIC_VALUE - lowZero, -MAGIC_VALUE - lowZero), minusHigh = pack2(-MAGIC_VALUE - highZero, -MAGIC_VALUE - highZero);
                    decodePairs(lowWords[eight], 0, minusLow, a);
                    decodePairs(highWords[eight], 0, minusHigh, b);
#else
                    if (!onSums && at < inputs && eight > 0 && at % groupSize == 0) {
                        int lowRow = max(rowOf(tile, 0), 0), highRow = max(rowOf(tile, 1), 0);
                        lowScale = scales[(size_t) lowRow * groups + at / groupSize], highScale = scales[(size_t) highRow * groups + at / groupSize];
                    }
                    decodePairs(lowWords[eight * 2], lowWords[eight * 2 + 1], 0, a);
                    decodePairs(highWords[eight * 2], highWords[eight * 2 + 1], 0, b);
#endif
                    if (!onSums) {
                        unsigned lowPair = pack2(lowScale, lowScale), highPair = pack2(highScale, highScale);
#pragma unroll
                        for (int j = 0; j < 4; j++) {
                            a[j] = multiply2(a[j], lowPair);
                            b[j] = multiply2(b[j], highPair);
                        }
                    }
                    uint4 v = make_uint4(0, 0, 0, 0);
                    if (group < rows && at < inputs) {
                        v = *(const uint4*) (source + (size_t) group * sourceStride + at);
                    }
#if WEIGHT == 4
                    v = make_uint4(__byte_perm(v.x, v.z, 0x5410), __byte_perm(v.x, v.z, 0x7632), __byte_perm(v.y, v.w, 0x5410), __byte_perm(v.y, v.w, 0x7632));
#endif
                    multiplyAdd(part, a[0], b[0], a[1], b[1], v.x, v.y);
                    multiplyAdd(part, a[2], b[2], a[3], b[3], v.z, v.w);
                }
                float lowFactor = onSums ? lowScale : 1.f, highFactor = onSums ? highScale : 1.f;
                sums[0] += part[0] * lowFactor, sums[1] += part[1] * lowFactor, sums[2] += part[2] * highFactor, sums[3] += part[3] * highFactor;
            }
            copyNext();
            stage = stage + 1 == STAGES ? 0 : stage + 1;
        }
        float* partial = partials + (parity * WARPS + warp) * PARTIAL;
        partial[quad * 2 * 17 + group] = sums[0];
        partial[(quad * 2 + 1) * 17 + group] = sums[1];
        partial[quad * 2 * 17 + group + 8] = sums[2];
        partial[(quad * 2 + 1) * 17 + group + 8] = sums[3];
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
        for (int i = threadIdx.x; i < TILE * rows; i += blockDim.x) {
            int row = i / TILE, column = i % TILE;
            if (gated) {
                int output = tile * 8 + column;
                if (column < 8 && output < inner) {
                    float gate = total(row, column) + (bias ? bias[output] : 0.f), up = total(row, column + 8) + (bias ? bias[inner + output] : 0.f);
                    ((element*) out)[(size_t) row * inner + output] = fromFloat(activate(rounded(gate), activation) * rounded(up));
                }
                continue;
            }
            int output = tile * TILE + column;
            if (output < outputs) {
                size_t at = (size_t) row * outputs + output;
                float sum = total(row, column) + (bias ? bias[output] : 0.f) + (addend ? toFloat(addend[at]) : 0.f);
                if (mode == 1) {
                    ((float*) out)[at] = sum;
                } else {
                    ((element*) out)[at] = fromFloat(sum);
                }
            }
        }
        parity ^= 1;
    }
}
