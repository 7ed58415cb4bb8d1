// What changes logits before a token is chosen.
//
// penalize: grid R, block 256. Entries are distinct tokens of prompt and output of a row, with how often each is in the output.
// add_to_tokens: grid R, block 64. Adds to single logits of a row: biases, or minus infinity. A token may occur more than once.
// Both move 8 bytes an entry.
#include "device.cuh"

extern "C" __global__ void __launch_bounds__(256)
penalize(float* logits, int columns, const int* starts, const int* tokens, const int* outputCounts, const double* repetition,
         const double* frequency, const double* presence) {
    startSuccessor();
    waitForPredecessors();
    int r = blockIdx.x;
    float* row = logits + (size_t) r * columns;
    for (int i = starts[r] + (int) threadIdx.x; i < starts[r + 1]; i += blockDim.x) {
        float logit = row[tokens[i]];
        if (repetition[r] != 1) {
            logit = (float) (logit > 0 ? logit / repetition[r] : logit * repetition[r]);
        }
        if (outputCounts[i] > 0) {
            logit = __fsub_rn(logit, (float) __dadd_rn(__dmul_rn(frequency[r], (double) outputCounts[i]), presence[r]));
        }
        row[tokens[i]] = logit;
    }
}

extern "C" __global__ void __launch_bounds__(64)
add_to_tokens(float* logits, int columns, const int* starts, const int* tokens, const float* values) {
    startSuccessor();
    waitForPredecessors();
    for (int i = starts[blockIdx.x] + (int) threadIdx.x; i < starts[blockIdx.x + 1]; i += blockDim.x) {
        atomicAdd(&logits[(size_t) blockIdx.x * columns + tokens[i]], values[i]);
    }
}
