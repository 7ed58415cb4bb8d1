// Which experts compute a row, and how much each counts; then the rows of each expert together.
//
// route: probabilities of logits[row] by softmax (scoring 0) or sigmoid (1); groups that are not among the keptGroups best drop out, by their
//   largest candidate (groupScore 0) or the sum of the two largest (1); the best perToken of the rest are chosen, of equals the first.
//   Candidates are probabilities plus correction; weights are probabilities, divided by their sum if renormalise, times scale. In float64.
//   Launch: grid rows, block 32, up to 1024 experts and 64 groups.
// group_rows: starts[e] is the first slot of expert e; slotRows[slot] the row that the slot computes; slots[row * perToken + k] the slot of a
//   row's k-th expert. Launch: grid 1, block 1024, up to 1024 experts.
// combine: out[row] = sum over k of weights[row, k] * results[slots[row, k]]. Launch: grid rows, block 128.
#include "device.cuh"
#include "element.cuh"

#define MOST_EXPERTS 1024
#define MOST_GROUPS 64
#define NOTHING __longlong_as_double(0xFFF0000000000000ll) // minus infinity

/** The first of the largest of values[0..count), by the lanes of one warp. */
__device__ __forceinline__ int firstLargest(const double* values, int count) {
    double best = NOTHING;
    int at = 0x7FFFFFFF;
    for (int i = threadIdx.x % WARP; i < count; i += WARP) {
        if (values[i] > best) {
            best = values[i], at = i;
        }
    }
#pragma unroll
    for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
        double other = __shfl_xor_sync(FULL_MASK, best, lanes);
        int otherAt = __shfl_xor_sync(FULL_MASK, at, lanes);
        if (other > best || (other == best && otherAt < at)) {
            best = other, at = otherAt;
        }
    }
    return at == 0x7FFFFFFF ? 0 : at;
}

__device__ __forceinline__ double warpSumDouble(double x) {
#pragma unroll
    for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
        x += __shfl_xor_sync(FULL_MASK, x, lanes);
    }
    return x;
}

extern "C" __global__ void __launch_bounds__(WARP)
route(const float* logits, const float* correction, int experts, int perToken, int scoring, int groups, int keptGroups, int groupScore,
      int renormalise, float scale, int* chosen, float* weights) {
    __shared__ double probabilities[MOST_EXPERTS], candidates[MOST_EXPERTS], groupScores[MOST_GROUPS];
    startSuccessor();
    waitForPredecessors();
    int row = blockIdx.x, lane = threadIdx.x;
    const float* from = logits + (size_t) row * experts;
    float largest = NEGATIVE_INFINITY;
    for (int e = lane; e < experts; e += WARP) {
        largest = fmaxf(largest, from[e]);
    }
    largest = warpMax(largest);
    double sum = 0;
    for (int e = lane; e < experts; e += WARP) {
        probabilities[e] = scoring == 0 ? exp((double) from[e] - largest) : 1 / (1 + exp(-(double) from[e]));
        sum += probabilities[e];
    }
    sum = warpSumDouble(sum);
    for (int e = lane; e < experts; e += WARP) {
        probabilities[e] = scoring == 0 ? probabilities[e] / sum : probabilities[e];
        candidates[e] = probabilities[e] + (correction ? correction[e] : 0.f);
    }
    __syncwarp();
    if (keptGroups < groups) {
        int size = experts / groups;
        for (int group = lane; group < groups; group += WARP) {
            double first = NOTHING, second = first;
            for (int e = group * size; e < (group + 1) * size; e++) {
                second = fmax(second, fmin(first, candidates[e]));
                first = fmax(first, candidates[e]);
            }
            groupScores[group] = groupScore == 0 || size == 1 ? first : first + second;
        }
        __syncwarp();
        unsigned long long kept = 0;
        for (int k = 0; k < keptGroups; k++) {
            int group = firstLargest(groupScores, groups);
            kept |= 1ull << group;
            __syncwarp();
            groupScores[group] = NOTHING;
            __syncwarp();
        }
        for (int e = lane; e < experts; e += WARP) {
            if ((kept >> (e / size) & 1) == 0) {
                candidates[e] = NOTHING;
            }
        }
        __syncwarp();
    }
    double total = 0;
    for (int k = 0; k < perToken; k++) {
        int expert = firstLargest(candidates, experts);
        total += probabilities[expert];
        __syncwarp();
        if (lane == 0) {
            candidates[expert] = NOTHING;
            chosen[(size_t) row * perToken + k] = expert;
        }
        __syncwarp();
    }
    double factor = scale / (renormalise ? total + 1e-20 : 1.0);
    for (int k = lane; k < perToken; k += WARP) {
        weights[(size_t) row * perToken + k] = (float) (probabilities[chosen[(size_t) row * perToken + k]] * factor);
    }
}

extern "C" __global__ void __launch_bounds__(1024)
group_rows(const int* chosen, int count, int experts, int perToken, int* starts, int* slotRows, int* slots) {
    __shared__ int next[MOST_EXPERTS + 1], scratch[WARP];
    startSuccessor();
    waitForPredecessors();
    int e = threadIdx.x, lane = e % WARP, warp = e / WARP;
    next[e] = 0;
    __syncthreads();
    for (int i = threadIdx.x; i < count; i += blockDim.x) {
        atomicAdd(&next[chosen[i]], 1);
    }
    __syncthreads();
    int own = next[e], end = own;
#pragma unroll
    for (int lanes = 1; lanes < WARP; lanes *= 2) {
        int below = __shfl_up_sync(FULL_MASK, end, lanes);
        end += lane >= lanes ? below : 0;
    }
    if (lane == WARP - 1) {
        scratch[warp] = end;
    }
    __syncthreads();
    for (int w = 0; w < warp; w++) {
        end += scratch[w];
    }
    next[e] = end - own;
    if (e < experts) {
        starts[e] = end - own;
    }
    if (e == experts - 1) {
        starts[experts] = end;
    }
    __syncthreads();
    for (int i = threadIdx.x; i < count; i += blockDim.x) {
        int slot = atomicAdd(&next[chosen[i]], 1);
        slotRows[slot] = i / perToken;
        slots[i] = slot;
    }
}

extern "C" __global__ void __launch_bounds__(128)
combine(const element* results, const int* slots, const float* weights, int perToken, int columns, element* out) {
    startSuccessor();
    waitForPredecessors();
    size_t row = blockIdx.x;
    for (int i = threadIdx.x; i < columns / VECTOR; i += blockDim.x) {
        float sum[VECTOR] = {};
        for (int k = 0; k < perToken; k++) {
            float x[VECTOR], weight = weights[row * perToken + k];
            unpack(((const uint4*) (results + (size_t) slots[row * perToken + k] * columns))[i], x);
#pragma unroll
            for (int j = 0; j < VECTOR; j++) {
                sum[j] += weight * x[j];
            }
        }
        ((uint4*) (out + row * columns))[i] = pack(sum);
    }
}
