// out = x / sqrt(mean(x^2) + eps) * weight, statistics in float32. A thread keeps its part of the row in registers between. out may be x.
// Launch: grid rows, block 256 or 512.
//   rms_norm: columns <= 8 * VECTOR * block. rms_norm_narrow: <= 2 * VECTOR * block, with so few registers that twice as many blocks run at a time.
// Moves 2 * rows * columns elements. H200, bf16, rms_norm_narrow at 4096 columns: 2,048 rows 10.1 us; 8,192 rows 39.7 us, 3.4 TB/s.
#include "device.cuh"
#include "element.cuh"

/** @tparam HELD 16-byte vectors that a thread may hold */
template <int HELD>
__device__ __forceinline__ void normalize(const element* x, const float* weight, float eps, int columns, element* out) {
    __shared__ float scratch[WARP];
    startSuccessor();
    waitForPredecessors();
    size_t row = (size_t) blockIdx.x * columns;
    int vectors = columns / VECTOR;
    uint4 held[HELD];
    float squares = 0.f;
#pragma unroll
    for (int k = 0; k < HELD; k++) {
        int i = threadIdx.x + k * blockDim.x;
        if (i < vectors) {
            held[k] = ((const uint4*) (x + row))[i];
        }
    }
#pragma unroll
    for (int k = 0; k < HELD; k++) {
        int i = threadIdx.x + k * blockDim.x;
        if (i < vectors) {
            float values[VECTOR];
            unpack(held[k], values);
#pragma unroll
            for (int j = 0; j < VECTOR; j++) {
                squares += values[j] * values[j];
            }
        }
    }
    float factor = rsqrtf(blockSum(squares, scratch) / columns + eps);
#pragma unroll
    for (int k = 0; k < HELD; k++) {
        int i = threadIdx.x + k * blockDim.x;
        if (i < vectors) {
            float values[VECTOR];
            unpack(held[k], values);
#pragma unroll
            for (int j = 0; j < VECTOR; j += 4) {
                float4 w = *(const float4*) (weight + i * VECTOR + j);
                values[j] *= factor * w.x, values[j + 1] *= factor * w.y, values[j + 2] *= factor * w.z, values[j + 3] *= factor * w.w;
            }
            ((uint4*) (out + row))[i] = pack(values);
        }
    }
}

extern "C" __global__ void __launch_bounds__(512, 2) rms_norm(const element* x, const float* weight, float eps, int columns, element* out) {
    normalize<8>(x, weight, eps, columns, out);
}

extern "C" __global__ void __launch_bounds__(512, THREADS_OF_MULTIPROCESSOR / 512) rms_norm_narrow(const element* x, const float* weight, float eps, int columns, element* out) {
    normalize<2>(x, weight, eps, columns, out);
}
