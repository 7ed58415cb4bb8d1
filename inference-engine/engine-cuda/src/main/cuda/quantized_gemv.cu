// gemv for quantised weights: out[r, o] = sum over k of x[r, order[k]] * scales[o, group of k] * (codes[o, k] - zeros[o, group]) + bias[o]
// (+ addend[r, o]); modes 0, 1 and 2, norms and the entry qkv as gemv has them. Codes are multiplied exactly, scales are applied to the sums of groups.
// WEIGHT=4 (int4), 8 (int8), 9 (e4m3); inputs a multiple of 32 (int4) or 16, groups a multiple of 32 or all, rows 1 to 8.
// SPANS: parts of a unit that each lie in one group: all inputs or groups of whole units ? 1 : UNIT / the largest power of two that divides groupSize,
// where a unit is 256 inputs for int4, else 128.
//
// Launch: grid = multiprocessors, block 512, shared memory carveout 100, dynamic shared memory, at least 120 KiB so that two blocks never share
// a multiprocessor,
//   3 * 16 * SLOT + 17408 + rows * (inputs rounded up to UNIT, plus 32) * 2,  SLOT = int4 ? 2304 + 128 * SPANS : 2560 + 64 * SPANS
// Moves outputs * inputs codes and a float32 scale (and a zero) a group.
//
// How: as gemv.cu, whose tiles and ring these are. What limits it is not memory but instructions: eight codes take eleven to decode. So the loop
// holds nothing else: rows of x lie in shared memory in the order in which codes are decoded, with zeros beyond the last input, so that what is copied
// there need not be; columns and outputs beyond the last are computed from neighbours and not written. A group may be as narrow
// as 32 inputs, so four lanes share 32 neighbouring inputs at a time, and a lane takes 8 codes from a piece that its neighbour may
// have copied, which costs a __syncwarp. Scales and zeros travel in the ring beside their codes: a load that had to come back from memory for
// each unit was what an earlier form waited for. A zero is fetched with the word around it.
// H200, bf16, 1 row in a graph: int4 by 128 [6144x4096] 7.9 us, 1.71 TB/s; [28672x4096] 26.5, 2.39; e4m3 9.2, 2.75; 30.6, 3.84; int8 8.5, 2.97; 29.1, 4.04.
#include "device.cuh"
#include "heads.cuh"
#include "mma.cuh"
#include "quantized.cuh"

#ifndef SPANS
#error "compile with -DSPANS=1, 2, 4 or 8 (int4): groups that a unit is in"
#endif
#define WARPS 16
#define STAGES 3
#define THREADS (WARPS * WARP)
#define TILE 16
#define UNIT (8 * CODES) // inputs a warp multiplies at a time: 128 bytes of each of 16 rows
#define STEP 32 // inputs of two products
#define STEPS (UNIT / STEP / SPANS)
#define ROW (WEIGHT == 4 ? 144 : 160) // bytes between rows of codes: reads of a warp meet in no bank
#define SCALES (16 * SPANS)
#define SLOT (16 * ROW + 4 * SCALES * (WEIGHT == 4 ? 2 : 1)) // of a warp and stage: codes, scales [row][SPANS], words with zeros
#define PARTIAL (17 * 8) // a warp's sums of a tile: [row of x][output], padded
#define BATCH 8 // loads of x that a thread has under way

/** Codes with their scales, as Weight has them. */
struct Matrix {
    const unsigned char* codes;
    const float* scales;
    const unsigned char* zeros;
    const int* order;
    int groupSize, outputs, inputs;

    __device__ __forceinline__ int groups() const { return (inputs + groupSize - 1) / groupSize; }
};

/** What is done to the sums. */
struct Target {
    const float* bias;
    const element* addend;
    void* out;
    int mode, activation;
};

/** Puts rows of x to shared memory as products take them: normalised, in the order of codes, in pairs, then zeros. */
__device__ __forceinline__ void stageRows(const element* x, int rows, const Matrix& w, const float* normWeight, float eps, element* staged, int stride, float* scratch) {
    int team = rows == 1 ? THREADS : WARP, member = threadIdx.x % team, vectors = w.inputs / 8;
    for (int r = threadIdx.x / team; r < rows; r += THREADS / team) {
        const element* from = x + (size_t) r * w.inputs;
        uint4* to = (uint4*) (staged + r * stride);
        float f[8], squares = 0.f;
        for (int first = member; first < vectors; first += BATCH * team) {
            uint4 v[BATCH]; // all under way before the first is stored
#pragma unroll
            for (int j = 0; j < BATCH; j++) {
                int i = first + j * team;
                if (i >= vectors) {
                    v[j] = make_uint4(0, 0, 0, 0);
                } else if (w.order) {
                    const int* at = w.order + i * 8;
                    v[j] = make_uint4(from[at[0]] | (unsigned) from[at[1]] << 16, from[at[2]] | (unsigned) from[at[3]] << 16,
                                      from[at[4]] | (unsigned) from[at[5]] << 16, from[at[6]] | (unsigned) from[at[7]] << 16);
                } else {
                    v[j] = ((const uint4*) from)[i];
                }
            }
#pragma unroll
            for (int j = 0; j < BATCH; j++) {
                if (first + j * team < vectors) {
                    to[first + j * team] = normWeight ? v[j] : inPairs(v[j]);
                }
                unpack(v[j], f);
#pragma unroll
                for (int k = 0; k < 8; k++) {
                    squares += f[k] * f[k];
                }
            }
        }
        for (int i = vectors + member; i < stride / 8; i += team) {
            to[i] = make_uint4(0, 0, 0, 0);
        }
        if (normWeight) {
            squares = rows == 1 ? blockSum(squares, scratch) : warpSum(squares);
            float factor = rsqrtf(squares / w.inputs + eps);
#pragma unroll 4
            for (int i = member; i < vectors; i += team) {
                unpack(to[i], f);
#pragma unroll
                for (int k = 0; k < 8; k++) {
                    f[k] *= factor * normWeight[w.order ? w.order[i * 8 + k] : i * 8 + k];
                }
                to[i] = inPairs(pack(f));
            }
        }
    }
    __syncthreads();
}

/** Adds up the warps' sums of a tile and writes them. */
template <bool QKV>
__device__ __forceinline__ void finish(const Matrix& w, int tile, int tileOutputs, int rows, const float* partials, const Target& target, const Heads& heads) {
    auto total = [&](int row, int place, int output) {
        float sum = 0.f;
#pragma unroll
        for (int i = 0; i < WARPS; i++) {
            sum += partials[i * PARTIAL + row * 17 + place];
        }
        return sum + (target.bias ? target.bias[output] : 0.f);
    };
    int inner = w.outputs / 2;
    bool pairs = QKV || target.mode == 2;
    int places = pairs ? 8 : TILE;
    for (int i = threadIdx.x; i < places * rows; i += THREADS) {
        int row = i / places, place = i % places;
        if (QKV) {
            int output = heads.lowerHalf(tile * 8 + place);
            heads.write((element*) target.out, row, output, total(row, place, output), total(row, place + 8, output + heads.headDim / 2));
        } else if (pairs) {
            int output = tile * 8 + place;
            if (output < inner) {
                float gate = total(row, place, output), up = total(row, place + 8, inner + output);
                ((element*) target.out)[(size_t) row * inner + output] = fromFloat(activate(rounded(gate), target.activation) * rounded(up));
            }
        } else {
            int output = tile * tileOutputs + place;
            if (output < w.outputs && place < tileOutputs) {
                size_t at = (size_t) row * w.outputs + output;
                float sum = total(row, place, output) + (target.addend ? toFloat(target.addend[at]) : 0.f);
                if (target.mode == 1) {
                    ((float*) target.out)[at] = sum;
                } else {
                    ((element*) target.out)[at] = fromFloat(sum);
                }
            }
        }
    }
}

/** A unit: 16 rows of codes times up to 8 rows of x. {@code low}: this lane's part of the slot; {@code zeroAt}: each of its rows' first zero, modulo 4. */
__device__ __forceinline__ void multiplyUnit(float (&sums)[4], const unsigned char* slot, int lane, const element* x, const int (&group)[SPANS], const int (&zeroAt)[2]) {
    int row = lane / 4, quad = lane % 4;
    const unsigned char* codes = slot + row * ROW + quad * (WEIGHT == 4 ? 4 : 8);
    const float* scales = (const float*) (slot + 16 * ROW) + row * SPANS;
#pragma unroll
    for (int span = 0; span < SPANS; span++) {
        unsigned minusLow = 0, minusHigh = 0;
#if WEIGHT == 4
        const unsigned* words = (const unsigned*) scales + SCALES + span;
        minusLow = minusZero(__byte_perm(words[0], 0, (zeroAt[0] + group[span] & 3) | 0x4440));
        minusHigh = minusZero(__byte_perm(words[8 * SPANS], 0, (zeroAt[1] + group[span] & 3) | 0x4440));
#endif
        float part[2][4] = {}; // two chains of products
#pragma unroll
        for (int s = 0; s < STEPS; s++) {
            int step = span * STEPS + s;
            unsigned a[4], b[4];
#if WEIGHT == 4
            decodePairs(*(const unsigned*) (codes + step * 16), 0, minusLow, a);
            decodePairs(*(const unsigned*) (codes + 8 * ROW + step * 16), 0, minusHigh, b);
#else
            uint2 first = *(const uint2*) (codes + step * 32), second = *(const uint2*) (codes + 8 * ROW + step * 32);
            decodePairs(first.x, first.y, minusLow, a);
            decodePairs(second.x, second.y, minusHigh, b);
#endif
            uint4 v = *(const uint4*) (x + step * STEP);
            multiplyAdd(part[0], a[0], b[0], a[1], b[1], v.x, v.y);
            multiplyAdd(part[1], a[2], b[2], a[3], b[3], v.z, v.w);
        }
        float lowScale = scales[span], highScale = scales[8 * SPANS + span];
        sums[0] += (part[0][0] + part[1][0]) * lowScale;
        sums[1] += (part[0][1] + part[1][1]) * lowScale;
        sums[2] += (part[0][2] + part[1][2]) * highScale;
        sums[3] += (part[0][3] + part[1][3]) * highScale;
    }
}

template <bool QKV>
__device__ __forceinline__ void multiply(const Matrix& w, const element* x, int rows, const Target& target, const float* normWeight, float eps, const Heads& heads) {
    extern __shared__ uint4 shared[];
    __shared__ float scratch[WARP];
    unsigned char* ring = (unsigned char*) shared; // [STAGES][WARPS][SLOT]
    float* partials = (float*) (ring + STAGES * WARPS * SLOT); // [2][WARPS][PARTIAL]
    element* staged = (element*) (partials + 2 * WARPS * PARTIAL);
    startSuccessor();

    int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP, quad = lane % 4;
    bool gated = target.mode == 2;
    int inner = w.outputs / 2, units = (w.inputs + UNIT - 1) / UNIT, groups = w.groups(), groupUnits = max(w.groupSize * SPANS / UNIT, 1);
    // Where 16 outputs a tile leave half of the multiprocessors idle, a tile is 8 and the operand's upper rows are whatever is there.
    bool half = !gated && !QKV && w.outputs <= TILE / 2 * (int) gridDim.x;
    int tileOutputs = half ? TILE / 2 : TILE, tiles = (w.outputs + tileOutputs - 1) / tileOutputs;
    int rowBytes = WEIGHT == 4 ? w.inputs / 2 : w.inputs;

    // A pair that is combined at the end is in one lane: gate and up, or the two halves of a rotation.
    auto outputOf = [&](int tile, int row) {
        int pair = tile * 8 + row % 8;
        int output = QKV ? heads.lowerHalf(pair) + row / 8 * (heads.headDim / 2) : gated ? pair + row / 8 * inner : tile * tileOutputs + row;
        return min(output, w.outputs - 1);
    };
    auto groupOf = [&](int unit, int span) {
        int all = unit * SPANS + span;
        return groups == 1 ? 0 : min(groupUnits == 1 ? all : all / groupUnits, groups - 1);
    };
    int copyTile = warp < units ? (int) blockIdx.x : tiles, copyUnit = warp, copyStage = 0;
    const unsigned char *low = w.codes, *high = w.codes; // the rows of this lane in the tile being copied
    constexpr int LANE_SCALES = (SCALES + WARP - 1) / WARP;
    int scaleRows[LANE_SCALES]; // where the scales begin of the rows whose scales this lane copies
    auto point = [&] {
        low = w.codes + (size_t) outputOf(copyTile, lane / 4) * rowBytes;
        high = w.codes + (size_t) outputOf(copyTile, lane / 4 + 8) * rowBytes;
#pragma unroll
        for (int i = 0; i < LANE_SCALES; i++) {
            scaleRows[i] = outputOf(copyTile, (lane + i * WARP) / SPANS % 16) * groups;
        }
    };
    unsigned char *ownSlot = ring + warp * SLOT, *ownCodes = ownSlot + lane / 4 * ROW + quad * 16;
    auto copyNext = [&] {
        if (copyTile < tiles) {
            unsigned char* to = ownCodes + copyStage * WARPS * SLOT;
            int first = min(copyUnit * 128 + quad * 16, rowBytes - 16), second = min(copyUnit * 128 + quad * 16 + 64, rowBytes - 16);
            copyAsync(to, low + first, true);
            copyAsync(to + 64, low + second, true);
            if (!half) {
                copyAsync(to + 8 * ROW, high + first, true);
                copyAsync(to + 8 * ROW + 64, high + second, true);
            }
            unsigned char* scalesTo = ownSlot + copyStage * WARPS * SLOT + 16 * ROW + lane * 4;
            int group = groupOf(copyUnit, lane % SPANS);
#pragma unroll
            for (int i = 0; i < LANE_SCALES; i++) {
                if (SCALES >= WARP || lane < SCALES) {
                    int at = scaleRows[i] + group;
                    copyWordAsync(scalesTo + i * WARP * 4, w.scales + at, 4);
#if WEIGHT == 4
                    copyWordAsync(scalesTo + (SCALES + i * WARP) * 4, w.zeros + (at & ~3), 4);
#endif
                }
            }
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
#pragma unroll 1
    for (int i = 0; i < STAGES - 1; i++) {
        copyNext();
    }
    if (normWeight) {
        for (int i = threadIdx.x * 32; i < w.inputs; i += THREADS * 32) {
            prefetch(normWeight + i);
        }
    }
    waitForPredecessors();
    int stride = units * UNIT + 32;
    stageRows(x, rows, w, normWeight, eps, staged, stride, scratch);

    const element* source = staged + min(lane / 4, rows - 1) * stride + quad * 8; // columns beyond the rows are not looked at
    int stage = 0, parity = 0;
    for (int tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
        float sums[4] = {};
        int zeroAt[2] = {outputOf(tile, lane / 4) * groups, outputOf(tile, lane / 4 + 8) * groups};
        for (int unit = warp; unit < units; unit += WARPS) {
            waitForCopies<STAGES - 2>();
            __syncwarp(); // what other lanes copied is here, and what they read of the stage before is free
            int group[SPANS];
#pragma unroll
            for (int i = 0; i < SPANS; i++) {
                group[i] = groupOf(unit, i);
            }
            multiplyUnit(sums, ownSlot + stage * WARPS * SLOT, lane, source + unit * UNIT, group, zeroAt);
            copyNext();
            stage = stage + 1 == STAGES ? 0 : stage + 1;
        }
        float* partial = partials + (parity * WARPS + warp) * PARTIAL + quad * 2 * 17 + lane / 4;
        partial[0] = sums[0], partial[17] = sums[1], partial[8] = sums[2], partial[25] = sums[3];
        __syncthreads();
        finish<QKV>(w, tile, tileOutputs, rows, partials + parity * WARPS * PARTIAL, target, heads);
        parity ^= 1;
    }
}

extern "C" __global__ void __launch_bounds__(THREADS, 1)
quantized_gemv(const unsigned char* codes, const float* scales, const unsigned char* zeros, const int* order, int groupSize, const float* bias, const element* x, const element* addend,
               void* out, int rows, int outputs, int inputs, int mode, int activation, const float* normWeight, float eps) {
    multiply<false>({codes, scales, zeros, order, groupSize, outputs, inputs}, x, rows, {bias, addend, out, mode, activation}, normWeight, eps, Heads{});
}

extern "C" __global__ void __launch_bounds__(THREADS, 1)
quantized_gemv_qkv(const unsigned char* codes, const float* scales, const unsigned char* zeros, const int* order, int groupSize, const float* bias, const element* x, void* out, int rows,
                   int inputs, const float* normWeight, float eps, const int* positions, const int* slots, const float* cosSin, void* layerCache, int heads, int kvHeads, int headDim,
                   int blockTokens, float keyScale, float valueScale) {
    Heads to = {positions, slots, cosSin, layerCache, heads, kvHeads, headDim, blockTokens, keyScale, valueScale};
    multiply<true>({codes, scales, zeros, order, groupSize, (heads + 2 * kvHeads) * headDim, inputs}, x, rows, {bias, nullptr, out, 0, 0}, normWeight, eps, to);
}
