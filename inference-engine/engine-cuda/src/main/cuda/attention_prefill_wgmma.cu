// Causal attention of chunks of queries over paged keys and values on Hopper's warpgroup products: what attention_prefill computes, with the
// same arguments and grid, for head size 64, elements of 16 bits in the cache, and sm_90a. attention_prefill is its twin elsewhere.
//
// A block is two warpgroups of 64 rows each (queries times the heads that share a kv head). Tiles of 128 keys and values lie in shared memory
// in the 128-byte swizzle that wgmma reads; queries and probabilities are operands in registers. The copies of the next tile run while this
// one is multiplied, and one warpgroup's softmax while the other's products do.
//
// Launch: grid (ceil(T * heads / kvHeads / 128) + S, kvHeads), block 256, dynamic shared memory 1024 + 1024 * D.
// H200, 14 / 2 heads of 64: 8,192 tokens 480 us, 251 TFLOP/s (the twin: 676 us, 178). With heads of 128 the same code reached 348 TFLOP/s at
// 8,192 tokens (the twin: 235) but what it computed from a context's second 128 keys on was wrong, so it refuses them.
#include "device.cuh"
#include "kv.cuh"
#include "mma.cuh"

static_assert(HEAD_DIM == 64, "checked for heads of 64 alone");
static_assert(!KV_FP8, "elements of 16 bits");

#define WARPGROUPS 2
#define THREADS (WARPGROUPS * 128)
#define ROWS (WARPGROUPS * 64)
#define KEYS 128
#define UNITS (HEAD_DIM / 8)
#define STEPS (HEAD_DIM / 16)
#define PANEL_BYTES (KEYS * 128) // 64 columns of all keys
#define TILE_BYTES (KEYS * HEAD_DIM * 2)

#if ELEMENT == 1
#define MMA_TYPE "bf16"
#else
#define MMA_TYPE "f16"
#endif

/** d[64, 128] (+)= a[64, 16] of registers * b[16, 128] of shared memory; TRANSPOSED: b's rows are contiguous, not its columns. */
template <int TRANSPOSED>
__device__ __forceinline__ void multiplyWarpgroup(float (&d)[16][4], const unsigned (&a)[4], unsigned long long b, int accumulate) {
    asm volatile("{.reg .pred p; setp.ne.b32 p, %69, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n128k16.f32." MMA_TYPE "." MMA_TYPE " "
                 "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, %16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, %32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, %48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63}, "
                 "{%64, %65, %66, %67}, %68, p, 1, 1, %70;}"
                 : "+f"(d[0][0]), "+f"(d[0][1]), "+f"(d[0][2]), "+f"(d[0][3]), "+f"(d[1][0]), "+f"(d[1][1]), "+f"(d[1][2]), "+f"(d[1][3]), "+f"(d[2][0]), "+f"(d[2][1]), "+f"(d[2][2]), "+f"(d[2][3]), "+f"(d[3][0]), "+f"(d[3][1]), "+f"(d[3][2]), "+f"(d[3][3]), "+f"(d[4][0]), "+f"(d[4][1]), "+f"(d[4][2]), "+f"(d[4][3]), "+f"(d[5][0]), "+f"(d[5][1]), "+f"(d[5][2]), "+f"(d[5][3]), "+f"(d[6][0]), "+f"(d[6][1]), "+f"(d[6][2]), "+f"(d[6][3]), "+f"(d[7][0]), "+f"(d[7][1]), "+f"(d[7][2]), "+f"(d[7][3]), "+f"(d[8][0]), "+f"(d[8][1]), "+f"(d[8][2]), "+f"(d[8][3]), "+f"(d[9][0]), "+f"(d[9][1]), "+f"(d[9][2]), "+f"(d[9][3]), "+f"(d[10][0]), "+f"(d[10][1]), "+f"(d[10][2]), "+f"(d[10][3]), "+f"(d[11][0]), "+f"(d[11][1]), "+f"(d[11][2]), "+f"(d[11][3]), "+f"(d[12][0]), "+f"(d[12][1]), "+f"(d[12][2]), "+f"(d[12][3]), "+f"(d[13][0]), "+f"(d[13][1]), "+f"(d[13][2]), "+f"(d[13][3]), "+f"(d[14][0]), "+f"(d[14][1]), "+f"(d[14][2]), "+f"(d[14][3]), "+f"(d[15][0]), "+f"(d[15][1]), "+f"(d[15][2]), "+f"(d[15][3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "r"(accumulate), "n"(TRANSPOSED));
}

/** d[64, 64] (+)= a[64, 16] of registers * b[16, 64] of shared memory; TRANSPOSED: b's rows are contiguous, not its columns. */
template <int TRANSPOSED>
__device__ __forceinline__ void multiplyWarpgroup(float (&d)[8][4], const unsigned (&a)[4], unsigned long long b, int accumulate) {
    asm volatile("{.reg .pred p; setp.ne.b32 p, %37, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n64k16.f32." MMA_TYPE "." MMA_TYPE " "
                 "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, %16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31}, "
                 "{%32, %33, %34, %35}, %36, p, 1, 1, %38;}"
                 : "+f"(d[0][0]), "+f"(d[0][1]), "+f"(d[0][2]), "+f"(d[0][3]), "+f"(d[1][0]), "+f"(d[1][1]), "+f"(d[1][2]), "+f"(d[1][3]), "+f"(d[2][0]), "+f"(d[2][1]), "+f"(d[2][2]), "+f"(d[2][3]), "+f"(d[3][0]), "+f"(d[3][1]), "+f"(d[3][2]), "+f"(d[3][3]), "+f"(d[4][0]), "+f"(d[4][1]), "+f"(d[4][2]), "+f"(d[4][3]), "+f"(d[5][0]), "+f"(d[5][1]), "+f"(d[5][2]), "+f"(d[5][3]), "+f"(d[6][0]), "+f"(d[6][1]), "+f"(d[6][2]), "+f"(d[6][3]), "+f"(d[7][0]), "+f"(d[7][1]), "+f"(d[7][2]), "+f"(d[7][3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "r"(accumulate), "n"(TRANSPOSED));
}

/** Makes what was written to registers and, with it, shared memory visible to the products that follow. */
__device__ __forceinline__ void fenceWarpgroup() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
__device__ __forceinline__ void commitWarpgroup() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }
__device__ __forceinline__ void waitWarpgroup() { asm volatile("wgmma.wait_group.sync.aligned 0;" ::: "memory"); }

/** Sums that a product under way writes: the compiler may not move what reads or changes them across this. */
template <int N>
__device__ __forceinline__ void hold(float (&d)[N][4]) {
#pragma unroll
    for (int n = 0; n < N; n++) {
        asm volatile("" : "+f"(d[n][0]), "+f"(d[n][1]), "+f"(d[n][2]), "+f"(d[n][3]) :: "memory");
    }
}

/**
 * A matrix in shared memory in the 128-byte swizzle: 8 rows of 128 bytes are a kilobyte, the next 8 follow. What lies beyond 64 columns is
 * PANEL_BYTES further, which only operands with contiguous rows need to say.
 */
__device__ __forceinline__ unsigned long long describe(unsigned address) {
    return (unsigned long long) (address >> 4 & 0x3FFF) | (unsigned long long) (PANEL_BYTES >> 4) << 16 | (unsigned long long) (1024 >> 4) << 32 | 1ull << 62;
}

/** Which sequence the block's rows belong to and how many tiles of rows come before in it; false if there is no such tile. */
__device__ __forceinline__ bool findTile(const int* queryStarts, int sequences, int sharing, int leastQueries, int wanted, int& sequence, int& tile) {
    int lane = threadIdx.x % WARP, before = 0;
    for (int base = 0; base < sequences; base += WARP) {
        int s = base + lane, tiles = 0;
        if (s < sequences) {
            int queries = queryStarts[s + 1] - queryStarts[s];
            tiles = queries < leastQueries ? 0 : (queries * sharing + ROWS - 1) / ROWS;
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

extern "C" __global__ void __launch_bounds__(THREADS, 1)
attention_prefill_wgmma(const element* qkv, const kv_element* cache, const int* queryStarts, const int* contextLengths, const int* blockTables,
                        int maxBlocks, int sequences, int heads, int kvHeads, float scale, int window, float softCap, float keyScale,
                        float valueScale, int leastQueries, element* out) {
    extern __shared__ char unaligned[];
    startSuccessor();
    waitForPredecessors();
    int sharing = heads / kvHeads, kvHead = blockIdx.y;
    int sequence, rowTile;
    // The last rows see the most keys: they start first.
    if (!findTile(queryStarts, sequences, sharing, leastQueries, (int) (gridDim.x - 1 - blockIdx.x), sequence, rowTile)) {
        return;
    }
    unsigned shared = (sharedAddress(unaligned) + 1023) & ~1023u;
    int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP, group = lane / 4, quad = lane % 4;
    int start = queryStarts[sequence], queries = queryStarts[sequence + 1] - start;
    int before = contextLengths[sequence] - queries; // keys before the step's
    int allRows = queries * sharing;
    int firstRow = rowTile * ROWS, lastRow = min(firstRow + ROWS, allRows) - 1;
    int firstKey = window > 0 ? max(0, before + firstRow / sharing - window + 1) : 0;
    int endKey = before + lastRow / sharing + 1;
    const int* table = blockTables + (size_t) sequence * maxBlocks;

    auto copyTile = [&](int tile, unsigned stage) {
#pragma unroll
        for (int i = threadIdx.x; i < KEYS * UNITS; i += THREADS) {
            int key = i / UNITS, unit = i % UNITS, position = tile * KEYS + key;
            bool valid = position < endKey;
            int block = valid ? table[position / BLOCK_TOKENS] : 0;
            const uint4* from = (const uint4*) (cache + kvOffset(block, 0, kvHead, kvHeads)) + position % BLOCK_TOKENS * UNITS + unit;
            unsigned to = stage + unit / 8 * PANEL_BYTES + key * 128 + ((unit ^ key) & 7) * 16;
            copyAsyncTo(to, from, valid);
            copyAsyncTo(to + TILE_BYTES, from + (size_t) kvHeads * BLOCK_TOKENS * UNITS, valid);
        }
        commitCopies();
    };
    int firstTile = firstKey / KEYS, endTile = (endKey + KEYS - 1) / KEYS;
    copyTile(firstTile, shared);

    int position[2];
    unsigned q[STEPS][4];
#pragma unroll
    for (int r = 0; r < 2; r++) {
        int row = min(firstRow + warp * 16 + group + r * 8, allRows - 1); // rows beyond the end repeat the last and are not written
        position[r] = before + row / sharing;
        const element* query = qkv + ((size_t) (start + row / sharing) * (heads + 2 * kvHeads) + kvHead * sharing + row % sharing) * HEAD_DIM;
#pragma unroll
        for (int step = 0; step < STEPS; step++) {
            q[step][r] = *(const unsigned*) (query + step * 16 + quad * 2);
            q[step][r + 2] = *(const unsigned*) (query + step * 16 + quad * 2 + 8);
        }
    }

    float o[HEAD_DIM / 8][4] = {};
    float maximum[2] = {NEGATIVE_INFINITY, NEGATIVE_INFINITY}, sum[2] = {0.f, 0.f};
    const float log2e = 1.4426950408889634f;
    float factor = scale * keyScale;
    float exponent = softCap > 0.f ? log2e : factor * log2e;
    int groupRow = firstRow + warp / 4 * 64;
    int groupFirst = before + min(groupRow, allRows - 1) / sharing, groupLast = before + min(groupRow + 63, allRows - 1) / sharing;

    for (int tile = firstTile; tile < endTile; tile++) {
        unsigned keys = shared + (tile - firstTile) % 2 * 2 * TILE_BYTES, values = keys + TILE_BYTES;
        waitForCopies<0>();
        asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
        __syncthreads();
        if (tile + 1 < endTile) {
            copyTile(tile + 1, shared + (tile + 1 - firstTile) % 2 * 2 * TILE_BYTES);
        }
        int key = tile * KEYS;
        if (key > groupLast || (window > 0 && key + KEYS <= groupFirst - window + 1)) {
            continue;
        }
        float s[KEYS / 8][4] = {};
        hold(s);
        fenceWarpgroup();
#pragma unroll
        for (int step = 0; step < STEPS; step++) {
            multiplyWarpgroup<0>(s, q[step], describe(keys + step / 4 * PANEL_BYTES + step % 4 * 32), step > 0);
        }
        commitWarpgroup();
        waitWarpgroup();
        hold(s);

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
        float keep[2], base[2];
#pragma unroll
        for (int r = 0; r < 2; r++) {
            float largest = maximum[r];
#pragma unroll
            for (int n = 0; n < KEYS / 8; n++) {
                largest = fmaxf(largest, fmaxf(s[n][r * 2], s[n][r * 2 + 1]));
            }
            largest = fmaxf(largest, __shfl_xor_sync(FULL_MASK, largest, 1));
            largest = fmaxf(largest, __shfl_xor_sync(FULL_MASK, largest, 2));
            base[r] = largest == NEGATIVE_INFINITY ? 0.f : largest * exponent; // a row may see nothing of this tile yet
            keep[r] = powerOfTwo(maximum[r] * exponent - base[r]);
            maximum[r] = largest;
            sum[r] *= keep[r];
        }
        unsigned p[KEYS / 16][4];
#pragma unroll
        for (int n = 0; n < KEYS / 8; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                s[n][i] = powerOfTwo(s[n][i] * exponent - base[i / 2]);
                sum[i / 2] += s[n][i];
            }
            p[n / 2][n % 2 * 2] = pack2(s[n][0], s[n][1]);
            p[n / 2][n % 2 * 2 + 1] = pack2(s[n][2], s[n][3]);
        }
#pragma unroll
        for (int c = 0; c < HEAD_DIM / 8; c++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                o[c][i] *= keep[i / 2];
            }
        }
        hold(o);
        fenceWarpgroup();
#pragma unroll
        for (int step = 0; step < KEYS / 16; step++) {
            multiplyWarpgroup<1>(o, p[step], describe(values + step * 2048), 1);
        }
        commitWarpgroup();
        waitWarpgroup();
        hold(o);
    }

#pragma unroll
    for (int r = 0; r < 2; r++) {
        sum[r] += __shfl_xor_sync(FULL_MASK, sum[r], 1);
        sum[r] += __shfl_xor_sync(FULL_MASK, sum[r], 2);
        int row = firstRow + warp * 16 + group + r * 8;
        if (row < allRows) {
            float inverse = valueScale / sum[r];
            element* target = out + ((size_t) (start + row / sharing) * heads + kvHead * sharing + row % sharing) * HEAD_DIM + quad * 2;
#pragma unroll
            for (int c = 0; c < HEAD_DIM / 8; c++) {
                *(unsigned*) (target + c * 8) = pack2(o[c][r * 2] * inverse, o[c][r * 2 + 1] * inverse);
            }
        }
    }
}
