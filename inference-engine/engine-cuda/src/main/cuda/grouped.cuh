// The part of a grouped product that falls to a block: 64 slots of one expert at most.
#include "device.cuh"

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
    int lane = threadIdx.x % WARP;
    int expert = -1, firstSlot = 0, endSlot = 0, before = 0;
    for (int base = 0; base < experts && expert < 0; base += WARP) {
        int e = base + lane;
        int tiles = e < experts ? (starts[e + 1] - starts[e] + TILE - 1) / TILE : 0, end = tiles;
#pragma unroll
        for (int lanes = 1; lanes < WARP; lanes *= 2) {
            int below = __shfl_up_sync(FULL_MASK, end, lanes);
            end += lane >= lanes ? below : 0;
        }
        unsigned beyond = __ballot_sync(FULL_MASK, (int) blockIdx.y < before + end);
        if (beyond) {
            int found = __ffs(beyond) - 1;
            expert = base + found;
            firstSlot = starts[expert] + ((int) blockIdx.y - before - __shfl_sync(FULL_MASK, end - tiles, found)) * TILE;
            endSlot = starts[expert + 1];
        }
        before += __shfl_sync(FULL_MASK, end, WARP - 1);
    }
    return {expert, firstSlot, endSlot};
}
