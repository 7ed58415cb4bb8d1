// What a decode step is to decode_step.cu: the operations that the host wrote, what is the same for all of them, and where a block keeps them.
#pragma once
#include "decode_words.cuh"
#include "element.cuh"

#ifndef ROWS
#define ROWS 1
#endif
#ifndef STAGES
#define STAGES 4
#endif

#define WARPS 8
#define UNIT 128 // inputs a warp multiplies at a time: 256 bytes of each of 16 rows
#define TILE 16
#define HELD (8 / ROWS) // tiles whose sums wait for one barrier
#define PARTIAL 20 // floats from one row of a warp's sums to the next: 16, padded
#define SLOT (8 * 16 * WARP) // bytes of weights that a warp multiplies at a time
#define STAGE (WARPS * SLOT)

/** In StepOperation's order. */
enum Kind { EMBED, LINEAR, ADD, GATED, LOGITS, ATTEND };

/** As StepOperation writes it. Sources and targets are words from the start of all words; a row of n elements is n / 2 words. */
struct Operation {
    const void* memory; // weights [outputs, inputs]; EMBED: [ids, outputs]; ATTEND: the layer's part of the cache
    const float* bias; // [outputs] or null; ATTEND: norm of each head of queries, or null
    const float* norm; // of the source: [inputs] or null; ATTEND: norm of each head of keys, or null
    const float* cosSin; // ATTEND: [position][HEAD_DIM], half of them cosines, then as many sines
    int kind;
    int detail; // GATED: the activation; ATTEND: the window, or 0
    int outputs; // rows of the weights
    int inputs;
    int source, target;
    int addend; // ADD: the operation that wrote what is in the target
    int first; // the block that takes the first tile
    int tiles; // of outputs, which blocks take in turn
    int tileWidth; // outputs of a tile as they are written: 16, or 8 where a tile has 8 gates above 8 ups, or where there are too few
    int upper; // from a row of weights to the one that meets it in a lane: 8; GATED: outputs / 2; where there is none: outputs
    int width; // outputs as they are written
};

/** What is the same for all operations. */
struct Step {
    word* words;
    const int* blockTables;
    float* logits;
    int rows, maxBlocks, heads, kvHeads, splits, partials;
    float eps, scale, softCap;
    int staged; // where inputs are staged, from the start of shared memory
};

/** Shared memory, before the program and what is staged. */
struct Layout {
    char ring[STAGES][STAGE];
    float partials[2][HELD][WARPS][ROWS][PARTIAL];
    float squares[ROWS][WARPS];
    int contexts[ROWS], slots[ROWS], positions[ROWS];
    uint4 zeros[UNIT / 8]; // what a column of the operand reads that is no row
    Step step;
};

static_assert(sizeof(Layout) <= STAGES * STAGE + 10240 + 1024, "as much as the launch asks for");

extern __shared__ uint4 shared[];

__device__ __forceinline__ Layout& layout() { return *(Layout*) shared; }
__device__ __forceinline__ const Step& theStep() { return layout().step; }
__device__ __forceinline__ const Operation& operationAt(int index) {
    return *(const Operation*) ((const char*) shared + sizeof(Layout) + index * (int) sizeof(Operation));
}
__device__ __forceinline__ element* stagedAt(int offset) { return (element*) ((char*) shared + offset); }

/** From one staged row to the next: whole units, and half a line so that rows lie in different banks. */
__device__ __forceinline__ int strideOf(int inputs) { return (inputs + UNIT - 1) / UNIT * UNIT + 32; }

__device__ __forceinline__ int firstTile(const Operation& op) {
    int tile = (int) blockIdx.x - op.first;
    return tile < 0 ? tile + gridDim.x : tile;
}
