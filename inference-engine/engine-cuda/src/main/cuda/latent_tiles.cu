// Latent attention on tensor cores, in three launches: queries are brought into the space of rows, compared with the rows, and brought out.
// As latent_attention.cu, whose formula this is, for bfloat16 and float16. A pair is a token's head: pair = (token - firstToken) * heads + head.
//
// latent_absorb: absorbed[pair] = [query's plain dimensions . key projection | its rope dimensions]. A block has 64 tokens of one head and 64
//   dimensions. Launch: grid (ceil(tokens / 64), heads, RANK / 64), block 256.
// latent_attend_16|64: latents[pair] = the sum of rows' latents weighted by the softmax of scores. A block has that many pairs of one sequence: the
//   heads of tokens that follow each other, or 16|64 heads of one token. A tile of rows (64|32) is copied while the one before is multiplied; it is
//   keys as it is and values by its first RANK dimensions. Launch: grid (ceil(tokens / t) + sequences, ceil(heads / 16|64)) with
//   t = max(1, 16|64 / heads), block 256, dynamic shared memory as ATTEND_SHARED says.
// latent_expand: out[token, head] = latents[pair] . value projection. A block has 64 tokens of one head and 32 dimensions.
//   Launch: grid (ceil(tokens / 64), heads, VALUE_DIM / 32), block 256, dynamic shared memory 96 * (RANK + 8) * 2.
// Compile with -DRANK=512 -DROPE_DIM=64 -DPLAIN_DIM=128 -DVALUE_DIM=128: RANK a multiple of 128, ROPE_DIM and VALUE_DIM of 32, PLAIN_DIM of 16.
// Moves the projections once for each 64 tokens, and a sequence's rows once for each block that looks at them.
#include "device.cuh"
#include "mma.cuh"

#ifndef PLAIN_DIM
#error "compile with -DRANK=... -DROPE_DIM=... -DPLAIN_DIM=... -DVALUE_DIM=..."
#endif
#ifndef BLOCK_TOKENS
#define BLOCK_TOKENS 16
#endif
#define WIDTH (RANK + ROPE_DIM)
#define QUERY_DIM (PLAIN_DIM + ROPE_DIM)
#define WARPS 8
#define THREADS (WARPS * WARP)
#define PAD 8 // elements after a row in shared memory, so that eight rows lie in different banks
#define TOKENS 64

extern __shared__ __align__(16) element operands[];

/** Copies rows of COLUMNS elements to rows of shared memory; rows without a source are zeros. */
template <int COLUMNS, class Source>
__device__ __forceinline__ void copyRows(element* shared, int rows, const Source& source) {
    constexpr int UNITS = COLUMNS / 8;
    for (int i = threadIdx.x; i < rows * UNITS; i += THREADS) {
        const element* row = source(i / UNITS);
        copyAsync(shared + i / UNITS * (COLUMNS + PAD) + i % UNITS * 8, row ? row + i % UNITS * 8 : nullptr, row != nullptr);
    }
}

extern "C" __global__ void __launch_bounds__(THREADS)
latent_absorb(const element* queries, const element* weight, int firstToken, int tokens, int heads, element* absorbed) {
    __shared__ __align__(16) element a[TOKENS * (PLAIN_DIM + PAD)];
    __shared__ __align__(16) element b[PLAIN_DIM * (64 + PAD)];
    startSuccessor();
    waitForPredecessors();
    int first = blockIdx.x * TOKENS, head = blockIdx.y, firstRank = blockIdx.z * 64, lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    auto query = [&](int row) { return first + row < tokens ? queries + ((size_t) (firstToken + first + row) * heads + head) * QUERY_DIM : nullptr; };
    const element* keys = weight + (size_t) head * (PLAIN_DIM + VALUE_DIM) * RANK + firstRank;
    copyRows<PLAIN_DIM>(a, TOKENS, query);
    copyRows<64>(b, PLAIN_DIM, [&](int k) { return keys + (size_t) k * RANK; });
    commitCopies();
    if (blockIdx.z == 0) {
        for (int i = threadIdx.x; i < TOKENS * ROPE_DIM; i += THREADS) {
            const element* row = query(i / ROPE_DIM);
            if (row) {
                absorbed[((size_t) (first + i / ROPE_DIM) * heads + head) * WIDTH + RANK + i % ROPE_DIM] = row[PLAIN_DIM + i % ROPE_DIM];
            }
        }
    }
    waitForCopies<0>();
    __syncthreads();
    int firstRow = warp % 4 * 16, firstColumn = warp / 4 * 32;
    float sums[4][4] = {};
#pragma unroll
    for (int k = 0; k < PLAIN_DIM; k += 16) {
        unsigned x[4];
        loadMatrices(x, sharedAddress(a + (firstRow + lane % 16) * (PLAIN_DIM + PAD) + k + lane / 16 * 8));
#pragma unroll
        for (int n = 0; n < 2; n++) {
            unsigned w[4];
            loadTransposed(w, sharedAddress(b + (k + lane % 16) * (64 + PAD) + firstColumn + n * 16 + lane / 16 * 8));
            multiplyAdd(sums[2 * n], x[0], x[1], x[2], x[3], w[0], w[1]);
            multiplyAdd(sums[2 * n + 1], x[0], x[1], x[2], x[3], w[2], w[3]);
        }
    }
#pragma unroll
    for (int half = 0; half < 2; half++) {
        int token = first + firstRow + lane / 4 + half * 8;
        if (token < tokens) {
            element* row = absorbed + ((size_t) token * heads + head) * WIDTH + firstRank + firstColumn + lane % 4 * 2;
#pragma unroll
            for (int n = 0; n < 4; n++) {
                *(unsigned*) (row + n * 8) = pack2(sums[n][half * 2], sums[n][half * 2 + 1]);
            }
        }
    }
}

extern "C" __global__ void __launch_bounds__(THREADS)
latent_expand(const element* latents, const element* weight, int firstToken, int tokens, int heads, element* out) {
    element *a = operands, *b = a + TOKENS * (RANK + PAD);
    startSuccessor();
    waitForPredecessors();
    int first = blockIdx.x * TOKENS, head = blockIdx.y, firstValue = blockIdx.z * 32, lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    const element* values = weight + ((size_t) head * (PLAIN_DIM + VALUE_DIM) + PLAIN_DIM + firstValue) * RANK;
    copyRows<RANK>(a, TOKENS, [&](int row) { return first + row < tokens ? latents + ((size_t) (first + row) * heads + head) * RANK : nullptr; });
    copyRows<RANK>(b, 32, [&](int n) { return values + (size_t) n * RANK; });
    commitCopies();
    waitForCopies<0>();
    __syncthreads();
    int firstRow = warp % 4 * 16, firstColumn = warp / 4 * 16;
    float sums[2][4] = {};
#pragma unroll 8
    for (int k = 0; k < RANK; k += 16) {
        unsigned x[4], w[4];
        loadMatrices(x, sharedAddress(a + (firstRow + lane % 16) * (RANK + PAD) + k + lane / 16 * 8));
        loadMatrices(w, sharedAddress(b + (firstColumn + lane % 16) * (RANK + PAD) + k + lane / 16 * 8));
        multiplyAdd(sums[0], x[0], x[1], x[2], x[3], w[0], w[2]);
        multiplyAdd(sums[1], x[0], x[1], x[2], x[3], w[1], w[3]);
    }
#pragma unroll
    for (int half = 0; half < 2; half++) {
        int token = first + firstRow + lane / 4 + half * 8;
        if (token < tokens) {
            element* row = out + ((size_t) (firstToken + token) * heads + head) * VALUE_DIM + firstValue + firstColumn + lane % 4 * 2;
            *(unsigned*) row = pack2(sums[0][half * 2], sums[0][half * 2 + 1]);
            *(unsigned*) (row + 8) = pack2(sums[1][half * 2], sums[1][half * 2 + 1]);
        }
    }
}

/** Tiles of so many tokens go to the sequences in order, as many to each as its tokens fill; -1 where none is left. */
struct TokenTile {
    int sequence, first, end;
};

static __device__ __forceinline__ TokenTile tokenTile(const int* queryStarts, int sequences, int firstToken, int endToken, int perTile) {
    int lane = threadIdx.x % WARP, before = 0;
    for (int base = 0; base < sequences; base += WARP) {
        int s = base + lane, from = 0, to = 0;
        if (s < sequences) {
            from = max(queryStarts[s], firstToken), to = min(queryStarts[s + 1], endToken);
        }
        int tiles = to > from ? (to - from + perTile - 1) / perTile : 0, end = tiles;
#pragma unroll
        for (int lanes = 1; lanes < WARP; lanes *= 2) {
            int below = __shfl_up_sync(FULL_MASK, end, lanes);
            end += lane >= lanes ? below : 0;
        }
        unsigned beyond = __ballot_sync(FULL_MASK, (int) blockIdx.x < before + end);
        if (beyond) {
            int found = __ffs(beyond) - 1;
            int tile = (int) blockIdx.x - before - __shfl_sync(FULL_MASK, end - tiles, found);
            int first = __shfl_sync(FULL_MASK, from, found) + tile * perTile;
            return {base + found, first, min(first + perTile, __shfl_sync(FULL_MASK, to, found))};
        }
        before += __shfl_sync(FULL_MASK, end, WARP - 1);
    }
    return {-1, 0, 0};
}

#define KEYS(rows) ((rows) == 64 ? 32 : 64)
// Queries, two tiles of keys, probabilities; scores; what sums so far are multiplied by.
#define ATTEND_SHARED(rows) (((rows) + 2 * KEYS(rows)) * (WIDTH + PAD) * 2 + (rows) * (KEYS(rows) + PAD) * 2 + (rows) * (KEYS(rows) + 1) * 4 + (rows) * 4)

template <int ROWS>
__device__ __forceinline__ void attend(const element* absorbed, const element* cache, const int* queryStarts, const int* contextLengths, const int* blockTables,
                                       int maxBlocks, int sequences, int firstToken, int tokens, int heads, float scale, element* latents) {
    constexpr int KEYS_OF_TILE = KEYS(ROWS), M_TILES = ROWS / 16, WARPS_OF_ROWS = WARPS / M_TILES, KEY_TILES = KEYS_OF_TILE / 8 / WARPS_OF_ROWS;
    constexpr int COLUMNS = RANK / WARPS, LANES = THREADS / ROWS, STRIDE = WIDTH + PAD;
    element *queries = operands, *keys = queries + ROWS * STRIDE, *weights = keys + 2 * KEYS_OF_TILE * STRIDE;
    float *scores = (float*) (weights + ROWS * (KEYS_OF_TILE + PAD)), *factors = scores + ROWS * (KEYS_OF_TILE + 1);
    startSuccessor();
    waitForPredecessors();
    int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    int perTile = max(1, ROWS / heads);
    TokenTile tile = tokenTile(queryStarts, sequences, firstToken, firstToken + tokens, perTile);
    if (tile.sequence < 0) {
        return;
    }
    int firstHead = blockIdx.y * ROWS, headsHere = min(ROWS, heads - firstHead), valid = (tile.end - tile.first) * headsHere;
    int contextEnd = contextLengths[tile.sequence], sequenceEnd = queryStarts[tile.sequence + 1];
    int keyEnd = contextEnd - (sequenceEnd - tile.end); // of the tile's last token
    size_t firstPair = (size_t) (tile.first - firstToken) * heads + firstHead;
    auto pairOf = [&](int row) { return firstPair + (size_t) (row / headsHere) * heads + row % headsHere; };
    const int* table = blockTables + (size_t) tile.sequence * maxBlocks;

    auto copyKeys = [&](int t) {
        copyRows<WIDTH>(keys + t % 2 * KEYS_OF_TILE * STRIDE, KEYS_OF_TILE, [&](int row) {
            int position = t * KEYS_OF_TILE + row;
            return position < keyEnd ? cache + ((size_t) table[position / BLOCK_TOKENS] * BLOCK_TOKENS + position % BLOCK_TOKENS) * WIDTH : nullptr;
        });
        commitCopies();
    };
    copyRows<WIDTH>(queries, ROWS, [&](int row) { return row < valid ? absorbed + pairOf(row) * WIDTH : nullptr; });
    copyKeys(0);

    int mine = threadIdx.x / LANES, part = threadIdx.x % LANES; // the row whose softmax this thread shares
    int last = mine < valid ? contextEnd - (sequenceEnd - (tile.first + mine / headsHere)) : -1;
    float maximum = NEGATIVE_INFINITY, total = 0.f;
    float sums[M_TILES][COLUMNS / 8][4] = {};
    int tiles = (keyEnd + KEYS_OF_TILE - 1) / KEYS_OF_TILE;
    for (int t = 0; t < tiles; t++) {
        const element* rows = keys + t % 2 * KEYS_OF_TILE * STRIDE;
        waitForCopies<0>();
        __syncthreads(); // also: everyone is done with the tile before
        if (t + 1 < tiles) {
            copyKeys(t + 1);
        }
        float scored[KEY_TILES][4] = {};
        int firstRow = warp / WARPS_OF_ROWS * 16, firstKey = warp % WARPS_OF_ROWS * KEY_TILES * 8;
#pragma unroll 6
        for (int k = 0; k < WIDTH; k += 32) {
            unsigned x[2][4];
            loadMatrices(x[0], sharedAddress(queries + (firstRow + lane % 16) * STRIDE + k + lane / 16 * 8));
            loadMatrices(x[1], sharedAddress(queries + (firstRow + lane % 16) * STRIDE + k + 16 + lane / 16 * 8));
#pragma unroll
            for (int n = 0; n < KEY_TILES; n++) {
                unsigned key[4];
                loadMatrices(key, sharedAddress(rows + (firstKey + n * 8 + lane % 8) * STRIDE + k + lane / 8 * 8));
                multiplyAdd(scored[n], x[0][0], x[0][1], x[0][2], x[0][3], key[0], key[1]);
                multiplyAdd(scored[n], x[1][0], x[1][1], x[1][2], x[1][3], key[2], key[3]);
            }
        }
#pragma unroll
        for (int n = 0; n < KEY_TILES; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                scores[(firstRow + lane / 4 + i / 2 * 8) * (KEYS_OF_TILE + 1) + firstKey + n * 8 + lane % 4 * 2 + i % 2] = scored[n][i] * scale;
            }
        }
        __syncthreads();
        float x[KEYS_OF_TILE / LANES], largest = maximum;
#pragma unroll
        for (int i = 0; i < KEYS_OF_TILE / LANES; i++) {
            int key = i * LANES + part;
            x[i] = t * KEYS_OF_TILE + key <= last ? scores[mine * (KEYS_OF_TILE + 1) + key] : NEGATIVE_INFINITY;
            largest = fmaxf(largest, x[i]);
        }
#pragma unroll
        for (int lanes = LANES / 2; lanes > 0; lanes /= 2) {
            largest = fmaxf(largest, __shfl_xor_sync(FULL_MASK, largest, lanes));
        }
        float base = largest == NEGATIVE_INFINITY ? 0.f : largest, keep = __expf(maximum - base), added = 0.f; // a row of no keys stays 0
#pragma unroll
        for (int i = 0; i < KEYS_OF_TILE / LANES; i++) {
            float weight = __expf(x[i] - base);
            added += weight;
            weights[mine * (KEYS_OF_TILE + PAD) + i * LANES + part] = fromFloat(weight);
        }
        maximum = largest;
        total = total * keep + added;
        if (part == 0) {
            factors[mine] = keep;
        }
        __syncthreads();
#pragma unroll
        for (int m = 0; m < M_TILES; m++) {
            float low = factors[m * 16 + lane / 4], high = factors[m * 16 + lane / 4 + 8];
#pragma unroll
            for (int n = 0; n < COLUMNS / 8; n++) {
                sums[m][n][0] *= low, sums[m][n][1] *= low, sums[m][n][2] *= high, sums[m][n][3] *= high;
            }
        }
#pragma unroll
        for (int k = 0; k < KEYS_OF_TILE; k += 16) {
            unsigned p[M_TILES][4];
#pragma unroll
            for (int m = 0; m < M_TILES; m++) {
                loadMatrices(p[m], sharedAddress(weights + (m * 16 + lane % 16) * (KEYS_OF_TILE + PAD) + k + lane / 16 * 8));
            }
#pragma unroll
            for (int n = 0; n < COLUMNS / 16; n++) {
                unsigned value[4];
                loadTransposed(value, sharedAddress(rows + (k + lane % 16) * STRIDE + warp * COLUMNS + n * 16 + lane / 16 * 8));
#pragma unroll
                for (int m = 0; m < M_TILES; m++) {
                    multiplyAdd(sums[m][2 * n], p[m][0], p[m][1], p[m][2], p[m][3], value[0], value[1]);
                    multiplyAdd(sums[m][2 * n + 1], p[m][0], p[m][1], p[m][2], p[m][3], value[2], value[3]);
                }
            }
        }
    }
    waitForCopies<0>(); // where there was no tile
#pragma unroll
    for (int lanes = LANES / 2; lanes > 0; lanes /= 2) {
        total += __shfl_xor_sync(FULL_MASK, total, lanes);
    }
    __syncthreads();
    if (part == 0) {
        factors[mine] = total > 0.f ? 1.f / total : 0.f;
    }
    __syncthreads();
#pragma unroll
    for (int m = 0; m < M_TILES; m++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            int row = m * 16 + lane / 4 + half * 8;
            if (row < valid) {
                float factor = factors[row];
                element* target = latents + pairOf(row) * RANK + warp * COLUMNS + lane % 4 * 2;
#pragma unroll
                for (int n = 0; n < COLUMNS / 8; n++) {
                    *(unsigned*) (target + n * 8) = pack2(sums[m][n][half * 2] * factor, sums[m][n][half * 2 + 1] * factor);
                }
            }
        }
    }
}

extern "C" __global__ void __launch_bounds__(THREADS, 1)
latent_attend_16(const element* absorbed, const element* cache, const int* queryStarts, const int* contextLengths, const int* blockTables, int maxBlocks,
                 int sequences, int firstToken, int tokens, int heads, float scale, element* latents) {
    attend<16>(absorbed, cache, queryStarts, contextLengths, blockTables, maxBlocks, sequences, firstToken, tokens, heads, scale, latents);
}

extern "C" __global__ void __launch_bounds__(THREADS, 1)
latent_attend_64(const element* absorbed, const element* cache, const int* queryStarts, const int* contextLengths, const int* blockTables, int maxBlocks,
                 int sequences, int firstToken, int tokens, int heads, float scale, element* latents) {
    attend<64>(absorbed, cache, queryStarts, contextLengths, blockTables, maxBlocks, sequences, firstToken, tokens, heads, scale, latents);
}
