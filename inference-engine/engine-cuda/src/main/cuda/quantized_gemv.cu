// gemv for quantised weights: out[r, o] = sum over k of x[r, order[k]] * scales[o, group of k] * (codes[o, k] - zeros[o, group]) + bias[o]
// (+ addend[r, o]); modes 0, 1 and 2 as gemv has them. Codes are multiplied exactly; scales are applied to sums where a group covers what four
// lanes multiply at a time (128 inputs for int4, 64 for bytes, or all), else to codes, rounded to elements.
// WEIGHT=4 (int4), 8 (int8), 9 (e4m3); inputs a multiple of 32 (int4) or 16, rows 1 to 8.
//
// Launch: grid = multiprocessors, block 512, shared memory carveout 100, dynamic shared memory
//   stride = inputs rounded up to 256 plus 32, staged = rows * stride * 2:  3 * 36864 + 17408 + (staged <= 84 KiB ? staged : 0)
//   and without staged x is read through L1 (and must not have an order).
// Moves outputs * inputs codes and a float32 scale (and a zero) a group. How: as gemv.cu, whose ring and tiles these are; scales and zeros travel
// with their codes, since a warp that asked for them itself would wait for memory at every unit.
#include "device.cuh"
#include "mma.cuh"
#include "quantized.cuh"

#define WARPS 16
#define STAGES 3
#define TILE 16
#define PIECE (4 * CODES) // inputs that four lanes multiply at a time
#define UNIT (2 * PIECE)
#define PARTIAL (17 * 8)
#define STAGED_LIMIT (84 * 1024)
#define SLOT (4 * WARP + 16) // of a warp and stage: codes of 16 rows, then their scales and the words that hold their zeros

#define EIGHTS (CODES / 8)

/** Of a lane's two rows in a unit. */
struct Scale {
    float scale[2][2]; // [low | high row][piece]
    int zero[2][2];
};

/** The rows of x: in shared memory as they are multiplied, or in global memory as they are. */
struct Rows {
    const uint4* row; // of this lane
    int quad, eights;
    bool staged;

    /** Eights of a piece that four lanes read together are neighbours. */
    static __device__ __forceinline__ int place(int eight) { return eight / (4 * EIGHTS) * (4 * EIGHTS) + eight % EIGHTS * 4 + eight / EIGHTS % 4; }

    /** Eight elements of this lane's part of a piece, in the order of decodePairs; zeros beyond the row. */
    template <bool STAGED>
    __device__ __forceinline__ uint4 at(int piece, int eight) const {
        if (STAGED) {
            return row[piece * 4 * EIGHTS + eight * 4 + quad];
        }
        int index = (piece * 4 + quad) * EIGHTS + eight;
        uint4 v = row[min(index, eights - 1)];
        return index < eights ? inPairs(v) : make_uint4(0, 0, 0, 0);
    }
};

__device__ __forceinline__ unsigned minus(int zero) {
#if WEIGHT == 4
    return pack2(-MAGIC_VALUE - zero, -MAGIC_VALUE - zero);
#else
    return 0;
#endif
}

__device__ __forceinline__ void decodeEighth(const unsigned (&words)[4], int eight, unsigned minusZero, unsigned (&pairs)[4]) {
#if WEIGHT == 4
    decodePairs(words[eight], 0, minusZero, pairs);
#else
    decodePairs(words[eight * 2], words[eight * 2 + 1], 0, pairs);
#endif
}

/** A unit of 16 rows of codes, whose scales hold for whole pieces: no branch, so that loads, decoding and products overlap. */
template <bool STAGED>
__device__ __forceinline__ void multiplyUnit(const uint4* slot, const Rows& rows, int unit, const Scale& scale, float (&sums)[4]) {
#pragma unroll
    for (int piece = 0; piece < 2; piece++) {
        uint4 low = slot[piece * WARP], high = slot[(2 + piece) * WARP], v[EIGHTS];
#pragma unroll
        for (int eight = 0; eight < EIGHTS; eight++) {
            v[eight] = rows.at<STAGED>(unit * 2 + piece, eight);
        }
        unsigned lowWords[4] = {low.x, low.y, low.z, low.w}, highWords[4] = {high.x, high.y, high.z, high.w};
        unsigned minusLow = minus(scale.zero[0][piece]), minusHigh = minus(scale.zero[1][piece]);
        float part[2][4] = {}; // two chains of products
#pragma unroll
        for (int eight = 0; eight < EIGHTS; eight++) {
            unsigned a[4], b[4];
            decodeEighth(lowWords, eight, minusLow, a);
            decodeEighth(highWords, eight, minusHigh, b);
            multiplyAdd(part[0], a[0], b[0], a[1], b[1], v[eight].x, v[eight].y);
            multiplyAdd(part[1], a[2], b[2], a[3], b[3], v[eight].z, v[eight].w);
        }
#pragma unroll
        for (int i = 0; i < 4; i++) {
            sums[i] += (part[0][i] + part[1][i]) * scale.scale[i / 2][piece];
        }
    }
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP, 1)
quantized_gemv(const unsigned char* codes, const float* scales, const unsigned char* zeros, const int* order, int groupSize, const float* bias,
               const element* x, const element* addend, void* out, int rows, int outputs, int inputs, int mode, int activation) {
    extern __shared__ uint4 shared[];
    uint4* ring = shared; // [STAGES][WARPS][SLOT]
    float* partials = (float*) (ring + STAGES * WARPS * SLOT); // [2][WARPS][PARTIAL]
    element* staged = (element*) (partials + 2 * WARPS * PARTIAL);
    startSuccessor();

    int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP, group = lane / 4, quad = lane % 4;
    bool gated = mode == 2;
    int inner = outputs / 2;
    size_t rowBytes = WEIGHT == 4 ? (size_t) (inputs + 7) / 8 * 4 : (size_t) inputs;
    int units = (inputs + UNIT - 1) / UNIT, tiles = (outputs + TILE - 1) / TILE;
    int groups = (inputs + groupSize - 1) / groupSize;
    bool onSums = groups == 1 || groupSize % PIECE == 0;

    // A group has so many pieces, and division by it is a product.
    unsigned piecesOfGroup = onSums && groups > 1 ? groupSize / PIECE : 1, inverse = piecesOfGroup > 1 ? 0xFFFFFFFFu / piecesOfGroup + 1 : 0;
    auto groupOf = [&](int piece) { return groups == 1 ? 0 : min(piecesOfGroup == 1 ? piece : (int) __umulhi(piece, inverse), groups - 1); };

    auto rowOf = [&](int tile, int place) { // of 16, -1 beyond the last
        int row = gated ? tile * 8 + place % 8 + place / 8 * inner : tile * TILE + place;
        bool valid = gated ? tile * 8 + place % 8 < inner : row < outputs;
        return valid ? row : -1;
    };
    int copyTile = warp < units ? (int) blockIdx.x : tiles, copyUnit = warp, copyStage = 0;
    auto copyNext = [&] {
        if (copyTile < tiles) {
            uint4* slot = ring + (copyStage * WARPS + warp) * SLOT + lane;
#pragma unroll
            for (int i = 0; i < 4; i++) {
                int row = rowOf(copyTile, i / 2 * 8 + group), k = copyUnit * UNIT + i % 2 * PIECE + quad * CODES;
                bool valid = row >= 0 && k < inputs;
                copyAsync(slot + i * WARP, codes + (valid ? row * rowBytes + (size_t) k * 16 / CODES : 0), valid);
            }
            if (onSums) { // a lane copies what belongs to one of 16 rows in one of two pieces
                float* ofRow = (float*) (slot - lane + 4 * WARP) + lane;
                int row = rowOf(copyTile, lane % 16);
                size_t at = (size_t) max(row, 0) * groups + groupOf(copyUnit * 2 + lane / 16);
                copyWordAsync(ofRow, scales + at, row >= 0 ? 4 : 0);
                if (zeros) {
                    size_t word = at / 4 * 4;
                    copyWordAsync(ofRow + WARP, zeros + word, (int) min((size_t) 4, (size_t) outputs * groups - word));
                }
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
    Rows source = {(const uint4*) (x + (size_t) min(group, rows - 1) * inputs), quad, inputs / 8, false}; // columns beyond the rows are not looked at
    if (rows * stride * (int) sizeof(element) <= STAGED_LIMIT) {
        int eights = (stride - 32) / 8;
        for (int i = threadIdx.x; i < rows * eights; i += blockDim.x) {
            int row = i / eights, eight = i % eights;
            uint4 v = make_uint4(0, 0, 0, 0);
            if (eight < inputs / 8 && !order) {
                v = inPairs(((const uint4*) x)[(size_t) row * (inputs / 8) + eight]);
            }
            ((uint4*) (staged + row * stride))[Rows::place(eight)] = v;
        }
        __syncthreads();
        for (int i = threadIdx.x; order && i < rows * inputs; i += blockDim.x) {
            int row = i / inputs, k = i % inputs;
            staged[row * stride + Rows::place(k / 8) * 8 + placeInPairs(k % 8)] = x[(size_t) row * inputs + order[k]];
        }
        __syncthreads();
        source.row = (const uint4*) (staged + min(group, rows - 1) * stride);
        source.staged = true;
    } else if (order) {
        __trap(); // the launch was to check that the rows fit
    }

    auto scaleOf = [&](const uint4* slot, int tile, int unit) {
        const float* ofRows = (const float*) (slot - lane + 4 * WARP);
        Scale s;
#pragma unroll
        for (int i = 0; i < 4; i++) {
            int place = i / 2 * 8 + group, piece = i % 2;
            s.scale[i / 2][piece] = ofRows[piece * 16 + place];
            s.zero[i / 2][piece] = 0;
            if (zeros) {
                unsigned at = (unsigned) max(rowOf(tile, place), 0) * groups + groupOf(unit * 2 + piece);
                s.zero[i / 2][piece] = __float_as_uint(ofRows[WARP + piece * 16 + place]) >> at % 4 * 8 & 0xFF;
            }
        }
        return s;
    };
    // Groups of less than a piece: codes are scaled before they are multiplied.
    auto multiplyScaled = [&](const uint4* slot, int tile, int unit, float (&sums)[4]) {
#pragma unroll
        for (int piece = 0; piece < 2; piece++) {
            uint4 low = slot[piece * WARP], high = slot[(2 + piece) * WARP];
            unsigned lowWords[4] = {low.x, low.y, low.z, low.w}, highWords[4] = {high.x, high.y, high.z, high.w};
            int first = unit * UNIT + piece * PIECE + quad * CODES;
#pragma unroll
            for (int eight = 0; eight < EIGHTS; eight++) {
                unsigned a[4], b[4], pairs[2];
                int k = first + eight * 8, of = min(k, inputs - 1) / groupSize;
#pragma unroll
                for (int high = 0; high < 2; high++) {
                    size_t at = (size_t) max(rowOf(tile, high * 8 + group), 0) * groups + of;
                    decodeEighth(high ? highWords : lowWords, eight, minus(zeros ? zeros[at] : 0), high ? b : a);
                    pairs[high] = pack2(scales[at], scales[at]);
                }
#pragma unroll
                for (int j = 0; j < 4; j++) {
                    a[j] = multiply2(a[j], pairs[0]);
                    b[j] = multiply2(b[j], pairs[1]);
                }
                uint4 v = source.staged ? source.at<true>(unit * 2 + piece, eight) : source.at<false>(unit * 2 + piece, eight);
                multiplyAdd(sums, a[0], b[0], a[1], b[1], v.x, v.y);
                multiplyAdd(sums, a[2], b[2], a[3], b[3], v.z, v.w);
            }
        }
    };
    int stage = 0, parity = 0;
    for (int tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
        float sums[4] = {};
        for (int unit = warp; unit < units; unit += WARPS) {
            waitForCopies<STAGES - 2>();
            __syncwarp(); // scales are read by other lanes than copied them
            const uint4* slot = ring + (stage * WARPS + warp) * SLOT + lane;
            if (!onSums) {
                multiplyScaled(slot, tile, unit, sums);
            } else if (source.staged) {
                multiplyUnit<true>(slot, source, unit, scaleOf(slot, tile, unit), sums);
            } else {
                multiplyUnit<false>(slot, source, unit, scaleOf(slot, tile, unit), sums);
            }
            __syncwarp();
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
