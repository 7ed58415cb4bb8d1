// Attention of decode_step.cu. A part is a row, up to eight heads that share keys, and a split of the context; a block's warps each take every
// eighth tile of its keys.
#pragma once
#include "decode_keys.cuh"
#include "decode_program.cuh"

#define HEADS 8 // query heads that a warp takes at a time: the columns of an mma
#define LEAST_TILES (HEAD_DIM <= 64 ? 48 : 16) // of a split: adding up splits costs as much
#define MET (HEAD_DIM + 4)

#define QUERY_STRIDE (HEAD_DIM + 8) // so that rows lie in different banks
#define PARTIAL_HEAD (HEAD_DIM + 2) // words that a split leaves of a head: its sums, its maximum and the sum of its weights

/** A row, heads that share keys, and a split of the context. */
struct Part {
    int place, split, row, kvHead, firstHead, heads;
    bool keepsKeys; // whether these are the heads whose part writes the newest key, where there are more than eight
};

/** Of the context's tiles of keys. */
struct Split {
    int first, newest; // positions
    int beginTile, endTile, splits;
};

/** What a block's warps share while they attend, where inputs of products are staged else. */
struct Meeting {
    element *queries, *newKey, *newValue; // [HEADS][QUERY_STRIDE], [QUERY_STRIDE], [QUERY_STRIDE]
    float (*maxima)[HEADS]; // [WARPS]
    float (*sums)[HEADS]; // [WARPS]
    float* out; // [WARPS][heads][MET]
};

__device__ __forceinline__ Part partOf(const Step& step, int item) {
    int sharing = step.heads / step.kvHeads, groups = (sharing + HEADS - 1) / HEADS, places = step.rows * step.kvHeads * groups;
    int place = item % places, kvHead = place / groups % step.kvHeads, firstHead = kvHead * sharing + place % groups * HEADS;
    return {place, item / places, place / (step.kvHeads * groups), kvHead, firstHead, min(HEADS, (kvHead + 1) * sharing - firstHead), place % groups == 0};
}

/** How many splits have work is decided here, so that a launch in a graph serves every length. */
__device__ __forceinline__ Split splitOf(const Step& step, int split, int context, int window) {
    int first = window > 0 ? max(0, context - window) : 0, newest = context - 1;
    int beginTile = first / KEYS, tiles = newest / KEYS + 1 - beginTile;
    int splits = min(step.splits, (tiles + LEAST_TILES - 1) / LEAST_TILES), perSplit = (tiles + splits - 1) / splits;
    splits = (tiles + perSplit - 1) / perSplit;
    return {first, newest, beginTile + split * perSplit, min(beginTile + (split + 1) * perSplit, newest / KEYS + 1), splits};
}

/** Waits for the part's queries, key and value; normalises and rotates them, and writes key and value to the cache. A warp takes a head. */
__device__ __forceinline__ void turn(const Step& step, const Operation& op, unsigned tag, const Part& part, bool keeps, const Meeting& meeting) {
    int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP; // four dimensions a lane, two of each half
    int slot = layout().slots[part.row];
    const float* angles = op.cosSin + (size_t) layout().positions[part.row] * HEAD_DIM;
    bool turns = lane < HEAD_DIM / 4;
    float2 cos = turns ? *(const float2*) (angles + 2 * lane) : make_float2(0, 0), sin = turns ? *(const float2*) (angles + HEAD_DIM / 2 + 2 * lane) : cos;
    const word* source = step.words + op.source + (size_t) part.row * (step.heads + 2 * step.kvHeads) * (HEAD_DIM / 2);
    for (int h = warp; h < part.heads + 2; h += WARPS) {
        bool isQuery = h < part.heads, isValue = h == part.heads + 1;
        int head = isQuery ? part.firstHead + h : step.heads + part.kvHead + (isValue ? step.kvHeads : 0);
        const float* norm = isQuery ? op.bias : isValue ? nullptr : op.norm;
        float4 weight = make_float4(0, 0, 0, 0);
        float2 a = make_float2(0, 0), b = a;
        if (turns) {
            if (norm) {
                weight = make_float4(norm[2 * lane], norm[2 * lane + 1], norm[HEAD_DIM / 2 + 2 * lane], norm[HEAD_DIM / 2 + 2 * lane + 1]);
            }
            const word* at = source + (size_t) head * (HEAD_DIM / 2) + lane;
            uint2 early = loadWord(at), late = loadWord(at + HEAD_DIM / 4);
            a = unpack2(await(early, at, tag));
            b = unpack2(await(late, at + HEAD_DIM / 4, tag));
        }
        if (norm) {
            float factor = rsqrtf(warpSum(a.x * a.x + a.y * a.y + b.x * b.x + b.y * b.y) / HEAD_DIM + step.eps);
            a = make_float2(rounded(a.x * factor * weight.x), rounded(a.y * factor * weight.y));
            b = make_float2(rounded(b.x * factor * weight.z), rounded(b.y * factor * weight.w));
        }
        unsigned low, high;
        if (isValue) {
            low = pack2(a.x, a.y), high = pack2(b.x, b.y);
        } else {
            low = pack2(a.x * cos.x - b.x * sin.x, a.y * cos.y - b.y * sin.y);
            high = pack2(b.x * cos.x + a.x * sin.x, b.y * cos.y + a.y * sin.y);
        }
        if (turns) {
            unsigned* to = (unsigned*) (isQuery ? meeting.queries + h * QUERY_STRIDE : isValue ? meeting.newValue : meeting.newKey);
            to[lane] = low;
            to[lane + HEAD_DIM / 4] = high;
            if (!isQuery && keeps && slot >= 0) {
                unsigned* kept = (unsigned*) ((element*) op.memory + kvOffset(slot / BLOCK_TOKENS, isValue, part.kvHead, step.kvHeads)
                                              + slot % BLOCK_TOKENS * HEAD_DIM);
                kept[lane] = low;
                kept[lane + HEAD_DIM / 4] = high;
            }
        }
    }
}

/** Puts a warp's state where all warps' meet. */
__device__ __forceinline__ void meet(Attended& state, int heads, const Meeting& meeting) {
    int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP, group = lane / 4, quad = lane % 4;
#pragma unroll
    for (int h = 0; h < 2; h++) {
        int head = 2 * quad + h;
#pragma unroll
        for (int lanes = 4; lanes < WARP; lanes *= 2) {
            state.sum[h] += __shfl_xor_sync(FULL_MASK, state.sum[h], lanes);
        }
        if (group == 0) {
            meeting.maxima[warp][head] = state.maximum[h];
            meeting.sums[warp][head] = state.sum[h];
        }
        if (head < heads) {
#pragma unroll
            for (int i = 0; i < VALUE_UNITS * 4; i++) {
                int d = i / 4 * 64 + group * 8 + i % 4 * 2;
                if (d < HEAD_DIM) {
                    *(float2*) (meeting.out + (warp * heads + head) * MET + d) = make_float2(state.out[i][h], state.out[i][2 + h]);
                }
            }
        }
    }
}

/** Adds up the warps: to the target where the context is not split, else to what the splits leave. */
__device__ __forceinline__ void addWarps(const Part& part, int splits, const Meeting& meeting, word* target, word* partials, unsigned tag) {
    for (int i = threadIdx.x; i < part.heads * HEAD_DIM / 2; i += blockDim.x) {
        int head = i / (HEAD_DIM / 2), d = i % (HEAD_DIM / 2) * 2;
        float largest = NEGATIVE_INFINITY, total = 0.f;
#pragma unroll
        for (int w = 0; w < WARPS; w++) {
            largest = fmaxf(largest, meeting.maxima[w][head]);
        }
        float2 x = make_float2(0.f, 0.f);
#pragma unroll 8
        for (int w = 0; w < WARPS; w++) {
            float weight = powerOfTwo(meeting.maxima[w][head] - largest);
            float2 out = *(const float2*) (meeting.out + (w * part.heads + head) * MET + d);
            x.x += weight * out.x, x.y += weight * out.y;
            total += weight * meeting.sums[w][head];
        }
        if (splits == 1) {
            storeWord(target + i, pack2(__fdividef(x.x, total), __fdividef(x.y, total)), tag);
        } else {
            word* partial = partials + (part.split * HEADS + head) * PARTIAL_HEAD;
            storeWords(partial + d, __float_as_uint(x.x), __float_as_uint(x.y), tag);
            if (d == 0) {
                storeWords(partial + HEAD_DIM, __float_as_uint(largest), __float_as_uint(total), tag);
            }
        }
    }
}

/** Waits for what the splits leave and adds them up, in their order whoever comes first. */
__device__ __forceinline__ void addSplits(int heads, int splits, word* target, const word* partials, unsigned tag) {
    for (int i = threadIdx.x; i < heads * HEAD_DIM / 2; i += blockDim.x) {
        int head = i / (HEAD_DIM / 2), d = i % (HEAD_DIM / 2) * 2;
        float largest = NEGATIVE_INFINITY, total = 0.f;
        float2 x = make_float2(0.f, 0.f);
        for (int begin = 0; begin < splits; begin += 4) {
            uint4 state[4], out[4]; // under way together
#pragma unroll
            for (int j = 0; j < 4; j++) {
                const word* from = partials + ((begin + j) * HEADS + head) * PARTIAL_HEAD;
                if (begin + j < splits) {
                    state[j] = loadWords(from + HEAD_DIM);
                    out[j] = loadWords(from + d);
                }
            }
#pragma unroll
            for (int j = 0; j < 4; j++) {
                const word* from = partials + ((begin + j) * HEADS + head) * PARTIAL_HEAD;
                if (begin + j < splits) {
                    state[j] = await(state[j], from + HEAD_DIM, tag);
                    out[j] = await(out[j], from + d, tag);
                    float maximum = __uint_as_float(state[j].x), larger = fmaxf(largest, maximum);
                    float keep = powerOfTwo(largest - larger), weight = powerOfTwo(maximum - larger);
                    x.x = x.x * keep + weight * __uint_as_float(out[j].x);
                    x.y = x.y * keep + weight * __uint_as_float(out[j].z);
                    total = total * keep + weight * __uint_as_float(state[j].z);
                    largest = larger;
                }
            }
        }
        storeWord(target + i, pack2(__fdividef(x.x, total), __fdividef(x.y, total)), tag);
    }
}

/**
 * This block's parts of a layer's attention. Heads are normalised and rotated in every split; the last, which has the newest token, writes
 * its key and value to the cache, and the first adds up all of them.
 */
__device__ __forceinline__ void attend(int operation, unsigned tag) {
    const Step& step = theStep();
    const Operation& op = operationAt(operation);
    int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP, group = lane / 4, quad = lane % 4;
    int sharing = step.heads / step.kvHeads, items = step.rows * step.kvHeads * ((sharing + HEADS - 1) / HEADS) * step.splits;
    Meeting meeting;
    meeting.queries = stagedAt(step.staged);
    meeting.newKey = meeting.queries + HEADS * QUERY_STRIDE;
    meeting.newValue = meeting.newKey + QUERY_STRIDE;
    meeting.maxima = (float(*)[HEADS]) (meeting.newValue + QUERY_STRIDE);
    meeting.sums = meeting.maxima + WARPS;
    meeting.out = (float*) (meeting.sums + WARPS);
    for (int item = firstTile(op); item < items; item += gridDim.x) {
        Part part = partOf(step, item);
        int context = layout().contexts[part.row];
        word* target = step.words + op.target + ((size_t) part.row * step.heads + part.firstHead) * (HEAD_DIM / 2);
        if (context == 0) { // a padded row: what follows waits for it all the same, and it waits, so as not to run ahead of readers
            const word* query = step.words + op.source + ((size_t) part.row * (step.heads + 2 * step.kvHeads) + part.firstHead) * (HEAD_DIM / 2);
            for (int i = threadIdx.x; part.split == 0 && i < part.heads * HEAD_DIM / 2; i += blockDim.x) {
                await(loadWord(query + i), query + i, tag - 1);
                storeWord(target + i, 0, tag);
            }
            continue;
        }
        Split split = splitOf(step, part.split, context, op.detail);
        if (part.split >= split.splits) {
            continue;
        }
        int tile = split.beginTile + warp;
        const int* table = step.blockTables + (size_t) part.row * step.maxBlocks;
        const element* cache = (const element*) op.memory;
        CachedTile cached[AHEAD];
#pragma unroll
        for (int t = 0; t < AHEAD; t++) {
            cached[t].load(cache, table, tile + t * WARPS < split.endTile, tile + t * WARPS, split.newest, part.kvHead, step.kvHeads);
        }
        turn(step, op, tag - 1, part, part.split == split.splits - 1 && part.keepsKeys, meeting);
        __syncthreads();
        uint4 query[KEY_UNITS];
#pragma unroll
        for (int u = 0; u < KEY_UNITS; u++) {
            int d = u * 32 + quad * 8;
            query[u] = group < part.heads && d < HEAD_DIM ? *(const uint4*) (meeting.queries + group * QUERY_STRIDE + d) : make_uint4(0, 0, 0, 0);
        }
        Attended state;
#pragma unroll 1
        while (tile < split.endTile) {
#pragma unroll
            for (int t = 0; t < AHEAD; t++) {
                if (tile + t * WARPS == split.newest / KEYS) {
                    cached[t].complete(split.newest % KEYS, meeting.newKey, meeting.newValue);
                }
            }
            state.add(cached, query, tile, split.endTile, split.first, context, step.scale, step.softCap);
            tile += AHEAD * WARPS;
#pragma unroll
            for (int t = 0; t < AHEAD; t++) {
                cached[t].load(cache, table, tile + t * WARPS < split.endTile, tile + t * WARPS, split.newest, part.kvHead, step.kvHeads);
            }
        }
        meet(state, part.heads, meeting);
        __syncthreads();
        word* partials = step.words + step.partials + (size_t) part.place * step.splits * HEADS * PARTIAL_HEAD;
        addWarps(part, split.splits, meeting, target, partials, tag);
        if (part.split == 0 && split.splits > 1) {
            addSplits(part.heads, split.splits, target, partials, tag);
        }
        __syncthreads(); // what lay in shared memory may be overwritten
    }
}
