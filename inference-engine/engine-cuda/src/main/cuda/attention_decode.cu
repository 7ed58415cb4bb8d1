// Attention of sequences with one query in this step, over paged keys and values: decode. Sequences with another number of queries are left
// to attention_prefill.
//
// The query heads that share a kv head are the rows of one mma operand (up to 16), so keys and values are read once for all of them.
// A block's 4 warps each take every fourth tile of 16 keys through a ring of their own in shared memory and never wait for one another
// until the end. blockIdx.x splits the context (flash-decoding); how many splits have work is decided here from contextLengths, so a launch
// captured in a graph serves every length. The block that finishes a sequence last adds up the splits.
//
// Launch: grid (splits, kvHeads * ceil(heads / kvHeads / 16), S), block 128, dynamic shared memory
//   2048 * (stages * kvRowUnits + (KV_FP8 ? rowUnits : 0)), stages = D <= 128 ? 3 : 2, rowUnits = (D / 8) | 1,
//   kvRowUnits = KV_FP8 ? (D / 16) | 1 : rowUnits.
// Workspace: S * grid.y int counters, zeroed once, padded to a multiple of 256 bytes, then splits * S * grid.y * 16 * (D + 2) floats.
// Splits: 2 * multiprocessors / (grid.y * S) rounded up, at least 1, at most 32, and no more than the longest context / 256.
// Moves 2 * context * kvHeads * D elements a sequence.
// H200, bf16, 32 / 8 heads of 128: 256 x 640 keys 161 us, 4.16 TB/s; 64 x 640 43 us, 3.9; 8 x 1,024 15 us, 2.2; 1 x 8,192 16 us, 2.1;
// 1 x 384 6.3 us, of which reading is 0.3: the rest is a chain of latencies (lengths, block table, keys, softmax, output).
#include "device.cuh"
#include "kv.cuh"
#include "mma.cuh"

#define WARPS 4
#define KEYS 16
#ifndef STAGES // as many as shared memory has room for
#define STAGES (HEAD_DIM <= 128 ? 3 : 2)
#endif
#ifndef LEAST_TILES
#define LEAST_TILES 32 // of a split: adding up splits costs as much as reading 256 keys
#endif
#define MOST_SPLITS 32
#define STEPS ((HEAD_DIM + 15) / 16) // mma steps over the head
#define COLUMNS ((HEAD_DIM + 15) / 16 * 2) // groups of 8 output columns, even for loads of two
#define UNITS (HEAD_DIM * 2 / 16) // 16-byte units of a row of 16-bit elements
#define ROW_UNITS (UNITS | 1) // odd, so that 8 rows lie in 8 different bank groups
#define KV_UNITS (HEAD_DIM * (int) sizeof(kv_element) / 16)
#define KV_ROW_UNITS (KV_UNITS | 1)
#define STAGE_UNITS (2 * KEYS * KV_ROW_UNITS) // keys, then values
#define CONVERTED_UNITS (KV_FP8 ? 2 * KEYS * ROW_UNITS : 0)

static_assert(BLOCK_TOKENS % KEYS == 0, "a tile of keys lies in one block of the cache");
static_assert(HEAD_DIM * sizeof(kv_element) % 16 == 0, "a cached row is copied in 16-byte units");

#if KV_FP8
/** Bytes of the ring as elements, so that ldmatrix can read them. */
__device__ __forceinline__ void convert(const uint4* from, uint4* to) {
    for (int i = threadIdx.x % WARP; i < 2 * KEYS * KV_UNITS; i += WARP) {
        int row = i / KV_UNITS, unit = i % KV_UNITS;
        uint4 v = from[row * KV_ROW_UNITS + unit];
        uint4* target = to + row * ROW_UNITS + unit * 2;
        target[0] = make_uint4(fromE4m3Pair(v.x & 0xFFFF), fromE4m3Pair(v.x >> 16), fromE4m3Pair(v.y & 0xFFFF), fromE4m3Pair(v.y >> 16));
        target[1] = make_uint4(fromE4m3Pair(v.z & 0xFFFF), fromE4m3Pair(v.z >> 16), fromE4m3Pair(v.w & 0xFFFF), fromE4m3Pair(v.w >> 16));
    }
    __syncwarp();
}
#endif

extern "C" __global__ void __launch_bounds__(WARPS * WARP)
attention_decode(const element* qkv, const kv_element* cache, const int* queryStarts, const int* contextLengths, const int* blockTables,
                 int maxBlocks, int heads, int kvHeads, float scale, int window, float softCap, float keyScale, float valueScale,
                 char* workspace, int splits, element* out) {
    extern __shared__ uint4 shared[];
    __shared__ float maxima[WARPS][KEYS], sums[WARPS][KEYS];
    __shared__ int lastOfSequence;
    startSuccessor();

    int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP, group = lane / 4, quad = lane % 4;
    int sequence = blockIdx.z, split = blockIdx.x;
    int token = queryStarts[sequence];
    int context = contextLengths[sequence];
    // Blocks without work leave at once and make room for the next kernel's; the first stays, or the grid might end before its predecessors.
    auto leave = [] {
        if (blockIdx.x + blockIdx.y + blockIdx.z == 0) {
            waitForPredecessors();
        }
    };
    if (queryStarts[sequence + 1] - token != 1 || context == 0) {
        leave();
        return;
    }
    int first = window > 0 ? max(0, context - window) : 0;
    int firstTile = first / KEYS, lastTile = (context - 1) / KEYS;
    int tiles = lastTile - firstTile + 1;
    int perSplit = max(LEAST_TILES, (tiles + splits - 1) / splits);
    int active = (tiles + perSplit - 1) / perSplit;
    if (split >= active) {
        leave();
        return;
    }
    int tile = firstTile + split * perSplit + warp;
    int endTile = min(firstTile + (split + 1) * perSplit, lastTile + 1);

    int sharing = heads / kvHeads; // query heads of a kv head
    int rowTiles = (sharing + 15) / 16;
    int kvHead = blockIdx.y / rowTiles;
    int firstHead = kvHead * sharing + blockIdx.y % rowTiles * 16;
    int rows = min(16, (kvHead + 1) * sharing - firstHead);

    const int* table = blockTables + (size_t) sequence * maxBlocks;
    uint4* ring = shared + warp * (STAGES * STAGE_UNITS + CONVERTED_UNITS);
    int copyTile = tile, copyStage = 0;
    int copyBlock = copyTile < endTile ? table[copyTile * KEYS / BLOCK_TOKENS] : 0;
    auto copyNext = [&] {
        if (copyTile < endTile) {
            const uint4* keys = (const uint4*) (cache + kvOffset(copyBlock, 0, kvHead, kvHeads) + copyTile * KEYS % BLOCK_TOKENS * HEAD_DIM);
            const uint4* values = keys + (size_t) kvHeads * BLOCK_TOKENS * KV_UNITS;
            int valid = context - copyTile * KEYS;
            uint4* slot = ring + copyStage * STAGE_UNITS;
#pragma unroll
            for (int i = lane; i < KEYS * KV_UNITS; i += WARP) {
                copyAsync(slot + i / KV_UNITS * KV_ROW_UNITS + i % KV_UNITS, keys + i, i / KV_UNITS < valid);
            }
#pragma unroll
            for (int i = lane; i < KEYS * KV_UNITS; i += WARP) {
                copyAsync(slot + (KEYS + i / KV_UNITS) * KV_ROW_UNITS + i % KV_UNITS, values + i, i / KV_UNITS < valid);
            }
            copyTile += WARPS;
            copyBlock = copyTile < endTile ? table[copyTile * KEYS / BLOCK_TOKENS] : 0;
        }
        commitCopies();
        copyStage = copyStage + 1 == STAGES ? 0 : copyStage + 1;
    };
#pragma unroll
    for (int i = 0; i < STAGES - 1; i++) {
        if (copyTile >= lastTile) {
            waitForPredecessors(); // the last tile holds the key that this step writes; all others are of earlier steps
        }
        copyNext();
    }
    waitForPredecessors();

    unsigned q[STEPS][4];
    const element* query = qkv + (size_t) token * (heads + 2 * kvHeads) * HEAD_DIM + (size_t) firstHead * HEAD_DIM;
#pragma unroll
    for (int step = 0; step < STEPS; step++) {
#pragma unroll
        for (int i = 0; i < 4; i++) {
            int row = group + i % 2 * 8, column = step * 16 + quad * 2 + i / 2 * 8;
            q[step][i] = row < rows && column < HEAD_DIM ? *(const unsigned*) (query + row * HEAD_DIM + column) : 0u;
        }
    }

    float o[COLUMNS][4] = {};
    float maximum[2] = {NEGATIVE_INFINITY, NEGATIVE_INFINITY}, sum[2] = {0.f, 0.f};
    const float log2e = 1.4426950408889634f;
    float factor = scale * keyScale;
    int stage = 0;
    for (; tile < endTile; tile += WARPS) {
        waitForCopies<STAGES - 2>();
        __syncwarp();
        uint4* slot = ring + stage * STAGE_UNITS;
#if KV_FP8
        uint4* converted = ring + STAGES * STAGE_UNITS;
        convert(slot, converted);
        slot = converted;
#endif
        unsigned keys = sharedAddress(slot), values = keys + KEYS * ROW_UNITS * 16;

        float s[2][4] = {};
#pragma unroll
        for (int step = 0; step < STEPS; step++) {
            // matrices: keys 0-7 and 8-15 at 8 columns, then the same at the next 8
            unsigned k[4];
            int unit = step * 2 + lane / 16;
            loadMatrices(k, keys + (lane % 16 * ROW_UNITS + min(unit, UNITS - 1)) * 16);
            if (HEAD_DIM % 16 != 0 && step == STEPS - 1) {
                k[2] = k[3] = 0; // columns beyond the head
            }
            multiplyAdd(s[0], q[step][0], q[step][1], q[step][2], q[step][3], k[0], k[2]);
            multiplyAdd(s[1], q[step][0], q[step][1], q[step][2], q[step][3], k[1], k[3]);
        }

        float largest[2] = {NEGATIVE_INFINITY, NEGATIVE_INFINITY};
#pragma unroll
        for (int n = 0; n < 2; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                int position = tile * KEYS + n * 8 + quad * 2 + i % 2;
                float score = s[n][i] * factor;
                if (softCap > 0.f) {
                    score = softCap * tanhf(score / softCap);
                }
                s[n][i] = position >= first && position < context ? score * log2e : NEGATIVE_INFINITY;
                largest[i / 2] = fmaxf(largest[i / 2], s[n][i]);
            }
        }
        float keep[2];
#pragma unroll
        for (int r = 0; r < 2; r++) {
            largest[r] = fmaxf(largest[r], __shfl_xor_sync(FULL_MASK, largest[r], 1));
            largest[r] = fmaxf(largest[r], __shfl_xor_sync(FULL_MASK, largest[r], 2));
            largest[r] = fmaxf(largest[r], maximum[r]); // finite: every tile has a key in sight
            keep[r] = powerOfTwo(maximum[r] - largest[r]);
            maximum[r] = largest[r];
            sum[r] *= keep[r];
        }
#pragma unroll
        for (int n = 0; n < 2; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                s[n][i] = powerOfTwo(s[n][i] - maximum[i / 2]);
                sum[i / 2] += s[n][i];
            }
        }
        unsigned p0 = pack2(s[0][0], s[0][1]), p1 = pack2(s[0][2], s[0][3]), p2 = pack2(s[1][0], s[1][1]), p3 = pack2(s[1][2], s[1][3]);
#pragma unroll
        for (int c = 0; c < COLUMNS; c += 2) {
            unsigned v[4]; // keys 0-7 and 8-15 at 8 columns, then the same at the next 8
            int unit = c + lane / 16;
            loadTransposed(v, values + (lane % 16 * ROW_UNITS + min(unit, UNITS - 1)) * 16);
#pragma unroll
            for (int i = 0; i < 4; i++) {
                o[c][i] *= keep[i / 2];
                o[c + 1][i] *= keep[i / 2];
            }
            multiplyAdd(o[c], p0, p1, p2, p3, v[0], v[1]);
            multiplyAdd(o[c + 1], p0, p1, p2, p3, v[2], v[3]);
        }
        __syncwarp(); // the slot of the tile before may be written again
        copyNext();
        stage = stage + 1 == STAGES ? 0 : stage + 1;
    }

    // The warps' states meet: [warp][row][HEAD_DIM], where the rings were.
    waitForCopies<0>();
    __syncthreads();
    float* met = (float*) shared;
    const int stride = HEAD_DIM + 4;
#pragma unroll
    for (int r = 0; r < 2; r++) {
        sum[r] += __shfl_xor_sync(FULL_MASK, sum[r], 1);
        sum[r] += __shfl_xor_sync(FULL_MASK, sum[r], 2);
        int row = group + r * 8;
        if (quad == 0) {
            maxima[warp][row] = maximum[r];
            sums[warp][row] = sum[r];
        }
        if (row < rows) {
#pragma unroll
            for (int c = 0; c < HEAD_DIM / 8; c++) {
                *(float2*) (met + (warp * 16 + row) * stride + c * 8 + quad * 2) = make_float2(o[c][r * 2], o[c][r * 2 + 1]);
            }
        }
    }
    __syncthreads();

    size_t place = (size_t) sequence * gridDim.y + blockIdx.y;
    int* counter = (int*) workspace + place;
    float* partials = (float*) (workspace + ((size_t) gridDim.z * gridDim.y * 4 + 255) / 256 * 256);
    const size_t partialSize = 16 * (HEAD_DIM + 2);
    float* partial = partials + (place * splits + split) * partialSize;
    element* target = out + ((size_t) token * heads + firstHead) * HEAD_DIM;
    for (int i = threadIdx.x; i < rows * HEAD_DIM; i += blockDim.x) {
        int row = i / HEAD_DIM, d = i % HEAD_DIM;
        float largest = fmaxf(fmaxf(maxima[0][row], maxima[1][row]), fmaxf(maxima[2][row], maxima[3][row]));
        float x = 0.f, total = 0.f;
#pragma unroll
        for (int w = 0; w < WARPS; w++) {
            float weight = powerOfTwo(maxima[w][row] - largest);
            x += weight * met[(w * 16 + row) * stride + d];
            total += weight * sums[w][row];
        }
        if (active == 1) {
            target[i] = fromFloat(x * valueScale / total);
        } else {
            partial[i] = x;
            if (d == 0) {
                partial[16 * HEAD_DIM + row] = largest;
                partial[16 * HEAD_DIM + 16 + row] = total;
            }
        }
    }
    if (active == 1) {
        return;
    }
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0) {
        lastOfSequence = atomicAdd(counter, 1) == active - 1;
    }
    __syncthreads();
    if (!lastOfSequence) {
        return;
    }
    __threadfence();
    const float* all = partials + place * splits * partialSize;
    float(*weights)[MOST_SPLITS + 1] = (float(*)[MOST_SPLITS + 1]) shared; // [row][split]: its share of the whole; the last: 1 / total
    for (int row = warp; row < rows; row += WARPS) {
        const float* state = all + lane * partialSize + 16 * HEAD_DIM + row;
        float largest = lane < active ? __ldcg(state) : NEGATIVE_INFINITY;
        float total = lane < active ? __ldcg(state + 16) : 0.f;
        float weight = powerOfTwo(largest - warpMax(largest));
        weights[row][lane] = weight;
        total = warpSum(weight * total);
        if (lane == 0) {
            weights[row][MOST_SPLITS] = valueScale / total;
        }
    }
    __syncthreads();
    for (int i = threadIdx.x; i < rows * HEAD_DIM; i += blockDim.x) {
        int row = i / HEAD_DIM;
        float x = 0.f;
#pragma unroll 8
        for (int p = 0; p < active; p++) {
            x += weights[row][p] * __ldcg(all + p * partialSize + i);
        }
        target[i] = fromFloat(x * weights[row][MOST_SPLITS]);
    }
    if (threadIdx.x == 0) {
        *counter = 0;
    }
}
