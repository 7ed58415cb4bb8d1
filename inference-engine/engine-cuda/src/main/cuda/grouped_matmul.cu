// out[slot] = x[rows[slot]] . w[e] for the slots of every expert e: starts[e] to starts[e + 1]. rows 0: a slot computes its own row of x.
// Launch: grid (ceil(outputs / 64), min(slots, ceil(slots / 64) + experts)), block 128, dynamic shared memory 4 * 2 * 64 * 9 * 16 = 73728.
// In decode each expert in use is read once: bytes are outputs * inputs elements an expert. In prefill it is bound by mma.sync.
#include "grouped.cuh"

extern "C" __global__ void __launch_bounds__(THREADS)
grouped_matmul(const element* w, const element* x, const int* rows, const int* starts, int experts, int outputs, int inputs, element* out) {
    extern __shared__ uint4 shared[]; // [STAGES][x, w][TILE][ROW_UNITS]
    startSuccessor();
    waitForPredecessors();
    int warp = threadIdx.x / WARP;
    auto [expert, firstSlot, endSlot] = expertSlots(starts, experts);
    if (expert < 0) {
        return;
    }
    int valid = min(TILE, endSlot - firstSlot), firstOutput = blockIdx.x * TILE;
    const element* weights = w + (size_t) expert * outputs * inputs;

    // A thread copies the same 16-byte column of every 16th row.
    int unit = threadIdx.x % UNITS, firstRow = threadIdx.x / UNITS;
    const element* xRows[TILE / 16];
    const element* wRows[TILE / 16];
#pragma unroll
    for (int i = 0; i < TILE / 16; i++) {
        int r = firstRow + i * 16, slot = firstSlot + min(r, valid - 1);
        xRows[i] = x + (size_t) (rows ? rows[slot] : slot) * inputs;
        wRows[i] = weights + (size_t) min(firstOutput + r, outputs - 1) * inputs;
    }
    int steps = (inputs + DEPTH - 1) / DEPTH;
    auto copyStep = [&](int step) {
        if (step < steps) {
            uint4* stage = shared + step % STAGES * 2 * OPERAND_UNITS;
            int k = step * DEPTH + unit * 8;
#pragma unroll
            for (int i = 0; i < TILE / 16; i++) {
                int r = firstRow + i * 16;
                copyAsync(stage + r * ROW_UNITS + unit, xRows[i] + k, r < valid && k < inputs);
                copyAsync(stage + OPERAND_UNITS + r * ROW_UNITS + unit, wRows[i] + k, firstOutput + r < outputs && k < inputs);
            }
        }
        commitCopies();
    };
    for (int step = 0; step < STAGES - 1; step++) {
        copyStep(step);
    }
    int rowBase = warp / 2 * 32, outputBase = warp % 2 * 32;
    float sums[2][4][4] = {};
    for (int step = 0; step < steps; step++) {
        waitForCopies<STAGES - 2>();
        __syncthreads();
        copyStep(step + STAGES - 1);
        unsigned stage = sharedAddress(shared + step % STAGES * 2 * OPERAND_UNITS);
        if (rowBase >= valid) {
            continue; // no rows for this warp
        }
        multiplyStage(sums, stage, stage + OPERAND_UNITS * 16, rowBase, outputBase);
    }
    writeTile(out, sums, firstSlot, valid, firstOutput, outputs, rowBase, outputBase);
}
