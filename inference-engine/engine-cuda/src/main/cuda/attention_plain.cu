// Causal attention over paged keys and values for any element type, head size, group and mixture of chunks: the float32 path, and what the
// tensor-core kernels are compared with. A block per query and head; its warps take every fourth key, lanes split the head, and the
// warps' softmax states meet in shared memory.
// Launch: grid (T, heads), block 128. Every query reads its whole context, so it is bound by L2: not meant to be fast.
#include "device.cuh"
#include "kv.cuh"

#define WARPS 4
#define HELD ((HEAD_DIM + WARP - 1) / WARP)

extern "C" __global__ void __launch_bounds__(WARPS * WARP)
attention_plain(const element* qkv, const kv_element* cache, const int* queryStarts, const int* contextLengths, const int* blockTables,
                int maxBlocks, int sequences, int heads, int kvHeads, float scale, int window, float softCap, float keyScale,
                float valueScale, element* out) {
    __shared__ float merged[WARPS][HEAD_DIM];
    __shared__ float maxima[WARPS], sums[WARPS];
    startSuccessor();
    waitForPredecessors();
    int token = blockIdx.x, head = blockIdx.y;
    int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    if (token >= queryStarts[sequences]) {
        return; // padding of a graph's bucket
    }
    int low = 0, high = sequences - 1; // the last sequence that starts at or before the token and is not empty
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (queryStarts[middle] <= token) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    int sequence = low;
    int last = contextLengths[sequence] - (queryStarts[sequence + 1] - token);
    int first = window > 0 ? max(0, last - window + 1) : 0;
    int kvHead = head / (heads / kvHeads);
    const element* query = qkv + ((size_t) token * (heads + 2 * kvHeads) + head) * HEAD_DIM;
    const int* table = blockTables + (size_t) sequence * maxBlocks;

    float q[HELD], sum[HELD];
#pragma unroll
    for (int i = 0; i < HELD; i++) {
        int d = i * WARP + lane;
        q[i] = d < HEAD_DIM ? toFloat(query[d]) * scale * keyScale : 0.f;
        sum[i] = 0.f;
    }
    float maximum = NEGATIVE_INFINITY, weights = 0.f;
    for (int position = first + warp; position <= last; position += WARPS) {
        const kv_element* key = cache + kvOffset(table[position / BLOCK_TOKENS], 0, kvHead, kvHeads) + position % BLOCK_TOKENS * HEAD_DIM;
        const kv_element* value = key + (size_t) kvHeads * BLOCK_TOKENS * HEAD_DIM;
        float dot = 0.f;
#pragma unroll
        for (int i = 0; i < HELD; i++) {
            int d = i * WARP + lane;
            dot += d < HEAD_DIM ? q[i] * kvToFloat(key[d]) : 0.f;
        }
        float score = warpSum(dot);
        if (softCap > 0.f) {
            score = softCap * tanhf(score / softCap);
        }
        float largest = fmaxf(maximum, score);
        float keep = expf(maximum - largest), weight = expf(score - largest);
        maximum = largest;
        weights = weights * keep + weight;
#pragma unroll
        for (int i = 0; i < HELD; i++) {
            int d = i * WARP + lane;
            sum[i] = sum[i] * keep + (d < HEAD_DIM ? weight * kvToFloat(value[d]) : 0.f);
        }
    }
    if (lane == 0) {
        maxima[warp] = maximum;
        sums[warp] = weights;
    }
#pragma unroll
    for (int i = 0; i < HELD; i++) {
        int d = i * WARP + lane;
        if (d < HEAD_DIM) {
            merged[warp][d] = sum[i];
        }
    }
    __syncthreads();
    float largest = NEGATIVE_INFINITY;
    for (int w = 0; w < WARPS; w++) {
        largest = fmaxf(largest, maxima[w]);
    }
    float total = 0.f;
    for (int w = 0; w < WARPS; w++) {
        total += sums[w] * expf(maxima[w] - largest);
    }
    for (int d = threadIdx.x; d < HEAD_DIM; d += blockDim.x) {
        float x = 0.f;
        for (int w = 0; w < WARPS; w++) {
            x += merged[w][d] * expf(maxima[w] - largest);
        }
        out[((size_t) token * heads + head) * HEAD_DIM + d] = fromFloat(last < first ? 0.f : x * valueScale / total); // padding sees nothing
    }
}
