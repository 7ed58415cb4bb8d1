// How the rows of a step's prompts are dealt out to blocks. Rows are queries times the heads that share keys; a tile's are of one sequence.
#pragma once
#include "device.cuh"

/** Which sequence the block's rows belong to and how many tiles of rows come before in it; false if there is no such tile. */
template <int ROWS_OF_TILE>
__device__ __forceinline__ bool findTile(const int* queryStarts, int sequences, int sharing, int leastQueries, int wanted, int& sequence, int& tile) {
    int lane = threadIdx.x % WARP, before = 0;
    for (int base = 0; base < sequences; base += WARP) {
        int s = base + lane, tiles = 0;
        if (s < sequences) {
            int queries = queryStarts[s + 1] - queryStarts[s];
            tiles = queries < leastQueries ? 0 : (queries * sharing + ROWS_OF_TILE - 1) / ROWS_OF_TILE;
        }
        int end = tiles;
#pragma unroll
        for (int lanes = 1; lanes < WARP; lanes *= 2) {
            int below = __shfl_up_sync(FULL_MASK, end, lanes);
            end += lane >= lanes ? below : 0;
        }
        unsigned beyond = __ballot_sync(FULL_MASK, wanted < before + end);
        if (beyond) {
            int found = __ffs(beyond) - 1;
            sequence = base + found;
            tile = wanted - before - __shfl_sync(FULL_MASK, end - tiles, found);
            return true;
        }
        before += __shfl_sync(FULL_MASK, end, WARP - 1);
    }
    return false;
}
