// The ring of weights of decode_step.cu. What it reads depends on nothing that a step computes, so it runs ahead of the operations: while a
// block waits for activations, the next weights arrive.
#pragma once
#include "decode_program.cuh"

/**
 * The ring of weights. Copies what this warp will multiply, in the order in which it will: the units of its tiles of each product. A lane
 * has its operands in slots of its own: of rows group and group + 8 (or what meets them) 16 bytes of every 32 inputs.
 */
struct Weights {
    int count; // operations
    int slot, freeSlot; // of the unit to be multiplied next, and of the one before, from the start of shared memory
    int operation, tile, tiles, left; // inputs of the tile's rows from here on
    const element *low, *high; // what this lane copies next
    bool upper; // whether there are rows that meet these

    __device__ __forceinline__ explicit Weights(int count) : count(count), operation(-1) {
        slot = threadIdx.x / WARP * SLOT + threadIdx.x % WARP * 16;
        freeSlot = slot;
        tile = tiles = left = 0;
        nextTile();
#pragma unroll 1
        for (int i = 0; i < STAGES - 1; i++) {
            copyNext();
            freeSlot += STAGE;
        }
    }

    __device__ __forceinline__ void nextTile() {
        tile += gridDim.x;
        if (tile < tiles) {
            point(operationAt(operation));
            return;
        }
        while (++operation < count) {
            const Operation& op = operationAt(operation);
            tile = firstTile(op);
            tiles = op.tiles;
            if (op.kind != EMBED && op.kind != ATTEND && tile < tiles && (int) (threadIdx.x / WARP * UNIT) < op.inputs) {
                upper = op.upper < op.outputs;
                point(op);
                return;
            }
        }
        left = tiles = 0; // for good
    }

    /** To the beginning of the tile. Rows beyond the last are copies of it, whose products nobody reads. */
    __device__ __forceinline__ void point(const Operation& op) {
        int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP, row = tile * op.tileWidth + lane / 4;
        const element* start = (const element*) op.memory + warp * UNIT + lane % 4 * 8;
        left = op.inputs - warp * UNIT;
        low = start + (long long) min(row, op.width - 1) * op.inputs;
        high = start + (long long) min(row + op.upper, op.outputs - 1) * op.inputs;
    }

    /** To the slot that is free. */
    __device__ __forceinline__ void copyNext() {
        if (left > 0) {
            unsigned to = sharedAddress((char*) shared + freeSlot);
            if (left >= UNIT) {
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    copyAsyncTo(to + i * 512, low + i * 32, true);
                }
                if (upper) {
#pragma unroll
                    for (int i = 0; i < 4; i++) {
                        copyAsyncTo(to + 2048 + i * 512, high + i * 32, true);
                    }
                }
            } else { // beyond the end of a row are zeros
                int own = left - threadIdx.x % 4 * 8;
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    copyAsyncTo(to + i * 512, low + i * 32, i * 32 < own);
                    if (upper) {
                        copyAsyncTo(to + 2048 + i * 512, high + i * 32, i * 32 < own);
                    }
                }
            }
            low += WARPS * UNIT, high += WARPS * UNIT, left -= WARPS * UNIT;
            if (left <= 0) {
                nextTile();
            }
        }
        commitCopies();
    }

    /** Behind the unit that was multiplied. */
    __device__ __forceinline__ void advance() {
        copyNext();
        freeSlot = slot;
        slot = slot >= (STAGES - 1) * STAGE ? slot - (STAGES - 1) * STAGE : slot + STAGE;
    }
};
