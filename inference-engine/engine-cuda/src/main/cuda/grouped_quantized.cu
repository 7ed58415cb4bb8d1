// As grouped_matmul.cu, for quantised weights: codes travel as they are and become elements on their way to the tensor cores.
// out[slot, o] = sum over k of x[row of slot, order[k]] * scales[e, o, group of k] * (codes[e, o, k] - zeros[e, o, group]), weights rounded to elements.
// WEIGHT=4 (int4, inputs a multiple of 32), 8 (int8) or 9 (e4m3), both with inputs a multiple of 16; order [experts, inputs] or 0; rows 0: a slot
// computes its own row of x.
// Launch: grid (ceil(outputs / 64), min(slots, ceil(slots / 64) + experts)), block 128, dynamic shared memory 4 * (9216 + RAW) + 2 * 9216, RAW 2048 for int4, else 4096.
// Moves the codes and scales of every expert in use once for each 64 slots.
#include "grouped.cuh"
#include "quantized.cuh"

#define PIECES (32 / CODES) // of 16 bytes that a thread copies: half a row of codes
#define RAW_UNITS (THREADS * PIECES)
#define STAGE_UNITS (OPERAND_UNITS + RAW_UNITS)

extern "C" __global__ void __launch_bounds__(THREADS)
grouped_quantized(const unsigned char* codes, const float* scales, const unsigned char* zeros, const int* order, int groupSize, const element* x,
                  const int* rows, const int* starts, int experts, int outputs, int inputs, element* out) {
    extern __shared__ uint4 shared[]; // [STAGES][x, codes], then [2][weights]
    uint4* decoded = shared + STAGES * STAGE_UNITS;
    startSuccessor();
    waitForPredecessors();
    int warp = threadIdx.x / WARP;
    auto [expert, firstSlot, endSlot] = expertSlots(starts, experts);
    if (expert < 0) {
        return;
    }
    int valid = min(TILE, endSlot - firstSlot), firstOutput = blockIdx.x * TILE;
    const int* places = order ? order + (size_t) expert * inputs : nullptr;

    // Of x a thread copies the same 16-byte column of every 16th row, of codes half a row.
    int unit = threadIdx.x % UNITS, firstRow = threadIdx.x / UNITS;
    const element* xRows[TILE / 16];
#pragma unroll
    for (int i = 0; i < TILE / 16; i++) {
        int slot = firstSlot + min(firstRow + i * 16, valid - 1);
        xRows[i] = x + (size_t) (rows ? rows[slot] : slot) * inputs;
    }
    int codeRow = threadIdx.x / 2, half = threadIdx.x % 2;
    size_t weightRow = (size_t) expert * outputs + min(firstOutput + codeRow, outputs - 1);
    const unsigned char* codesOfRow = codes + weightRow * ((size_t) inputs * 16 / CODES);
    int groups = (inputs + groupSize - 1) / groupSize;
    int steps = (inputs + DEPTH - 1) / DEPTH;
    auto copyStep = [&](int step) {
        if (step < steps) {
            uint4* stage = shared + step % STAGES * STAGE_UNITS;
            int k = step * DEPTH + unit * 8;
#pragma unroll
            for (int i = 0; i < TILE / 16; i++) {
                int r = firstRow + i * 16;
                bool given = r < valid && k < inputs;
                if (!places) {
                    copyAsync(stage + r * ROW_UNITS + unit, xRows[i] + (given ? k : 0), given);
                    continue;
                }
                element gathered[8];
#pragma unroll
                for (int j = 0; j < 8; j++) {
                    gathered[j] = given ? xRows[i][places[k + j]] : (element) 0;
                }
                stage[r * ROW_UNITS + unit] = make_uint4(gathered[0] | (unsigned) gathered[1] << 16, gathered[2] | (unsigned) gathered[3] << 16,
                                                         gathered[4] | (unsigned) gathered[5] << 16, gathered[6] | (unsigned) gathered[7] << 16);
            }
#pragma unroll
            for (int piece = 0; piece < PIECES; piece++) {
                int at = step * DEPTH + half * 32 + piece * CODES;
                bool given = at < inputs;
                copyAsync(stage + OPERAND_UNITS + threadIdx.x * PIECES + piece, codesOfRow + (given ? (size_t) at * 16 / CODES : 0), given);
            }
        }
        commitCopies();
    };
    auto decode = [&](int step) {
        const uint4* raw = shared + step % STAGES * STAGE_UNITS + OPERAND_UNITS + threadIdx.x * PIECES;
        unsigned words[PIECES * 4];
#pragma unroll
        for (int piece = 0; piece < PIECES; piece++) {
            uint4 v = raw[piece];
            words[piece * 4] = v.x, words[piece * 4 + 1] = v.y, words[piece * 4 + 2] = v.z, words[piece * 4 + 3] = v.w;
        }
        uint4* target = decoded + step % 2 * OPERAND_UNITS + codeRow * ROW_UNITS + half * 4;
#pragma unroll
        for (int eight = 0; eight < 4; eight++) {
            size_t group = weightRow * groups + min(step * DEPTH + half * 32 + eight * 8, inputs - 1) / groupSize;
            float scale = scales[group], x[8];
#if WEIGHT == 4
            decodeEight(words[eight], 0, zeros ? zeros[group] : 0, x);
#else
            decodeEight(words[eight * 2], words[eight * 2 + 1], 0, x);
#endif
            target[eight] = make_uint4(pack2(x[0] * scale, x[1] * scale), pack2(x[2] * scale, x[3] * scale), pack2(x[4] * scale, x[5] * scale),
                                       pack2(x[6] * scale, x[7] * scale));
        }
    };
    for (int step = 0; step < STAGES - 1; step++) {
        copyStep(step);
    }
    waitForCopies<STAGES - 2>(); // a thread decodes what it copied itself
    decode(0);
    int rowBase = warp / 2 * 32, outputBase = warp % 2 * 32;
    float sums[2][4][4] = {};
    for (int step = 0; step < steps; step++) {
        waitForCopies<STAGES - 3>();
        __syncthreads();
        copyStep(step + STAGES - 1);
        if (step + 1 < steps) {
            decode(step + 1);
        }
        if (rowBase >= valid) {
            continue; // no rows for this warp
        }
        unsigned rowsOfX = sharedAddress(shared + step % STAGES * STAGE_UNITS), weights = sharedAddress(decoded + step % 2 * OPERAND_UNITS);
        multiplyStage(sums, rowsOfX, weights, rowBase, outputBase);
    }
    writeTile(out, sums, firstSlot, valid, firstOutput, outputs, rowBase, outputBase);
}
