// Causal attention of chunks of queries over paged keys and values, for any mixture of sequences in a step: prefill. Sequences with fewer than
// leastQueries queries are left out: 2 leaves single queries to attention_decode, 1 takes all.
//
// The rows of a block are queries times the heads that share a kv head: 128 rows of one sequence and kv head, 16 a warp, so that tiles of
// keys and values in shared memory serve all heads of the group. Softmax is online, in float32 and in powers of two; products are mma.sync
// (sm_80 and later). Tiles are copied asynchronously, the next while this one is multiplied.
//
// Launch: grid (ceil(T * heads / kvHeads / 128) + S, kvHeads), block 256, dynamic shared memory
//   keys = D <= 128 ? 64 : 32, rowUnits = (D / 8) | 1, kvRowUnits = KV_FP8 ? (D / 16) | 1 : rowUnits
//   16 * (2 * 2 * keys * kvRowUnits + (KV_FP8 ? 2 * keys * rowUnits : 0) + (D > 128 ? 128 * rowUnits : 0))
// Bound by the tensor cores: 4 * D * heads operations a pair of query and key in sight.
// H200, bf16, 32 / 8 heads of 128: 2,048 tokens 200 us, 172 TFLOP/s; 8,192 tokens 2.33 ms, 235; 16 x 512 tokens 241 us, 143. What it reads of
// shared memory bounds it: each warp multiplies a tile by 16 rows only (256 KB a tile and block, at 128 bytes a cycle).
#include "device.cuh"
#include "kv.cuh"
#include "mma.cuh"
#include "row_tiles.cuh"

#define WARPS 8
#define ROWS (WARPS * 16)
#define KEYS (HEAD_DIM <= 128 ? 64 : 32)
#define KEY_PAIRS (KEYS / 16)
#define STEPS ((HEAD_DIM + 15) / 16)
#define COLUMNS (STEPS * 2)
#define UNITS (HEAD_DIM * 2 / 16)
#define ROW_UNITS (UNITS | 1) // odd, so that 8 rows lie in 8 different bank groups
#define KV_UNITS (HEAD_DIM * (int) sizeof(kv_element) / 16)
#define KV_ROW_UNITS (KV_UNITS | 1)
#define STAGE_UNITS (2 * KEYS * KV_ROW_UNITS)
#define CONVERTED_UNITS (KV_FP8 ? 2 * KEYS * ROW_UNITS : 0)
#define QUERIES_SHARED (HEAD_DIM > 128) // else they stay in registers

static_assert(HEAD_DIM * sizeof(kv_element) % 16 == 0, "a cached row is copied in 16-byte units");

extern "C" __global__ void __launch_bounds__(WARPS * WARP, 1)
attention_prefill(const element* qkv, const kv_element* cache, const int* queryStarts, const int* contextLengths, const int* blockTables,
                  int maxBlocks, int sequences, int heads, int kvHeads, float scale, int window, float softCap, float keyScale,
                  float valueScale, int leastQueries, element* out) {
    extern __shared__ uint4 shared[];
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
    int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP, group = lane / 4, quad = lane % 4;
    int start = queryStarts[sequence], queries = queryStarts[sequence + 1] - start;
    int before = contextLengths[sequence] - queries; // keys before the step's
    int allRows = queries * sharing;
    int firstRow = rowTile * ROWS, lastRow = min(firstRow + ROWS, allRows) - 1;
    int firstKey = window > 0 ? max(0, before + firstRow / sharing - window + 1) : 0;
    int endKey = before + lastRow / sharing + 1;
    const int* table = blockTables + (size_t) sequence * maxBlocks;

    auto copyTile = [&](int tile, uint4* stage) {
#pragma unroll
        for (int i = threadIdx.x; i < KEYS * KV_UNITS; i += WARPS * WARP) {
            int key = i / KV_UNITS, unit = i % KV_UNITS, position = tile * KEYS + key;
            bool valid = position < endKey;
            int block = valid ? table[position / BLOCK_TOKENS] : 0;
            const uint4* from = (const uint4*) (cache + kvOffset(block, 0, kvHead, kvHeads)) + position % BLOCK_TOKENS * KV_UNITS + unit;
            copyAsync(stage + key * KV_ROW_UNITS + unit, from, valid);
            copyAsync(stage + (KEYS + key) * KV_ROW_UNITS + unit, from + (size_t) kvHeads * BLOCK_TOKENS * KV_UNITS, valid);
        }
        commitCopies();
    };
    int firstTile = firstKey / KEYS, endTile = (endKey + KEYS - 1) / KEYS;
    copyTile(firstTile, shared);

    // This lane's two rows: of the tensor operand, group and group + 8.
    int position[2];
    const element* query[2];
#pragma unroll
    for (int r = 0; r < 2; r++) {
        int row = min(firstRow + warp * 16 + group + r * 8, allRows - 1); // rows beyond the end repeat the last and are not written
        position[r] = before + row / sharing;
        query[r] = qkv + ((size_t) (start + row / sharing) * (heads + 2 * kvHeads) + kvHead * sharing + row % sharing) * HEAD_DIM;
    }
    unsigned q[QUERIES_SHARED ? 1 : STEPS][4];
    uint4* queryRows = shared + 2 * STAGE_UNITS + CONVERTED_UNITS + warp * 16 * ROW_UNITS;
    if (QUERIES_SHARED) {
        for (int i = lane; i < 16 * UNITS; i += WARP) {
            int row = min(firstRow + warp * 16 + i / UNITS, allRows - 1);
            queryRows[i / UNITS * ROW_UNITS + i % UNITS] =
                ((const uint4*) (qkv + ((size_t) (start + row / sharing) * (heads + 2 * kvHeads) + kvHead * sharing + row % sharing) * HEAD_DIM))[i % UNITS];
        }
        __syncwarp();
    } else {
#pragma unroll
        for (int step = 0; step < STEPS; step++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                int column = step * 16 + quad * 2 + i / 2 * 8;
                q[QUERIES_SHARED ? 0 : step][i] = column < HEAD_DIM ? *(const unsigned*) (query[i % 2] + column) : 0u;
            }
        }
    }

    float o[COLUMNS][4] = {};
    float maximum[2] = {NEGATIVE_INFINITY, NEGATIVE_INFINITY}, sum[2] = {0.f, 0.f};
    const float log2e = 1.4426950408889634f;
    float factor = scale * keyScale;
    float exponent = softCap > 0.f ? log2e : factor * log2e;
    int warpFirst = before + min(firstRow + warp * 16, allRows - 1) / sharing, warpLast = before + min(firstRow + warp * 16 + 15, allRows - 1) / sharing;

    for (int tile = firstTile; tile < endTile; tile++) {
        uint4* stage = shared + (tile - firstTile) % 2 * STAGE_UNITS;
        waitForCopies<0>();
        __syncthreads();
        if (tile + 1 < endTile) {
            copyTile(tile + 1, shared + (tile + 1 - firstTile) % 2 * STAGE_UNITS);
        }
#if KV_FP8
        uint4* converted = shared + 2 * STAGE_UNITS;
        for (int i = threadIdx.x; i < 2 * KEYS * KV_UNITS; i += WARPS * WARP) {
            int row = i / KV_UNITS, unit = i % KV_UNITS;
            uint4 v = stage[row * KV_ROW_UNITS + unit];
            uint4* target = converted + row * ROW_UNITS + unit * 2;
            target[0] = make_uint4(fromE4m3Pair(v.x & 0xFFFF), fromE4m3Pair(v.x >> 16), fromE4m3Pair(v.y & 0xFFFF), fromE4m3Pair(v.y >> 16));
            target[1] = make_uint4(fromE4m3Pair(v.z & 0xFFFF), fromE4m3Pair(v.z >> 16), fromE4m3Pair(v.w & 0xFFFF), fromE4m3Pair(v.w >> 16));
        }
        __syncthreads();
        stage = converted;
#endif
        int key = tile * KEYS;
        bool inSight = key <= warpLast && (window == 0 || key + KEYS > warpFirst - window + 1);
        if (inSight) {
            unsigned keys = sharedAddress(stage), values = keys + KEYS * ROW_UNITS * 16;
            float s[KEY_PAIRS * 2][4] = {};
#pragma unroll
            for (int step = 0; step < STEPS; step++) {
                unsigned loaded[4];
                if (QUERIES_SHARED) {
                    loadMatrices(loaded, sharedAddress(queryRows) + (lane % 16 * ROW_UNITS + step * 2 + lane / 16) * 16);
                }
                const unsigned(&a)[4] = QUERIES_SHARED ? loaded : q[QUERIES_SHARED ? 0 : step];
#pragma unroll
                for (int pair = 0; pair < KEY_PAIRS; pair++) {
                    unsigned k[4]; // keys 0-7 and 8-15 at 8 columns, then the same at the next 8
                    loadMatrices(k, keys + ((pair * 16 + lane % 16) * ROW_UNITS + min(step * 2 + lane / 16, UNITS - 1)) * 16);
                    if (HEAD_DIM % 16 != 0 && step == STEPS - 1) {
                        k[2] = k[3] = 0;
                    }
                    multiplyAdd(s[pair * 2], a[0], a[1], a[2], a[3], k[0], k[2]);
                    multiplyAdd(s[pair * 2 + 1], a[0], a[1], a[2], a[3], k[1], k[3]);
                }
            }
            if (softCap > 0.f) {
#pragma unroll
                for (int n = 0; n < KEY_PAIRS * 2; n++) {
#pragma unroll
                    for (int i = 0; i < 4; i++) {
                        s[n][i] = softCap * tanhf(s[n][i] * factor / softCap);
                    }
                }
            }
            if (key + KEYS - 1 > warpFirst || (window > 0 && key < warpLast - window + 1)) {
#pragma unroll
                for (int n = 0; n < KEY_PAIRS * 2; n++) {
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
                for (int n = 0; n < KEY_PAIRS * 2; n++) {
                    largest = fmaxf(largest, fmaxf(s[n][r * 2], s[n][r * 2 + 1]));
                }
                largest = fmaxf(largest, __shfl_xor_sync(FULL_MASK, largest, 1));
                largest = fmaxf(largest, __shfl_xor_sync(FULL_MASK, largest, 2));
                base[r] = largest == NEGATIVE_INFINITY ? 0.f : largest * exponent; // a row may see nothing of this tile yet
                keep[r] = powerOfTwo(maximum[r] * exponent - base[r]);
                maximum[r] = largest;
                sum[r] *= keep[r];
            }
#pragma unroll
            for (int n = 0; n < KEY_PAIRS * 2; n++) {
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    s[n][i] = powerOfTwo(s[n][i] * exponent - base[i / 2]);
                    sum[i / 2] += s[n][i];
                }
            }
#pragma unroll
            for (int c = 0; c < COLUMNS; c++) {
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    o[c][i] *= keep[i / 2];
                }
            }
#pragma unroll
            for (int pair = 0; pair < KEY_PAIRS; pair++) {
                unsigned p0 = pack2(s[pair * 2][0], s[pair * 2][1]), p1 = pack2(s[pair * 2][2], s[pair * 2][3]);
                unsigned p2 = pack2(s[pair * 2 + 1][0], s[pair * 2 + 1][1]), p3 = pack2(s[pair * 2 + 1][2], s[pair * 2 + 1][3]);
#pragma unroll
                for (int c = 0; c < COLUMNS; c += 2) {
                    unsigned v[4];
                    loadTransposed(v, values + ((pair * 16 + lane % 16) * ROW_UNITS + min(c + lane / 16, UNITS - 1)) * 16);
                    multiplyAdd(o[c], p0, p1, p2, p3, v[0], v[1]);
                    multiplyAdd(o[c + 1], p0, p1, p2, p3, v[2], v[3]);
                }
            }
        }
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
