// The paged cache of one layer: [block][key 0 | value 1][kv head][token in block][HEAD_DIM], so that what a block of threads reads for one
// head is contiguous. Elements are those of activations, or e4m3 bytes (KV_FP8=1) that a factor of the launch scales.
#pragma once
#include "element.cuh"

#ifndef HEAD_DIM
#error "compile with -DHEAD_DIM=..."
#endif
#ifndef BLOCK_TOKENS
#define BLOCK_TOKENS 16
#endif
#ifndef KV_FP8
#define KV_FP8 0
#endif

#if KV_FP8
typedef unsigned char kv_element;
#else
typedef element kv_element;
#endif

#define KV_VECTOR (16 / (int) sizeof(kv_element))

/** Elements from the start of a layer to a head's part of a block. */
__device__ __forceinline__ size_t kvOffset(int block, int isValue, int kvHead, int kvHeads) {
    return ((size_t) (2 * block + isValue) * kvHeads + kvHead) * (BLOCK_TOKENS * HEAD_DIM);
}

__device__ __forceinline__ float kvToFloat(kv_element x) {
#if KV_FP8
    return fromE4m3(x);
#else
    return toFloat(x);
#endif
}
