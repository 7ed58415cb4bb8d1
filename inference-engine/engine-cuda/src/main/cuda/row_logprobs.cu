// Of raw logits: the log-probability of a token, ids and log-probabilities of the `top` largest, and how many logits are as large as the
// token's or larger (ranks|0).
// Launch: grid R, block 1024. Reads 4 * columns bytes a row a pass, from L2: one for each of the `top`, and two more.
#include "block_reduce.cuh"

extern "C" __global__ void __launch_bounds__(THREADS, 1)
row_logprobs(const float* logits, const int* tokens, int columns, int top, float* chosen, int* topIds, float* topLogprobs, int* ranks) {
    __shared__ double scratch[WARP];
    __shared__ float values[WARP];
    __shared__ int ids[WARP];
    startSuccessor();
    waitForPredecessors();
    int r = blockIdx.x;
    const float* row = logits + (size_t) r * columns;
    double sum = 0, logSumExp = 0;
    float bound = 0;
    int boundId = -1;
    for (int k = 0; k < top || k == 0; k++) { // the k-th largest is the largest of those after the one before
        float best = NEGATIVE_INFINITY;
        int id = columns;
        for (int i = threadIdx.x; i < columns; i += THREADS) {
            float x = row[i];
            bool after = k == 0 || x < bound || (x == bound && i > boundId);
            if (after && (x > best || (x == best && i < id))) {
                best = x, id = i;
            }
        }
        blockLargest(best, id, values, ids);
        if (k == 0) {
            for (int i = threadIdx.x; i < columns; i += THREADS) {
                sum += exp((double) __fsub_rn(row[i], best));
            }
            logSumExp = best + log(blockTotal(sum, scratch));
            if (threadIdx.x == 0 && tokens) {
                chosen[r] = (float) (row[tokens[r]] - logSumExp);
            }
        }
        if (threadIdx.x == 0 && k < top) {
            topIds[(size_t) r * top + k] = id;
            topLogprobs[(size_t) r * top + k] = (float) (best - logSumExp);
        }
        bound = best, boundId = id;
    }
    if (ranks) {
        float mine = row[tokens[r]];
        int notLess = 0;
        for (int i = threadIdx.x; i < columns; i += THREADS) {
            notLess += row[i] >= mine;
        }
        notLess = blockTotal(notLess, ids);
        if (threadIdx.x == 0) {
            ranks[r] = notLess;
        }
    }
}
