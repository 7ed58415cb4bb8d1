// out[r, i] = activation(gateUp[r, i]) * gateUp[r, inner + i].
// Launch: grid (rows, ceil(inner / VECTOR / 256)), block 256. Moves 3 * rows * inner elements.
// H200, bf16, inner 14336: 2,048 rows 48 us, 3.7 TB/s; 8,192 rows 178 us, 4.0 TB/s.
#include "device.cuh"
#include "element.cuh"

extern "C" __global__ void __launch_bounds__(256)
gated_activation(const element* gateUp, int activation, int inner, element* out) {
    startSuccessor();
    waitForPredecessors();
    int i = blockIdx.y * blockDim.x + threadIdx.x;
    if (i >= inner / VECTOR) {
        return;
    }
    const element* row = gateUp + (size_t) blockIdx.x * 2 * inner;
    float gate[VECTOR], up[VECTOR];
    unpack(loadOnce(row + i * VECTOR), gate);
    unpack(loadOnce(row + inner + i * VECTOR), up);
#pragma unroll
    for (int j = 0; j < VECTOR; j++) {
        gate[j] = activate(gate[j], activation) * up[j];
    }
    ((uint4*) (out + (size_t) blockIdx.x * inner))[i] = pack(gate);
}
