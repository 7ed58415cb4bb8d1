// What a block of 1,024 threads finds out about a row of logits.
#pragma once
#include "device.cuh"

#define THREADS 1024

/** The sum over all threads, in every thread. {@code scratch}: 32 places of shared memory. */
template <class T>
__device__ __forceinline__ T blockTotal(T x, T* scratch) {
#pragma unroll
    for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
        x += __shfl_xor_sync(FULL_MASK, x, lanes);
    }
    __syncthreads();
    if (threadIdx.x % WARP == 0) {
        scratch[threadIdx.x / WARP] = x;
    }
    __syncthreads();
    x = scratch[threadIdx.x % WARP];
#pragma unroll
    for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
        x += __shfl_xor_sync(FULL_MASK, x, lanes);
    }
    return x;
}

/** The largest value and its lowest id, in every thread; id is columns where nothing is above minus infinity. */
__device__ __forceinline__ void blockLargest(float& value, int& id, float* values, int* ids) {
    __syncthreads();
    for (int round = 0; round < 2; round++) {
#pragma unroll
        for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
            float other = __shfl_xor_sync(FULL_MASK, value, lanes);
            int otherId = __shfl_xor_sync(FULL_MASK, id, lanes);
            if (other > value || (other == value && otherId < id)) {
                value = other, id = otherId;
            }
        }
        if (round == 0) {
            if (threadIdx.x % WARP == 0) {
                values[threadIdx.x / WARP] = value;
                ids[threadIdx.x / WARP] = id;
            }
            __syncthreads();
            value = values[threadIdx.x % WARP];
            id = ids[threadIdx.x % WARP];
        }
    }
}
