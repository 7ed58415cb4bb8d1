// From logits to tokens, with the results of the host's sampler: temperature, then what min_p, top_k and top_p leave, then the candidate at
// `uniform` of the cumulative distribution in order of ids. Rows with a temperature under 1e-5 take the lowest id among the largest logits.
// Ties with the k-th stay; top_p keeps the shortest prefix, most probable first and lower ids first among equals, that reaches its mass.
// What is drawn from is summed in float64 in a fixed order. A sum in another order than the host's can differ in its last bits: a draw that
// falls within 1e-9 of the edge of a candidate may go to its neighbour.
// Launch: grid R, block 1024; params are float64 as the host holds them. Reads 4 * columns bytes a row a pass, from L2: 3 passes, and 3 more
// each for top_k and top_p.
#include "select.cuh"

#define PER_THREAD 4
#define TILE (THREADS * PER_THREAD)
#define MOST_TILES 128 // vocabularies up to 524288

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
