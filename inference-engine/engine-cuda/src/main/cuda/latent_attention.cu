// DeepSeek's latent attention with the projection absorbed: a token's cached row is [rank | ropeDim], shared by all heads.
//
// latent_rope_and_cache: normalises the latent of each row by `norm`, rotates the rope dimensions of the row and of every query head, all in
//   place, and writes the row to its slot (-1: none). neighbours 1: pairs (2i, 2i + 1), else (i, i + ropeDim / 2). Launch: grid T, block 256.
// latent_attention: a query head [plainDim | ropeDim] is brought into the space of rows by the head's key projection, compared with every row
//   of its sequence, and the weighted sum of latents is brought out by its value projection. weight [heads * (plainDim + valueDim), rank] as
//   on disk. Launch: grid (T, heads), block 256. A row is read once for a head, from L2 but for the first: 2 * (rank + ropeDim) bytes.
// Compile with -DRANK=512 -DROPE_DIM=64. Cache of a layer: [block][token][rank + ropeDim].
#include "device.cuh"
#include "element.cuh"

#ifndef RANK
#error "compile with -DRANK=... and -DROPE_DIM=..."
#endif
#ifndef BLOCK_TOKENS
#define BLOCK_TOKENS 16
#endif
#define WIDTH (RANK + ROPE_DIM)
#define WARPS 8
#define HELD ((WIDTH + WARP - 1) / WARP)
#define HELD_LATENT ((RANK + WARP - 1) / WARP)

__device__ __forceinline__ void rotate(element* values, const float* angles, int neighbours, int i) {
    int first = neighbours ? 2 * i : i, second = neighbours ? 2 * i + 1 : i + ROPE_DIM / 2;
    float a = toFloat(values[first]), b = toFloat(values[second]), cos = angles[i], sin = angles[ROPE_DIM / 2 + i];
    values[first] = fromFloat(a * cos - b * sin);
    values[second] = fromFloat(b * cos + a * sin);
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP)
latent_rope_and_cache(element* queries, element* rows, const int* positions, const int* slots, const float* cosSin, int neighbours,
                      const float* norm, float eps, element* cache, int heads, int plainDim) {
    __shared__ float scratch[WARP];
    startSuccessor();
    waitForPredecessors();
    int token = blockIdx.x;
    element* row = rows + (size_t) token * WIDTH;
    const float* angles = cosSin + (size_t) positions[token] * ROPE_DIM;
    float squares = 0.f;
    for (int i = threadIdx.x; i < RANK; i += blockDim.x) {
        squares += toFloat(row[i]) * toFloat(row[i]);
    }
    float factor = rsqrtf(blockSum(squares, scratch) / RANK + eps);
    for (int i = threadIdx.x; i < RANK; i += blockDim.x) {
        row[i] = fromFloat(toFloat(row[i]) * factor * norm[i]);
    }
    for (int i = threadIdx.x; i < (heads + 1) * (ROPE_DIM / 2); i += blockDim.x) {
        int head = i / (ROPE_DIM / 2);
        element* values = head == heads ? row + RANK : queries + ((size_t) token * heads + head) * (plainDim + ROPE_DIM) + plainDim;
        rotate(values, angles, neighbours, i % (ROPE_DIM / 2));
    }
    __syncthreads();
    int slot = slots[token];
    for (int i = threadIdx.x; i < WIDTH && slot >= 0; i += blockDim.x) {
        cache[(size_t) slot * WIDTH + i] = row[i];
    }
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP)
latent_attention(const element* queries, const element* weight, const element* cache, const int* queryStarts, const int* contextLengths,
                 const int* blockTables, int maxBlocks, int sequences, int heads, int plainDim, int valueDim, float scale, element* out) {
    __shared__ float query[WIDTH];
    __shared__ float sums[WARPS][RANK];
    __shared__ float maxima[WARPS], totals[WARPS];
    startSuccessor();
    waitForPredecessors();
    int token = blockIdx.x, head = blockIdx.y, lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    if (token >= queryStarts[sequences]) {
        return; // padding of a graph's bucket
    }
    int low = 0, high = sequences - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (queryStarts[middle] <= token) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    int last = contextLengths[low] - (queryStarts[low + 1] - token);
    if (last < 0) { // padding of a graph's bucket, which sees nothing
        for (int v = threadIdx.x; v < valueDim; v += blockDim.x) {
            out[((size_t) token * heads + head) * valueDim + v] = fromFloat(0.f);
        }
        return;
    }
    const int* table = blockTables + (size_t) low * maxBlocks;

    const element* source = queries + ((size_t) token * heads + head) * (plainDim + ROPE_DIM);
    const element* keyWeight = weight + (size_t) head * (plainDim + valueDim) * RANK;
    for (int r = threadIdx.x; r < RANK; r += blockDim.x) {
        float x = 0.f;
#pragma unroll 8
        for (int i = 0; i < plainDim; i++) {
            x += toFloat(source[i]) * toFloat(keyWeight[(size_t) i * RANK + r]);
        }
        query[r] = rounded(x) * scale;
    }
    for (int i = threadIdx.x; i < ROPE_DIM; i += blockDim.x) {
        query[RANK + i] = toFloat(source[plainDim + i]) * scale;
    }
    __syncthreads();

    float q[HELD], sum[HELD_LATENT];
#pragma unroll
    for (int i = 0; i < HELD; i++) {
        q[i] = i * WARP + lane < WIDTH ? query[i * WARP + lane] : 0.f;
    }
#pragma unroll
    for (int i = 0; i < HELD_LATENT; i++) {
        sum[i] = 0.f;
    }
    float maximum = NEGATIVE_INFINITY, total = 0.f;
    for (int position = warp; position <= last; position += WARPS) {
        const element* row = cache + ((size_t) table[position / BLOCK_TOKENS] * BLOCK_TOKENS + position % BLOCK_TOKENS) * WIDTH;
        float x[HELD], dot = 0.f;
#pragma unroll
        for (int i = 0; i < HELD; i++) {
            x[i] = i * WARP + lane < WIDTH ? toFloat(row[i * WARP + lane]) : 0.f;
            dot += q[i] * x[i];
        }
        float score = warpSum(dot), largest = fmaxf(maximum, score);
        float keep = expf(maximum - largest), weightOfKey = expf(score - largest);
        maximum = largest;
        total = total * keep + weightOfKey;
#pragma unroll
        for (int i = 0; i < HELD_LATENT; i++) {
            sum[i] = sum[i] * keep + weightOfKey * x[i];
        }
    }
#pragma unroll
    for (int i = 0; i < HELD_LATENT; i++) {
        if (i * WARP + lane < RANK) {
            sums[warp][i * WARP + lane] = sum[i];
        }
    }
    if (lane == 0) {
        maxima[warp] = maximum;
        totals[warp] = total;
    }
    __syncthreads();
    float largest = NEGATIVE_INFINITY, all = 0.f;
    for (int w = 0; w < WARPS; w++) {
        largest = fmaxf(largest, maxima[w]);
    }
    for (int w = 0; w < WARPS; w++) {
        all += totals[w] * expf(maxima[w] - largest);
    }
    for (int r = threadIdx.x; r < RANK; r += blockDim.x) {
        float x = 0.f;
        for (int w = 0; w < WARPS; w++) {
            x += sums[w][r] * expf(maxima[w] - largest);
        }
        query[r] = rounded(x / all); // the query is done with
    }
    __syncthreads();
    const element* valueWeight = keyWeight + (size_t) plainDim * RANK;
    for (int v = warp; v < valueDim; v += WARPS) {
        float x = 0.f;
#pragma unroll
        for (int i = 0; i < HELD_LATENT; i++) {
            int r = i * WARP + lane;
            x += r < RANK ? query[r] * toFloat(valueWeight[(size_t) v * RANK + r]) : 0.f;
        }
        x = warpSum(x);
        if (lane == 0) {
            out[((size_t) token * heads + head) * valueDim + v] = fromFloat(x);
        }
    }
}
