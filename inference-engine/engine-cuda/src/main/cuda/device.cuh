// What every kernel needs of the device: programmatic dependent launch, streaming loads, asynchronous copies, reductions.
#pragma once

#define WARP 32
#define FULL_MASK 0xFFFFFFFFu
#define NEGATIVE_INFINITY __int_as_float(0xFF800000)

// How many threads may be resident on a multiprocessor: fewer on the smaller chips of a generation.
#if __CUDA_ARCH__ == 800 || __CUDA_ARCH__ == 900 || __CUDA_ARCH__ == 1000 || __CUDA_ARCH__ == 1030
#define THREADS_OF_MULTIPROCESSOR 2048
#else
#define THREADS_OF_MULTIPROCESSOR 1536
#endif

/**
 * Until the kernels before this one in the stream have finished and their writes are seen. Nothing at all unless launched with
 * programmatic stream serialization. Every kernel calls it, even one that reads nothing of its predecessor, because the next one
 * relies on it: a grid that waited is a grid whose predecessors are done.
 */
__device__ __forceinline__ void waitForPredecessors() {
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

/** Lets the next kernel start its prologue as soon as every block of this one got here. */
__device__ __forceinline__ void startSuccessor() {
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

/** 16 bytes that are read once and written by no kernel: past L1. */
__device__ __forceinline__ uint4 loadOnce(const void* address) {
    uint4 v;
    asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
                 : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "l"(address));
    return v;
}

__device__ __forceinline__ unsigned sharedAddress(const void* pointer) { return (unsigned) __cvta_generic_to_shared(pointer); }

/** Starts copying 16 bytes to an address of shared memory, or zeros where {@code valid} is not. */
__device__ __forceinline__ void copyAsyncTo(unsigned shared, const void* global, bool valid) {
    asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], 16, %2;" :: "r"(shared), "l"(global), "r"(valid ? 16 : 0) : "memory");
}

__device__ __forceinline__ void copyAsync(void* shared, const void* global, bool valid) { copyAsyncTo(sharedAddress(shared), global, valid); }

/** As copyAsync, of one word, of which {@code bytes} are copied and the rest is zero. */
__device__ __forceinline__ void copyWordAsync(void* shared, const void* global, int bytes) {
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" :: "r"(sharedAddress(shared)), "l"(global), "r"(bytes) : "memory");
}

/** Brings a line to L2 that is read after the kernels before this one. */
__device__ __forceinline__ void prefetch(const void* global) { asm volatile("prefetch.global.L2 [%0];" :: "l"(global)); }

__device__ __forceinline__ void commitCopies() { asm volatile("cp.async.commit_group;" ::: "memory"); }

/** Until at most {@code PENDING} of this thread's groups are under way. */
template <int PENDING>
__device__ __forceinline__ void waitForCopies() { asm volatile("cp.async.wait_group %0;" :: "n"(PENDING) : "memory"); }

__device__ __forceinline__ float warpSum(float x) {
#pragma unroll
    for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
        x += __shfl_xor_sync(FULL_MASK, x, lanes);
    }
    return x;
}

__device__ __forceinline__ float warpMax(float x) {
#pragma unroll
    for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
        x = fmaxf(x, __shfl_xor_sync(FULL_MASK, x, lanes));
    }
    return x;
}

/** The sum over all threads of the block, in every thread. {@code scratch}: 32 floats of shared memory, free again at the next barrier. */
__device__ __forceinline__ float blockSum(float x, float* scratch) {
    x = warpSum(x);
    if (threadIdx.x % WARP == 0) {
        scratch[threadIdx.x / WARP] = x;
    }
    __syncthreads();
    return warpSum(threadIdx.x % WARP < (blockDim.x + WARP - 1) / WARP ? scratch[threadIdx.x % WARP] : 0.f);
}

/** 2^x to 22 bits, 0 for what float32 has no normal number for. */
__device__ __forceinline__ float powerOfTwo(float x) {
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

/** Gate functions by the number that the host passes: 0 SILU, 1 GELU (exact), 2 GELU by tanh. */
__device__ __forceinline__ float activate(float x, int activation) {
    if (activation == 0) {
        return x / (1.f + __expf(-x));
    }
    if (activation == 1) {
        return 0.5f * x * (1.f + erff(x * 0.70710678118654752f));
    }
    return 0.5f * x * (1.f + tanhf(0.79788456080286536f * (x + 0.044715f * x * x * x)));
}
