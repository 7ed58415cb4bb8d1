// A decode step of few rows in one launch: every layer of a dense model, from the embedding to the logits. The host wrote down the
// operations (StepRecorder), this kernel does them one after the other.
//
//   EMBED   target = table[tokenIds] * embeddingScale; a negative id stands for drawn[-1 - id]
//   LINEAR  target = norm(source) . w + bias
//   ADD     target += source . w + bias
//   GATED   target = act(gate) * up of norm(source) . w + bias, w gate above up
//   ATTEND  heads of source normalised where they are, rotated, keys and values to the cache; target = attention over the context
//   LOGITS  logits = norm(source) . w, float32
//   An operation's source is all that the operation before it wrote: so nobody overwrites what somebody has yet to read.
//
// Launch: grid = multiprocessors, block 256, all of it resident at a time (cooperative), shared memory carveout 100, dynamic shared memory
//   32768 * STAGES + 11264 + 80 * operations + max(staged, attended)
//   staged = 2 * ROWS * (largest inputs rounded up to 128, plus 32)
//   attended = 20 * (HEAD_DIM + 8) + 512 + 32 * min(8, heads / kvHeads) * (HEAD_DIM + 4)
// ROWS: 1, 2, 4 or 8, at least as many as rows. state: two ints, zero before the first launch, as are all words.
// splits: 1, or so many that rows * kvHeads * ceil(heads / kvHeads / 8) * splits <= grid; a context of 0 is that of a padded row.
//
// How: a step of few rows must read the matrices and little else, but each product needs all of the one before; as launches that is five
// pauses a layer, of 4 us each. Here one block a multiprocessor stays.
//   Weights stream through a ring in shared memory as in gemv.cu, across the borders of operations (decode_weights.cuh): 128 to 160 KB a block,
//   17 to 21 MB in all, which memory needs 4 us for.
//   Activations pass through L2 as tagged words (decode_words.cuh): to wait for them is to read them. A warp stages the inputs that it multiplies
//   and no others, so that one barrier stands in front of a product, for its norm, and one behind it, for the sum over warps.
//   Keys and values of earlier tokens are in registers before queries are there; those of this token pass as words.
// A multiprocessor issues four instructions a cycle, and in small operations that is the limit: 64 inputs a warp and 16 warps, with a third more
// instructions a byte and divisions in every operation, took 683 us where this takes 468.
// H200, bf16, context 384: Qwen2.5-0.5B 1 row 468 us (chain of launches 629), 2 rows 545 (678), 4 rows 630 (704), 8 rows 769 (752);
// Llama-3.1-8B 1 row 3,825 us, 3.92 TB/s (3,923), 2 rows 3,914 (4,192). Of a layer of Qwen2.5-0.5B, 16 us, attention is 3.2; the way of a word
// from the block that stores it to the one that polls for it is 0.5 us.
#include "decode_attention.cuh"
#include "decode_product.cuh"

__device__ __forceinline__ void embed(const Operation& op, unsigned tag, const int* tokenIds, const int* drawn, float scale) {
    const Step& step = theStep();
    int quarter = op.outputs / 4;
    for (int i = firstTile(op) * blockDim.x + threadIdx.x; i < step.rows * quarter; i += gridDim.x * blockDim.x) {
        int row = i / quarter, id = tokenIds[row];
        uint2 x = *(const uint2*) ((const element*) op.memory + (size_t) (id < 0 ? drawn[-1 - id] : id) * op.outputs + i % quarter * 4);
        float2 a = unpack2(x.x), b = unpack2(x.y);
        storeWords(step.words + op.target + i * 2, pack2(a.x * scale, a.y * scale), pack2(b.x * scale, b.y * scale), tag);
    }
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP, 1)
decode_step(const uint4* operations, int count, word* words, int* state, const int* tokenIds, const int* drawn, float embeddingScale,
            const int* positions, const int* slots, const int* contextLengths, const int* blockTables, int maxBlocks, float* logits, int rows,
            int heads, int kvHeads, int splits, int partials, float eps, float scale, float softCap) {
    startSuccessor();
    const int vectors = count * (sizeof(Operation) / 16);
    for (int i = threadIdx.x; i < vectors; i += blockDim.x) {
        shared[sizeof(Layout) / 16 + i] = operations[i];
    }
    if (threadIdx.x < UNIT / 8) {
        layout().zeros[threadIdx.x] = make_uint4(0, 0, 0, 0);
    }
    if (threadIdx.x == 0) {
        layout().step = {words, blockTables, logits, rows, maxBlocks, heads, kvHeads, splits, partials, eps, scale,
                         softCap, (int) sizeof(Layout) + vectors * 16};
    }
    __syncthreads();
    Weights weights(count);
    waitForPredecessors();
    if (threadIdx.x < rows) {
        layout().contexts[threadIdx.x] = contextLengths[threadIdx.x];
        layout().slots[threadIdx.x] = slots[threadIdx.x];
        layout().positions[threadIdx.x] = positions[threadIdx.x];
    }
    __syncthreads();
    int run = *(volatile int*) state;
    int parity = 0;
    unsigned base = (unsigned) run * count + 1; // the tag of the first operation
    int parts = rows * kvHeads * ((heads / kvHeads + HEADS - 1) / HEADS) * splits;
#pragma unroll 1
    for (int i = 0; i < count; i++) {
        const Operation& op = operationAt(i);
        if (op.kind == EMBED) {
            embed(op, base + i, tokenIds, drawn, embeddingScale);
        } else if (op.kind != ATTEND) {
            multiply(op, i, base, weights, parity);
        } else if (firstTile(op) < parts) {
            attend(i, base + i);
        }
    }
    __syncthreads();
    if (threadIdx.x == 0 && atomicAdd(state + 1, 1) == (int) gridDim.x - 1) { // the last: everybody has read the number of this run
        state[1] = 0;
        state[0] = run + 1;
    }
}
