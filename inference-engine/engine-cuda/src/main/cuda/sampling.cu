// From logits to tokens, with the results of the host's sampler: temperature, then what min_p, top_k and top_p leave, then the candidate at
// `uniform` of the cumulative distribution in order of ids. Rows with a temperature under 1e-5 take the lowest id among the largest logits.
//
// sample_rows: grid R, block 1024; params are float64 as the host holds them.
//   Ties with the k-th stay; top_p keeps the shortest prefix, most probable first and lower ids first among equals, that reaches its mass.
//   The k-th logit and the logit at which the mass is reached are found digit by digit from histograms (11, 11 and 10 bits of the logit made
//   sortable), of counts and of masses in 2^-45 of the largest weight: integers, so the order of additions does not matter. What is drawn
//   from is summed in float64 in a fixed order. A sum in another order than the host's can differ in its last bits: a draw that falls
//   within 1e-9 of the edge of a candidate may go to its neighbour.
// penalize: grid R, block 256. Entries are distinct tokens of prompt and output of a row, with how often each is in the output.
// add_to_tokens: grid R, block 64. Adds to single logits of a row: biases, or minus infinity. A token may occur more than once.
// row_logprobs: grid R, block 1024. Of raw logits: log-probability of a token, ids and log-probabilities of the `top` largest, and how many
//   logits are as large as the token's or larger (ranks|0).
// All read 4 * columns bytes a row a pass, from L2: sample_rows 3 passes, and 3 more each for top_k and top_p.
#include "device.cuh"

#define THREADS 1024
#define PER_THREAD 4
#define TILE (THREADS * PER_THREAD)
#define MOST_TILES 128 // vocabularies up to 524288
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

template <class T>
__device__ __forceinline__ T blockTotal(T x, T* scratch) {
#pragma unroll
    for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
        x += __shfl_xor_sync(FULL_MASK, x, lanes);
    }
    __syncthreads();
    if (threadIdx.x % WARP == 0) {
        scratch[threadIdx.x / WARP] = x;
    }
    __syncthreads();
    x = scratch[threadIdx.x % WARP];
#pragma unroll
    for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
        x += __shfl_xor_sync(FULL_MASK, x, lanes);
    }
    return x;
}

/** The largest value and its lowest id, in every thread; id is columns where nothing is above minus infinity. */
__device__ __forceinline__ void blockLargest(float& value, int& id, float* values, int* ids) {
    __syncthreads();
    for (int round = 0; round < 2; round++) {
#pragma unroll
        for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
            float other = __shfl_xor_sync(FULL_MASK, value, lanes);
            int otherId = __shfl_xor_sync(FULL_MASK, id, lanes);
            if (other > value || (other == value && otherId < id)) {
                value = other, id = otherId;
            }
        }
        if (round == 0) {
            if (threadIdx.x % WARP == 0) {
                values[threadIdx.x / WARP] = value;
                ids[threadIdx.x / WARP] = id;
            }
            __syncthreads();
            value = values[threadIdx.x % WARP];
            id = ids[threadIdx.x % WARP];
        }
    }
}

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

extern "C" __global__ void __launch_bounds__(THREADS, 1)
sample_rows(const float* logits, const double* temperature, const int* topK, const double* topP, const double* minP, const double* uniform,
            int columns, int* tokens) {
    __shared__ unsigned long long bins[BINS];
    __shared__ unsigned long long scratch[WARP];
    __shared__ double sums[MOST_TILES];
    __shared__ int ties[MOST_TILES];
    __shared__ int tieScratch[WARP];
    __shared__ double startSum;
    __shared__ int startTies, startTile, answer;
    startSuccessor();
    waitForPredecessors();
    int r = blockIdx.x;
    Row row = {logits + (size_t) r * columns, columns, NEGATIVE_INFINITY, temperature[r], (double) NEGATIVE_INFINITY};

    int id = columns, lastId = -1;
    for (int i = threadIdx.x; i < columns; i += THREADS) {
        if (row.logits[i] > row.largest) {
            row.largest = row.logits[i], id = i;
        }
    }
    blockLargest(row.largest, id, (float*) scratch, ties);
    if (row.temperature < 1e-5 || id == columns) {
        if (threadIdx.x == 0) {
            tokens[r] = id == columns ? 0 : id;
        }
        return;
    }
    if (minP[r] > 0) {
        row.floor = row.largest + log(minP[r]) * row.temperature;
    }
    if (topK[r] > 0 && topK[r] < columns) {
        Selected kth = select<false>(row, (unsigned long long) topK[r], bins, scratch);
        if (kth.found) {
            row.floor = fmax(row.floor, (double) unsortable(kth.key));
        }
    }
    // Ties with the edge of top_p that are kept: the first ones.
    unsigned edge = 0;
    int tiesKept = 0x7FFFFFFF;
    if (topP[r] < 1) {
        unsigned long long mine = 0;
        for (int i = threadIdx.x; i < columns; i += THREADS) {
            float logit = row.logits[i];
            mine += row.candidate(logit) ? (unsigned long long) (row.weight(logit) * MASS_SCALE) : 0;
        }
        unsigned long long wanted = (unsigned long long) ceil(topP[r] * (double) blockTotal(mine, scratch));
        Selected reached = select<true>(row, wanted > 0 ? wanted : 1, bins, scratch);
        if (reached.found) {
            edge = reached.key;
            unsigned long long each = (unsigned long long) (row.weight(unsortable(edge)) * MASS_SCALE);
            tiesKept = each == 0 ? 0x7FFFFFFF : (int) ((wanted - reached.above + each - 1) / each);
        }
    }

    // What is drawn from, tile by tile: the sum of weights above the edge, and how many ties with it.
    int tiles = (columns + TILE - 1) / TILE;
    double edgeWeight = row.weight(unsortable(edge));
    for (int tile = 0; tile < tiles; tile++) {
        double sum = 0;
        int tied = 0;
        for (int j = 0; j < PER_THREAD; j++) {
            int i = tile * TILE + (int) threadIdx.x * PER_THREAD + j;
            if (i < columns && row.candidate(row.logits[i])) {
                unsigned key = sortable(row.logits[i]);
                sum += key > edge ? row.weight(row.logits[i]) : 0.0;
                tied += key == edge;
                lastId = i;
            }
        }
        sum = blockTotal(sum, (double*) scratch);
        tied = blockTotal(tied, tieScratch);
        if (threadIdx.x == 0) {
            sums[tile] = sum;
            ties[tile] = tied;
        }
    }
    __syncthreads();
    float last = (float) lastId; // below 2^24 exactly
    int unused = 0;
    blockLargest(last, unused, (float*) scratch, tieScratch);
    if (threadIdx.x == 0) {
        double total = 0;
        int kept = 0;
        for (int tile = 0; tile < tiles; tile++) {
            int take = min(ties[tile], tiesKept - kept);
            total += sums[tile] + (take > 0 ? take * edgeWeight : 0.0);
            kept += take;
        }
        double target = uniform[r] * total, sum = 0;
        kept = 0;
        startTile = -1;
        for (int tile = 0; tile < tiles; tile++) {
            int take = min(ties[tile], tiesKept - kept);
            double next = sum + sums[tile] + (take > 0 ? take * edgeWeight : 0.0);
            if (next > target) {
                startTile = tile, startSum = sum - target, startTies = kept;
                break;
            }
            sum = next, kept += take;
        }
        answer = (int) last < 0 ? 0 : (int) last; // rounding alone leaves it at that
    }
    __syncthreads();
    if (startTile < 0) {
        if (threadIdx.x == 0) {
            tokens[r] = answer;
        }
        return;
    }

    // In the tile where the sum passes the target: prefix sums over threads, then each thread's four.
    int first = startTile * TILE + (int) threadIdx.x * PER_THREAD;
    double own = 0;
    int ownTies = 0;
    for (int j = 0; j < PER_THREAD; j++) {
        if (first + j < columns && row.candidate(row.logits[first + j])) {
            ownTies += sortable(row.logits[first + j]) == edge;
        }
    }
    int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    int tiesBefore = ownTies;
#pragma unroll
    for (int lanes = 1; lanes < WARP; lanes *= 2) {
        int below = __shfl_up_sync(FULL_MASK, tiesBefore, lanes);
        tiesBefore += lane >= lanes ? below : 0;
    }
    if (lane == WARP - 1) {
        tieScratch[warp] = tiesBefore;
    }
    __syncthreads();
    tiesBefore += startTies - ownTies;
    for (int w = 0; w < warp; w++) {
        tiesBefore += tieScratch[w];
    }
    double weights[PER_THREAD];
    int seen = tiesBefore;
    for (int j = 0; j < PER_THREAD; j++) {
        weights[j] = 0;
        if (first + j < columns && row.candidate(row.logits[first + j])) {
            unsigned key = sortable(row.logits[first + j]);
            if (key > edge || (key == edge && seen < tiesKept)) {
                weights[j] = row.weight(row.logits[first + j]);
            }
            seen += key == edge;
        }
        own += weights[j];
    }
    double before = own;
#pragma unroll
    for (int lanes = 1; lanes < WARP; lanes *= 2) {
        double below = __shfl_up_sync(FULL_MASK, before, lanes);
        before += lane >= lanes ? below : 0.0;
    }
    __syncthreads();
    if (lane == WARP - 1) {
        ((double*) scratch)[warp] = before;
    }
    __syncthreads();
    before -= own;
    for (int w = 0; w < warp; w++) {
        before += ((double*) scratch)[w];
    }
    before += startSum; // relative to the target
    int found = columns;
    for (int j = 0; j < PER_THREAD; j++) {
        before += weights[j];
        if (weights[j] > 0 && before > 0 && found == columns) {
            found = first + j;
        }
    }
    __shared__ int lowest;
    if (threadIdx.x == 0) {
        lowest = columns;
    }
    __syncthreads();
    atomicMin(&lowest, found);
    __syncthreads();
    if (threadIdx.x == 0) {
        tokens[r] = lowest < columns ? lowest : answer;
    }
}

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
