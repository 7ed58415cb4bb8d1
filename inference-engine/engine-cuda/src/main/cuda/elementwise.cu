// add_gated: sum += x, times sigmoid(gate[row]) where there is a gate. Launch: grid (rows, ceil(columns / VECTOR / 256)), block 256.
// soft_cap:  x = cap * tanh(x / cap) in place, ELEMENT=0 for logits. Launch: any grid, block 256 (grid-stride over count elements).
// Moves 3 and 2 times what they are given.
#include "device.cuh"
#include "element.cuh"

extern "C" __global__ void __launch_bounds__(256)
add_gated(const element* x, const element* gate, int columns, element* sum) {
    startSuccessor();
    waitForPredecessors();
    int i = blockIdx.y * blockDim.x + threadIdx.x;
    if (i >= columns / VECTOR) {
        return;
    }
    float factor = gate ? 1.f / (1.f + __expf(-toFloat(gate[blockIdx.x]))) : 1.f;
    uint4* target = (uint4*) (sum + (size_t) blockIdx.x * columns) + i;
    float added[VECTOR], total[VECTOR];
    unpack(((const uint4*) (x + (size_t) blockIdx.x * columns))[i], added);
    unpack(*target, total);
#pragma unroll
    for (int j = 0; j < VECTOR; j++) {
        total[j] += factor * added[j];
    }
    *target = pack(total);
}

extern "C" __global__ void __launch_bounds__(256) soft_cap(element* x, long long count, float cap) {
    startSuccessor();
    waitForPredecessors();
    for (long long i = (long long) blockIdx.x * blockDim.x + threadIdx.x; i < count; i += (long long) gridDim.x * blockDim.x) {
        x[i] = fromFloat(cap * tanhf(toFloat(x[i]) / cap));
    }
}
