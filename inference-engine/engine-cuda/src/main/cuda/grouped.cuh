// The part of a grouped product that falls to a block: 64 slots of one expert at most.
#pragma once
#include "device.cuh"
#include "mma.cuh"
#include "row_tiles.cuh"

#define TILE 64
#define DEPTH 64 // inputs of a stage
#define UNITS (DEPTH / 8)
#define ROW_UNITS (UNITS | 1)
#define STAGES 4
#define THREADS 128
#define OPERAND_UNITS (TILE * ROW_UNITS)

// Blocks of grid.y go to the experts in order, as many to each as its slots fill; expert -1 where none is left.
struct ExpertSlots {
    int expert, first, end;
};

static __device__ __forceinline__ ExpertSlots expertSlots(const int* starts, int experts) {
    int expert, tile;
    if (!findTile<TILE>(experts, [&](int e) { return starts[e + 1] - starts[e]; }, (int) blockIdx.y, expert, tile)) {
        return {-1, 0, 0};
    }
    return {expert, starts[expert] + tile * TILE, starts[expert + 1]};
}

/** A warp's 32 rows times its 32 outputs, of a stage in shared memory. */
static __device__ __forceinline__ void multiplyStage(float (&sums)[2][4][4], unsigned rows, unsigned weights, int rowBase, int outputBase) {
    int lane = threadIdx.x % WARP;
#pragma unroll
    for (int k = 0; k < DEPTH / 16; k++) {
        unsigned a[2][4], b[2][4];
#pragma unroll
        for (int i = 0; i < 2; i++) {
            loadMatrices(a[i], rows + ((rowBase + i * 16 + lane % 16) * ROW_UNITS + k * 2 + lane / 16) * 16);
            loadMatrices(b[i], weights + ((outputBase + i * 16 + lane % 16) * ROW_UNITS + k * 2 + lane / 16) * 16);
        }
#pragma unroll
        for (int i = 0; i < 2; i++) {
#pragma unroll
            for (int j = 0; j < 4; j++) {
                multiplyAdd(sums[i][j], a[i][0], a[i][1], a[i][2], a[i][3], b[j / 2][j % 2], b[j / 2][j % 2 + 2]);
            }
        }
    }
}

/** out: [slots, outputs]. */
static __device__ __forceinline__ void writeTile(element* out, const float (&sums)[2][4][4], int firstSlot, int valid, int firstOutput, int outputs, int rowBase, int outputBase) {
    int lane = threadIdx.x % WARP;
#pragma unroll
    for (int i = 0; i < 2; i++) {
#pragma unroll
        for (int r = 0; r < 2; r++) {
            int row = rowBase + i * 16 + lane / 4 + r * 8;
            if (row < valid) {
#pragma unroll
                for (int j = 0; j < 4; j++) {
                    int output = firstOutput + outputBase + j * 8 + lane % 4 * 2;
                    if (output < outputs) { // outputs are even
                        *(unsigned*) (out + (size_t) (firstSlot + row) * outputs + output) = pack2(sums[i][j][r * 2], sums[i][j][r * 2 + 1]);
                    }
                }
            }
        }
    }
}
