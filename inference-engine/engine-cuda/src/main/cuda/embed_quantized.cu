// out[t, :] = scale * row tokenIds[t] of a quantised table, whose codes, scales, zeros and order are those of quantized.cuh; negative ids as in embed.cu.
// Launch: grid T, block 128.
#include "device.cuh"
#include "quantized.cuh"

extern "C" __global__ void __launch_bounds__(128)
embed_quantized(const int* tokenIds, const int* drawn, const void* codes, const float* scales, const unsigned char* zeros, const int* order, int groupSize,
                float factor, int columns, element* out) {
    startSuccessor();
    waitForPredecessors();
    int id = tokenIds[blockIdx.x];
    size_t row = id < 0 ? drawn[-1 - id] : id;
    int groups = (columns + groupSize - 1) / groupSize;
    for (int k = threadIdx.x; k < columns; k += blockDim.x) {
        size_t group = row * groups + k / groupSize;
#if WEIGHT == 4
        float code = (float) ((int) (((const unsigned*) codes)[row * ((columns + 7) / 8) + k / 8] >> k % 8 * 4 & 15) - (zeros ? zeros[group] : 0));
#elif WEIGHT == 8
        float code = (float) ((const signed char*) codes)[row * columns + k];
#else
        float code = fromE4m3(((const unsigned char*) codes)[row * columns + k]);
#endif
        out[(size_t) blockIdx.x * columns + (order ? order[k] : k)] = fromFloat(rounded(scales[group] * code) * factor);
    }
}
