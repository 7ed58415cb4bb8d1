// As grouped_matmul.cu, for what the tensor cores' kernels do not take: float32, and rows of quantised codes that are not aligned to 16 bytes.
// out[slot, o] = sum over k of x[row of slot, order[k]] * weight(expert of slot, o, k); rows 0: a slot computes its own row of x.
// WEIGHT=0: elements, w alone is given; 4|8|9: codes w with scales, zeros and order [experts, inputs] as quantized.cuh has them, one after another by expert.
// Launch: grid (slots, ceil(outputs / 8)), block 256: a warp an output. Every slot reads its expert's weights, from L2 but for the first: not
// meant to be fast.
#include "device.cuh"
#if WEIGHT == 0
#include "element.cuh"
#else
#include "quantized.cuh"
#endif

#define WARPS 8

extern "C" __global__ void __launch_bounds__(WARPS * WARP)
grouped_plain(const void* w, const float* scales, const unsigned char* zeros, const int* order, int groupSize, const element* x, const int* rows,
              const int* starts, int experts, int outputs, int inputs, element* out) {
    startSuccessor();
    waitForPredecessors();
    int slot = blockIdx.x, output = blockIdx.y * WARPS + threadIdx.x / WARP, lane = threadIdx.x % WARP;
    if (output >= outputs) {
        return;
    }
    int low = 0, high = experts - 1; // the last expert that starts at or before the slot: those before it that start there have no slots
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (starts[middle] <= slot) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    size_t weightRow = (size_t) low * outputs + output;
    const element* source = x + (size_t) (rows ? rows[slot] : slot) * inputs;
    float sum = 0.f;
#if WEIGHT == 0
    const element* weights = (const element*) w + weightRow * inputs;
    for (int k = lane; k < inputs; k += WARP) {
        sum += toFloat(source[k]) * toFloat(weights[k]);
    }
#else
    int groups = (inputs + groupSize - 1) / groupSize;
    const int* places = order ? order + (size_t) low * inputs : nullptr;
    for (int k = lane; k < inputs; k += WARP) {
        size_t group = weightRow * groups + k / groupSize;
#if WEIGHT == 4
        float code = (float) ((int) (((const unsigned*) w)[weightRow * ((inputs + 7) / 8) + k / 8] >> k % 8 * 4 & 15) - (zeros ? zeros[group] : 0));
#elif WEIGHT == 8
        float code = (float) ((const signed char*) w)[weightRow * inputs + k];
#else
        float code = fromE4m3(((const unsigned char*) w)[weightRow * inputs + k]);
#endif
        sum += toFloat(source[places ? places[k] : k]) * (scales[group] * code);
    }
#endif
    sum = warpSum(sum);
    if (lane == 0) {
        out[(size_t) slot * outputs + output] = fromFloat(sum);
    }
}
