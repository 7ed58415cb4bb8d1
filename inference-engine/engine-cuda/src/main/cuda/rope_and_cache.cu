// For every token of the step, in one pass over its fused row of queries, keys and values: bias, norm of each query and key head, rotation
// by the token's position, and keys and values to the token's slot of the paged cache. Queries go back in place; keys and values live in
// the cache from here on. Slot -1 marks a padded token, which writes no cache.
// Launch: grid (T, ceil((heads + 2 kvHeads) / 4)), block 128: a warp a head. Moves 2 * T * (H + 2K) * D elements.
// H200, bf16, 32 + 2 * 8 heads of 128: 2,048 tokens 33 us, 1.5 TB/s; 8,192 tokens 122 us, 1.65 TB/s. Half of a warp has nothing to load.
#include "device.cuh"
#include "kv.cuh"

#define WARPS 4
#define ALIGNED (HEAD_DIM % (ELEMENT == 0 ? 4 : 8) == 0) // else heads do not begin at 16 bytes
#if ALIGNED
#define PIECE VECTOR
#else
#define PIECE 1
#endif
#define PIECES (HEAD_DIM / PIECE)

__device__ __forceinline__ void loadPiece(const element* source, float (&x)[PIECE]) {
#if ALIGNED
    unpack(*(const uint4*) source, x);
#else
    x[0] = toFloat(*source);
#endif
}

__device__ __forceinline__ void storePiece(element* target, const float* x) {
#if ALIGNED
    *(uint4*) target = pack(*(const float(*)[PIECE]) x);
#else
    *target = fromFloat(*x);
#endif
}

extern "C" __global__ void __launch_bounds__(WARPS * WARP)
rope_and_cache(element* qkv, const float* bias, const int* positions, const int* slots, const float* cosSin, int rotaryDim, int interleaved,
               const float* queryNorm, const float* keyNorm, float eps, kv_element* cache, int heads, int kvHeads, float keyScale,
               float valueScale) {
    __shared__ float heldHeads[WARPS][HEAD_DIM];
    startSuccessor();
    waitForPredecessors();
    int lane = threadIdx.x % WARP;
    int head = blockIdx.y * WARPS + threadIdx.x / WARP;
    int token = blockIdx.x;
    if (head >= heads + 2 * kvHeads) {
        return;
    }
    float* held = heldHeads[threadIdx.x / WARP];
    element* source = qkv + ((size_t) token * (heads + 2 * kvHeads) + head) * HEAD_DIM;

    float squares = 0.f;
    for (int i = lane; i < PIECES; i += WARP) {
        float x[PIECE];
        loadPiece(source + i * PIECE, x);
#pragma unroll
        for (int j = 0; j < PIECE; j++) {
            if (bias) {
                x[j] = rounded(x[j] + bias[head * HEAD_DIM + i * PIECE + j]);
            }
            squares += x[j] * x[j];
            held[i * PIECE + j] = x[j];
        }
    }
    __syncwarp();

    bool isValue = head >= heads + kvHeads;
    const float* norm = isValue ? nullptr : head < heads ? queryNorm : keyNorm;
    if (norm) {
        float factor = rsqrtf(warpSum(squares) / HEAD_DIM + eps);
        for (int i = lane; i < HEAD_DIM; i += WARP) {
            held[i] = rounded(held[i] * factor * norm[i]);
        }
        __syncwarp();
    }
    if (!isValue) {
        int half = rotaryDim / 2;
        const float* angles = cosSin + (size_t) positions[token] * rotaryDim;
        for (int i = lane; i < half; i += WARP) {
            int a = interleaved ? 2 * i : i;
            int b = interleaved ? 2 * i + 1 : i + half;
            float first = held[a], second = held[b];
            held[a] = first * angles[i] - second * angles[half + i];
            held[b] = second * angles[i] + first * angles[half + i];
        }
        __syncwarp();
    }

    if (head < heads) {
        for (int i = lane; i < PIECES; i += WARP) {
            storePiece(source + i * PIECE, held + i * PIECE);
        }
        return;
    }
    int slot = slots[token];
    if (slot < 0) {
        return;
    }
    int kvHead = head - heads - (isValue ? kvHeads : 0);
    kv_element* target = cache + kvOffset(slot / BLOCK_TOKENS, isValue, kvHead, kvHeads) + slot % BLOCK_TOKENS * HEAD_DIM;
#if KV_FP8
    float inverse = 1.f / (isValue ? valueScale : keyScale);
#if HEAD_DIM % 4 == 0
    for (int i = lane; i < HEAD_DIM / 4; i += WARP) {
        unsigned bytes = 0;
#pragma unroll
        for (int j = 0; j < 4; j++) {
            bytes |= (unsigned) toE4m3(held[i * 4 + j] * inverse) << 8 * j;
        }
        ((unsigned*) target)[i] = bytes;
    }
#else
    for (int i = lane; i < HEAD_DIM; i += WARP) {
        target[i] = toE4m3(held[i] * inverse);
    }
#endif
#else
    for (int i = lane; i < PIECES; i += WARP) {
        storePiece(target + i * PIECE, held + i * PIECE);
    }
#endif
}
