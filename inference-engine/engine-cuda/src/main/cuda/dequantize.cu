// out[o, order[k]] = scales[o, k / groupSize] * (codes[o, k] - zeros[o, group]) in elements: for products of many rows, which a dense matrix
// product then computes. order 0: the natural order of inputs.
// Launch: grid (outputs, ceil(inputs / 8 / 128)), block 128; WEIGHT=4|8|9. Moves inputs * outputs * (bytes of a code + of an element).
#include "device.cuh"
#include "quantized.cuh"

extern "C" __global__ void __launch_bounds__(128)
dequantize(const unsigned* codes, const float* scales, const unsigned char* zeros, const int* order, int groupSize, int outputs, int inputs,
           element* out) {
    startSuccessor();
    waitForPredecessors();
    int eight = blockIdx.y * blockDim.x + threadIdx.x, output = blockIdx.x, eights = (inputs + 7) / 8;
    if (eight >= eights) {
        return;
    }
    size_t group = (size_t) output * ((inputs + groupSize - 1) / groupSize) + eight * 8 / groupSize; // groups are multiples of 8, or all
#if WEIGHT == 4
    unsigned low = codes[(size_t) output * eights + eight], high = 0;
#else
    unsigned low = 0, high = 0;
    const unsigned char* bytes = (const unsigned char*) codes + (size_t) output * inputs + eight * 8;
    if (inputs % 8 == 0) {
        uint2 words = *(const uint2*) bytes;
        low = words.x, high = words.y;
    } else {
        for (int j = 0; j < min(8, inputs - eight * 8); j++) {
            (j < 4 ? low : high) |= (unsigned) bytes[j] << 8 * (j % 4);
        }
    }
#endif
    float x[8], scale = scales[group];
    decodeEight(low, high, zeros ? zeros[group] : 0, x);
#if ELEMENT != 0
    if (!order && inputs % 8 == 0) {
        *(uint4*) (out + (size_t) output * inputs + eight * 8) =
            make_uint4(pack2(x[0] * scale, x[1] * scale), pack2(x[2] * scale, x[3] * scale), pack2(x[4] * scale, x[5] * scale), pack2(x[6] * scale, x[7] * scale));
        return;
    }
#endif
#pragma unroll
    for (int j = 0; j < 8; j++) {
        int k = eight * 8 + j;
        if (k < inputs) {
            out[(size_t) output * inputs + (order ? order[k] : k)] = fromFloat(x[j] * scale);
        }
    }
}
