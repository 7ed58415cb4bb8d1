// Finds the k-th largest logit of a row, or the one at which a mass of probability is reached, without sorting: digit by digit from histograms
// (11, 11 and 10 bits of the logit made sortable) of counts, or of masses in 2^-45 of the largest weight. They are integers, so the order of
// additions does not matter. Reads the row three times.
#pragma once
#include "block_reduce.cuh"

#define BINS 2048
#define MASS_SCALE 35184372088832.0 // 2^45: 2^17 weights of at most 1 stay below 2^63

/** Larger for larger floats. */
__device__ __forceinline__ unsigned sortable(float x) {
    unsigned bits = __float_as_uint(x);
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

__device__ __forceinline__ float unsortable(unsigned key) {
    return __uint_as_float(key & 0x80000000u ? key & 0x7FFFFFFFu : ~key);
}

struct Row {
    const float* logits;
    int columns;
    float largest;
    double temperature;
    double floor; // what is less is no candidate

    __device__ __forceinline__ bool candidate(float logit) const { return logit >= floor && logit > NEGATIVE_INFINITY; }

    /** e^((logit - largest) / T); the difference is float32, as the host's. */
    __device__ __forceinline__ double weight(float logit) const { return exp((double) __fsub_rn(logit, largest) / temperature); }
};

struct Selected {
    unsigned key; // sum of those above < wanted <= sum of those and of the ties with it
    unsigned long long above;
    bool found;
};

/** Counts of logits (MASS false) or masses of candidates, from the largest down, until {@code wanted} is reached. */
template <bool MASS>
__device__ Selected select(const Row& row, unsigned long long wanted, unsigned long long* bins, unsigned long long* scratch) {
    __shared__ Selected result;
    unsigned prefix = 0;
    unsigned long long above = 0;
    int shift = 21, bits = 11;
    for (int digit = 0; digit < 3; digit++) {
        for (int i = threadIdx.x; i < BINS; i += THREADS) {
            bins[i] = 0;
        }
        if (threadIdx.x == 0) {
            result.found = false;
        }
        __syncthreads();
        for (int i = threadIdx.x; i < row.columns; i += THREADS) {
            float logit = row.logits[i];
            unsigned key = sortable(logit);
            bool mine = digit == 0 || key >> (shift + bits) == prefix;
            if (mine && (!MASS || row.candidate(logit))) {
                atomicAdd(&bins[key >> shift & ((1u << bits) - 1)], MASS ? (unsigned long long) (row.weight(logit) * MASS_SCALE) : 1ull);
            }
        }
        __syncthreads();
        // Bins from the largest down, two a thread: prefix sums by warps, then over warps.
        int high = BINS - 1 - 2 * (int) threadIdx.x;
        unsigned long long first = bins[high], second = bins[high - 1], end = first + second;
        int lane = threadIdx.x % WARP;
#pragma unroll
        for (int lanes = 1; lanes < WARP; lanes *= 2) {
            unsigned long long below = __shfl_up_sync(FULL_MASK, end, lanes);
            end += lane >= lanes ? below : 0;
        }
        if (lane == WARP - 1) {
            scratch[threadIdx.x / WARP] = end;
        }
        __syncthreads();
        unsigned long long before = above;
        for (int w = 0; w < (int) threadIdx.x / WARP; w++) {
            before += scratch[w];
        }
        before += end - first - second;
        if (before < wanted && before + first >= wanted) {
            result = {(prefix << bits) | (unsigned) high, before, true};
        } else if (before + first < wanted && before + first + second >= wanted) {
            result = {(prefix << bits) | (unsigned) (high - 1), before + first, true};
        }
        __syncthreads();
        Selected found = result;
        __syncthreads();
        if (!found.found) {
            return found;
        }
        prefix = found.key;
        above = found.above;
        bits = digit == 0 ? 11 : 10;
        shift = digit == 0 ? 10 : 0;
    }
    return {prefix, above, true};
}
