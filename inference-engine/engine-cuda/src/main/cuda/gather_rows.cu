// out[r, :] = x[indices[r], :]: the hidden states whose logits are wanted.
// Launch: grid R, block 128. Moves 2 * R * columns elements.
#include "device.cuh"
#include "element.cuh"

extern "C" __global__ void __launch_bounds__(128)
gather_rows(const element* x, const int* indices, int columns, element* out) {
    startSuccessor();
    waitForPredecessors();
    const uint4* row = (const uint4*) (x + (size_t) indices[blockIdx.x] * columns);
    uint4* target = (uint4*) (out + (size_t) blockIdx.x * columns);
    for (int i = threadIdx.x; i < columns / VECTOR; i += blockDim.x) {
        target[i] = row[i];
    }
}
