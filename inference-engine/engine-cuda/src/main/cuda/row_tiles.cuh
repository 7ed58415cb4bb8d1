// How groups of rows are dealt out to blocks by tiles, each of which is of one group: sequences of a step's prompts, experts' slots.
#pragma once
#include "device.cuh"

/**
 * Which group the tile of number {@code wanted} is of, and how many of the group's tiles come before it; false if there is no such tile.
 * Called by whole warps. {@code rowsOf}: rows of a group by its number.
 */
template <int ROWS_OF_TILE, typename RowsOf>
__device__ __forceinline__ bool findTile(int groups, RowsOf rowsOf, int wanted, int& group, int& tile) {
    int lane = threadIdx.x % WARP, before = 0;
    for (int base = 0; base < groups; base += WARP) {
        int tiles = base + lane < groups ? (rowsOf(base + lane) + ROWS_OF_TILE - 1) / ROWS_OF_TILE : 0, end = tiles;
#pragma unroll
        for (int lanes = 1; lanes < WARP; lanes *= 2) {
            int below = __shfl_up_sync(FULL_MASK, end, lanes);
            end += lane >= lanes ? below : 0;
        }
        unsigned beyond = __ballot_sync(FULL_MASK, wanted < before + end);
        if (beyond) {
            int found = __ffs(beyond) - 1;
            group = base + found;
            tile = wanted - before - __shfl_sync(FULL_MASK, end - tiles, found);
            return true;
        }
        before += __shfl_sync(FULL_MASK, end, WARP - 1);
    }
    return false;
}
