// Causal attention of chunks of queries over paged keys and values on Hopper's warpgroup products: what attention_prefill computes, with the
// same arguments and grid, for head sizes 64 and 128, elements of 16 bits in the cache, and sm_90a. attention_prefill is its twin elsewhere.
//
// A block is a warpgroup that copies and two that multiply, 64 rows each (queries times the heads that share a kv head). Queries, and tiles of
// 128 keys and values in two stages, lie in shared memory in the 128-byte swizzle that wgmma reads; probabilities are operands in registers. While
// a tile's probabilities are made, the products of the tile before with its values run, and the other warpgroup's.
//
// Launch: grid (ceil(T * heads / kvHeads / 128) + S, kvHeads), block 384, dynamic shared memory 1024 + 1280 * D.
// H200, bf16, 32 / 8 heads of 128: 2,048 tokens 101 us, 341 TFLOP/s (the twin: 172); 8,192 tokens 1.04 ms, 527 (235); 16 x 512 tokens 163 us, 211
// (143). 14 / 2 heads of 64, 8,192 tokens: 349 us, 344 (177).
#include "device.cuh"
#include "kv.cuh"
#include "row_tiles.cuh"
#include "wgmma.cuh"

static_assert(HEAD_DIM == 64 || HEAD_DIM == 128, "heads of 64 or 128");
static_assert(!KV_FP8, "elements of 16 bits");
static_assert(BLOCK_TOKENS % 16 == 0, "16 tokens at a time are of one block");

#define CONSUMERS 2
#define THREADS ((CONSUMERS + 1) * 128)
#define ROWS (CONSUMERS * 64)
#define KEYS 128
#define UNITS (HEAD_DIM / 8)
#define STEPS (HEAD_DIM / 16)
#define PANEL_BYTES (KEYS * 128) // 64 columns of all keys, or of all rows of queries
#define TILE_BYTES (KEYS * HEAD_DIM * 2)
#define STAGES 2

static_assert(ROWS == KEYS, "panels of queries are as large as those of keys");

/** One of 16 barriers by name, of the two multiplying warpgroups: the one waits until the other has arrived. */
__device__ __forceinline__ void awaitTurn(int warpgroup) { asm volatile("bar.sync %0, 256;" :: "r"(2 + warpgroup) : "memory"); }
__device__ __forceinline__ void giveTurn(int warpgroup) { asm volatile("bar.arrive %0, 256;" :: "r"(2 + warpgroup) : "memory"); }

extern "C" __global__ void __launch_bounds__(THREADS, 1)
attention_prefill_wgmma(const element* qkv, const kv_element* cache, const int* queryStarts, const int* contextLengths, const int* blockTables,
                        int maxBlocks, int sequences, int heads, int kvHeads, float scale, int window, float softCap, float keyScale,
                        float valueScale, int leastQueries, element* out) {
    extern __shared__ char unaligned[];
    __shared__ unsigned long long barriers[4 * STAGES];
    startSuccessor();
    waitForPredecessors();
    int sharing = heads / kvHeads, kvHead = blockIdx.y;
    int sequence, rowTile;
    auto rowsOf = [&](int s) {
        int queries = queryStarts[s + 1] - queryStarts[s];
        return queries < leastQueries ? 0 : queries * sharing;
    };
    // The last rows see the most keys: they start first.
    if (!findTile<ROWS>(sequences, rowsOf, (int) (gridDim.x - 1 - blockIdx.x), sequence, rowTile)) {
        return;
    }
    unsigned queriesShared = (sharedAddress(unaligned) + 1023) & ~1023u, tiles = queriesShared + TILE_BYTES;
    auto keysOf = [&](int stage) { return tiles + stage * 2 * TILE_BYTES; };
    auto valuesOf = [&](int stage) { return tiles + stage * 2 * TILE_BYTES + TILE_BYTES; };
    // Keys and values of a stage: full when all who copy have arrived, empty when all who multiply have.
    auto keysFull = [&](int stage) { return sharedAddress(barriers + stage); };
    auto valuesFull = [&](int stage) { return sharedAddress(barriers + STAGES + stage); };
    auto keysEmpty = [&](int stage) { return sharedAddress(barriers + 2 * STAGES + stage); };
    auto valuesEmpty = [&](int stage) { return sharedAddress(barriers + 3 * STAGES + stage); };
    if (threadIdx.x == 0) {
        for (int stage = 0; stage < STAGES; stage++) {
            initialize(keysFull(stage), 128);
            initialize(valuesFull(stage), 128);
            initialize(keysEmpty(stage), CONSUMERS * 4);
            initialize(valuesEmpty(stage), CONSUMERS * 4);
        }
    }
    __syncthreads();
    int start = queryStarts[sequence], queries = queryStarts[sequence + 1] - start;
    int before = contextLengths[sequence] - queries; // keys before the step's
    int allRows = queries * sharing;
    int firstRow = rowTile * ROWS, lastRow = min(firstRow + ROWS, allRows) - 1;
    int firstKey = window > 0 ? max(0, before + firstRow / sharing - window + 1) : 0;
    int endKey = before + lastRow / sharing + 1;
    int firstTile = firstKey / KEYS, endTile = (endKey + KEYS - 1) / KEYS;

    if (threadIdx.x < 128) {
        asm volatile("setmaxnreg.dec.sync.aligned.u32 40;");
        const int* table = blockTables + (size_t) sequence * maxBlocks;
        int unit = threadIdx.x % UNITS, firstOf = threadIdx.x / UNITS;
        // A thread's rows are a multiple of 8 apart: the swizzle is the same for all.
        unsigned to = unit / 8 * PANEL_BYTES + firstOf * 128 + ((unit ^ firstOf) & 7) * 16;
        const int apart = 128 / UNITS;
        auto copy = [&](int tile, int isValue, unsigned stage) {
#pragma unroll
            for (int sixteen = 0; sixteen < KEYS; sixteen += 16) {
                int position = tile * KEYS + sixteen;
                int block = position < endKey ? table[position / BLOCK_TOKENS] : 0;
                const element* from = cache + kvOffset(block, isValue, kvHead, kvHeads) + (position % BLOCK_TOKENS + firstOf) * HEAD_DIM + unit * 8;
#pragma unroll
                for (int key = 0; key < 16; key += apart) {
                    copyAsyncTo(stage + to + (sixteen + key) * 128, from + key * HEAD_DIM, position + firstOf + key < endKey);
                }
            }
            commitCopies();
        };
        for (int n = 0; n < endTile - firstTile; n++) {
            int stage = n % STAGES;
            unsigned parity = n / STAGES % 2;
            await(keysEmpty(stage), parity ^ 1);
            copy(firstTile + n, 0, keysOf(stage));
            if (n > 0) {
                waitForCopies<1>();
                fenceShared();
                arrive(valuesFull((n - 1) % STAGES));
            }
            await(valuesEmpty(stage), parity ^ 1);
            copy(firstTile + n, 1, valuesOf(stage));
            waitForCopies<1>();
            fenceShared();
            arrive(keysFull(stage));
        }
        waitForCopies<0>();
        fenceShared();
        arrive(valuesFull((endTile - firstTile - 1) % STAGES));
    } else {
        asm volatile("setmaxnreg.inc.sync.aligned.u32 232;");
        int warpgroup = threadIdx.x / 128 - 1, thread = threadIdx.x % 128;
        int lane = thread % WARP, warp = thread / WARP, group = lane / 4, quad = lane % 4;
        int groupRow = firstRow + warpgroup * 64;
        auto rowOffset = [&](int row, int headsOfRow) { return (size_t) (start + row / sharing) * headsOfRow + kvHead * sharing + row % sharing; };
        for (int i = thread; i < 64 * UNITS; i += 128) {
            int r = i / UNITS, unit = i % UNITS;
            int row = min(groupRow + r, allRows - 1); // rows beyond the end repeat the last and are not written
            copyAsyncTo(queriesShared + unit / 8 * PANEL_BYTES + (warpgroup * 64 + r) * 128 + ((unit ^ r) & 7) * 16,
                        qkv + rowOffset(row, heads + 2 * kvHeads) * HEAD_DIM + unit * 8, true);
        }
        commitCopies();
        waitForCopies<0>();
        fenceShared();
        asm volatile("bar.sync %0, 128;" :: "r"(4 + warpgroup) : "memory");

        int position[2];
#pragma unroll
        for (int r = 0; r < 2; r++) {
            position[r] = before + min(groupRow + warp * 16 + group + r * 8, allRows - 1) / sharing;
        }
        float o[HEAD_DIM / 8][4] = {}, s[KEYS / 8][4];
        unsigned p[KEYS / 16][4];
        float maximum[2] = {NEGATIVE_INFINITY, NEGATIVE_INFINITY}, sum[2] = {0.f, 0.f}, keep[2];
        const float log2e = 1.4426950408889634f;
        float factor = scale * keyScale;
        float exponent = softCap > 0.f ? log2e : factor * log2e;
        int groupFirst = before + min(groupRow, allRows - 1) / sharing, groupLast = before + min(groupRow + 63, allRows - 1) / sharing;

        auto multiplyKeys = [&](int stage) {
            unsigned a = queriesShared + warpgroup * 64 * 128, b = keysOf(stage);
            hold(s);
            fenceWarpgroup();
#pragma unroll
            for (int step = 0; step < STEPS; step++) {
                unsigned at = step / 4 * PANEL_BYTES + step % 4 * 32;
                multiplyShared(s, describe(a + at, PANEL_BYTES), describe(b + at, PANEL_BYTES), step > 0);
            }
            commitProducts();
        };
        auto multiplyValues = [&](int stage) {
            unsigned b = valuesOf(stage);
            hold(o);
            hold(p);
            fenceWarpgroup();
#pragma unroll
            for (int step = 0; step < KEYS / 16; step++) {
                multiplyRegisters(o, p[step], describe(b + step * 2048, PANEL_BYTES));
            }
            commitProducts();
        };
        auto release = [&](unsigned barrier) {
            if (lane == 0) {
                arrive(barrier);
            }
        };
        // Scores of a tile become probabilities, relative to the largest score so far; keep is what earlier ones shrink by.
        auto weigh = [&](int tile) {
            int key = tile * KEYS;
            if (softCap > 0.f) {
#pragma unroll
                for (int n = 0; n < KEYS / 8; n++) {
#pragma unroll
                    for (int i = 0; i < 4; i++) {
                        s[n][i] = softCap * tanhf(s[n][i] * factor / softCap);
                    }
                }
            }
            if (key + KEYS - 1 > groupFirst || (window > 0 && key < groupLast - window + 1)) {
#pragma unroll
                for (int n = 0; n < KEYS / 8; n++) {
#pragma unroll
                    for (int i = 0; i < 4; i++) {
                        int at = key + n * 8 + quad * 2 + i % 2, row = position[i / 2];
                        if (at > row || (window > 0 && at <= row - window)) {
                            s[n][i] = NEGATIVE_INFINITY;
                        }
                    }
                }
            }
#pragma unroll
            for (int r = 0; r < 2; r++) {
                float largest = maximum[r];
#pragma unroll
                for (int n = 0; n < KEYS / 8; n++) {
                    largest = fmaxf(largest, fmaxf(s[n][r * 2], s[n][r * 2 + 1]));
                }
                largest = fmaxf(largest, __shfl_xor_sync(FULL_MASK, largest, 1));
                largest = fmaxf(largest, __shfl_xor_sync(FULL_MASK, largest, 2));
                float base = largest == NEGATIVE_INFINITY ? 0.f : largest * exponent; // a row may see nothing of this tile yet
                keep[r] = powerOfTwo(maximum[r] * exponent - base);
                maximum[r] = largest;
                float total = 0.f;
#pragma unroll
                for (int n = 0; n < KEYS / 8; n++) {
#pragma unroll
                    for (int i = r * 2; i < r * 2 + 2; i++) {
                        s[n][i] = powerOfTwo(s[n][i] * exponent - base);
                        total += s[n][i];
                    }
                }
                sum[r] = sum[r] * keep[r] + total;
            }
        };
        auto packProbabilities = [&] {
#pragma unroll
            for (int n = 0; n < KEYS / 8; n++) {
                p[n / 2][n % 2 * 2] = pack2(s[n][0], s[n][1]);
                p[n / 2][n % 2 * 2 + 1] = pack2(s[n][2], s[n][3]);
            }
        };

        if (warpgroup == 1) {
            giveTurn(0);
        }
        await(keysFull(0), 0);
        awaitTurn(warpgroup);
        multiplyKeys(0);
        giveTurn(1 - warpgroup);
        waitForProducts<0>();
        hold(s);
        release(keysEmpty(0));
        weigh(firstTile);
        packProbabilities();
        int last = endTile - firstTile - 1;
        for (int n = 1; n <= last; n++) {
            int stage = n % STAGES, previous = (n - 1) % STAGES;
            await(keysFull(stage), n / STAGES % 2);
            awaitTurn(warpgroup);
            multiplyKeys(stage);
            await(valuesFull(previous), (n - 1) / STAGES % 2);
            multiplyValues(previous);
            giveTurn(1 - warpgroup);
            waitForProducts<1>();
            hold(s);
            release(keysEmpty(stage));
            weigh(firstTile + n);
            waitForProducts<0>();
            hold(o);
            hold(p);
            release(valuesEmpty(previous));
#pragma unroll
            for (int c = 0; c < HEAD_DIM / 8; c++) {
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    o[c][i] *= keep[i / 2];
                }
            }
            packProbabilities();
        }
        if (warpgroup == 0) {
            awaitTurn(0); // the last that was given
        }
        await(valuesFull(last % STAGES), last / STAGES % 2);
        multiplyValues(last % STAGES);
        waitForProducts<0>();
        hold(o);
        hold(p);

#pragma unroll
        for (int r = 0; r < 2; r++) {
            sum[r] += __shfl_xor_sync(FULL_MASK, sum[r], 1);
            sum[r] += __shfl_xor_sync(FULL_MASK, sum[r], 2);
            int row = groupRow + warp * 16 + group + r * 8;
            if (row < allRows) {
                float inverse = valueScale / sum[r];
                element* target = out + rowOffset(row, heads) * HEAD_DIM + quad * 2;
#pragma unroll
                for (int c = 0; c < HEAD_DIM / 8; c++) {
                    *(unsigned*) (target + c * 8) = pack2(o[c][r * 2] * inverse, o[c][r * 2 + 1] * inverse);
                }
            }
        }
    }
}
