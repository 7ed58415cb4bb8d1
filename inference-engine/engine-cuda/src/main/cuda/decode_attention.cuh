// Attention of decode_step.cu. A part is a row, up to eight heads that share keys, and a split of the context; a block's warps each take every
// eighth tile of its keys.
#pragma once
#include "decode_keys.cuh"
#include "decode_program.cuh"

#define HEADS 8 // query heads that a warp takes at a time: the columns of an mma
#define LEAST_TILES (HEAD_DIM <= 64 ? 48 : 16) // of a split: adding up splits costs as much
#define MET (HEAD_DIM + 4)

/**
 * Attention of this block's parts: a row, up to eight heads that share keys, and a split of the context. Heads are normalised and rotated
 * here, in every split; the one that has the newest token writes its key and value to the cache. The first split adds up all of them.
 */
__device__ __forceinline__ void attend(int operation, unsigned tag) {
    const Step& step = theStep();
    const Operation& op = operationAt(operation);
    int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP, group = lane / 4, quad = lane % 4;
    int sharing = step.heads / step.kvHeads, groups = (sharing + HEADS - 1) / HEADS, places = step.rows * step.kvHeads * groups;
    const int queryStride = HEAD_DIM + 8;
    element* queries = stagedAt(step.staged); // [HEADS]
    element* newKey = queries + HEADS * queryStride;
    element* newValue = newKey + queryStride;
    float(*maxima)[HEADS] = (float(*)[HEADS]) (newValue + queryStride); // [WARPS]
    float(*sums)[HEADS] = maxima + WARPS;
    for (int item = firstTile(op); item < places * step.splits; item += gridDim.x) {
        int place = item % places, split = item / places, row = place / (step.kvHeads * groups), kvHead = place / groups % step.kvHeads;
        int firstHead = kvHead * sharing + place % groups * HEADS, heads = min(HEADS, (kvHead + 1) * sharing - firstHead);
        int context = layout().contexts[row];
        word* target = step.words + op.target + ((size_t) row * step.heads + firstHead) * (HEAD_DIM / 2);
        if (context == 0) { // a padded row: what follows waits for it all the same
            for (int i = threadIdx.x; split == 0 && i < heads * HEAD_DIM / 2; i += blockDim.x) {
                storeWord(target + i, 0, tag);
            }
            continue;
        }
        int first = op.detail > 0 ? max(0, context - op.detail) : 0, newest = context - 1;
        int beginTile = first / KEYS, tiles = newest / KEYS + 1 - beginTile;
        int splits = min(step.splits, (tiles + LEAST_TILES - 1) / LEAST_TILES), perSplit = (tiles + splits - 1) / splits;
        splits = (tiles + perSplit - 1) / perSplit;
        if (split >= splits) {
            continue;
        }
        int tile = beginTile + split * perSplit + warp, endTile = min(beginTile + (split + 1) * perSplit, newest / KEYS + 1);
        const int* table = step.blockTables + (size_t) row * step.maxBlocks;
        const element* cache = (const element*) op.memory;
        CachedTile cached[AHEAD];
#pragma unroll
        for (int t = 0; t < AHEAD; t++) {
            cached[t].load(cache, table, tile + t * WARPS < endTile, tile + t * WARPS, newest, kvHead, step.kvHeads);
        }

        // A warp a head: four dimensions a lane, two of each half.
        int slot = layout().slots[row];
        const float* angles = op.cosSin + (size_t) layout().positions[row] * HEAD_DIM;
        bool turns = lane < HEAD_DIM / 4;
        float2 cos = turns ? *(const float2*) (angles + 2 * lane) : make_float2(0, 0), sin = turns ? *(const float2*) (angles + HEAD_DIM / 2 + 2 * lane) : cos;
        const word* source = step.words + op.source + (size_t) row * (step.heads + 2 * step.kvHeads) * (HEAD_DIM / 2);
        for (int h = warp; h < heads + 2; h += WARPS) {
            bool isQuery = h < heads, isValue = h == heads + 1;
            int head = isQuery ? firstHead + h : step.heads + kvHead + (isValue ? step.kvHeads : 0);
            const float* norm = isQuery ? op.bias : isValue ? nullptr : op.norm;
            float4 weight = make_float4(0, 0, 0, 0);
            float2 a = make_float2(0, 0), b = a;
            if (turns) {
                if (norm) {
                    weight = make_float4(norm[2 * lane], norm[2 * lane + 1], norm[HEAD_DIM / 2 + 2 * lane], norm[HEAD_DIM / 2 + 2 * lane + 1]);
                }
                const word* at = source + (size_t) head * (HEAD_DIM / 2) + lane;
                uint2 early = loadWord(at), late = loadWord(at + HEAD_DIM / 4);
                a = unpack2(await(early, at, tag - 1));
                b = unpack2(await(late, at + HEAD_DIM / 4, tag - 1));
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
                unsigned* to = (unsigned*) (isQuery ? queries + h * queryStride : isValue ? newValue : newKey);
                to[lane] = low;
                to[lane + HEAD_DIM / 4] = high;
                if (!isQuery && split == splits - 1 && slot >= 0 && place % groups == 0) {
                    unsigned* kept = (unsigned*) ((element*) op.memory + kvOffset(slot / BLOCK_TOKENS, isValue, kvHead, step.kvHeads)
                                                  + slot % BLOCK_TOKENS * HEAD_DIM);
                    kept[lane] = low;
                    kept[lane + HEAD_DIM / 4] = high;
                }
            }
        }
        __syncthreads();
        uint4 query[KEY_UNITS];
#pragma unroll
        for (int u = 0; u < KEY_UNITS; u++) {
            int d = u * 32 + quad * 8;
            query[u] = group < heads && d < HEAD_DIM ? *(const uint4*) (queries + group * queryStride + d) : make_uint4(0, 0, 0, 0);
        }
        Attended state;
#pragma unroll 1
        while (tile < endTile) {
#pragma unroll
            for (int t = 0; t < AHEAD; t++) {
                if (tile + t * WARPS == newest / KEYS) {
                    cached[t].complete(newest % KEYS, newKey, newValue);
                }
            }
            state.add(cached, query, tile, endTile, first, context, step.scale, step.softCap);
            tile += AHEAD * WARPS;
#pragma unroll
            for (int t = 0; t < AHEAD; t++) {
                cached[t].load(cache, table, tile + t * WARPS < endTile, tile + t * WARPS, newest, kvHead, step.kvHeads);
            }
        }

        // The warps' states meet.
        float* met = (float*) (sums + WARPS); // [WARPS][heads][MET]
#pragma unroll
        for (int h = 0; h < 2; h++) {
            int head = 2 * quad + h;
#pragma unroll
            for (int lanes = 4; lanes < WARP; lanes *= 2) {
                state.sum[h] += __shfl_xor_sync(FULL_MASK, state.sum[h], lanes);
            }
            if (group == 0) {
                maxima[warp][head] = state.maximum[h];
                sums[warp][head] = state.sum[h];
            }
            if (head < heads) {
#pragma unroll
                for (int i = 0; i < VALUE_UNITS * 4; i++) {
                    int d = i / 4 * 64 + group * 8 + i % 4 * 2;
                    if (d < HEAD_DIM) {
                        *(float2*) (met + (warp * heads + head) * MET + d) = make_float2(state.out[i][h], state.out[i][2 + h]);
                    }
                }
            }
        }
        __syncthreads();
        // Of each head HEAD_DIM sums, its maximum and the sum of its weights, in words.
        const int partialHead = HEAD_DIM + 2;
        word* partials = step.words + step.partials + (size_t) place * step.splits * HEADS * partialHead;
        for (int i = threadIdx.x; i < heads * HEAD_DIM / 2; i += blockDim.x) {
            int head = i / (HEAD_DIM / 2), d = i % (HEAD_DIM / 2) * 2;
            float largest = NEGATIVE_INFINITY, total = 0.f;
#pragma unroll
            for (int w = 0; w < WARPS; w++) {
                largest = fmaxf(largest, maxima[w][head]);
            }
            float2 x = make_float2(0.f, 0.f);
#pragma unroll 8
            for (int w = 0; w < WARPS; w++) {
                float weight = powerOfTwo(maxima[w][head] - largest);
                float2 part = *(const float2*) (met + (w * heads + head) * MET + d);
                x.x += weight * part.x, x.y += weight * part.y;
                total += weight * sums[w][head];
            }
            if (splits == 1) {
                storeWord(target + i, pack2(__fdividef(x.x, total), __fdividef(x.y, total)), tag);
            } else {
                word* partial = partials + (split * HEADS + head) * partialHead;
                storeWords(partial + d, __float_as_uint(x.x), __float_as_uint(x.y), tag);
                if (d == 0) {
                    storeWords(partial + HEAD_DIM, __float_as_uint(largest), __float_as_uint(total), tag);
                }
            }
        }
        if (split == 0 && splits > 1) {
            for (int i = threadIdx.x; i < heads * HEAD_DIM / 2; i += blockDim.x) {
                int head = i / (HEAD_DIM / 2), d = i % (HEAD_DIM / 2) * 2;
                float largest = NEGATIVE_INFINITY, total = 0.f;
                float2 x = make_float2(0.f, 0.f);
                for (int begin = 0; begin < splits; begin += 4) {
                    uint4 state[4], part[4]; // under way together
#pragma unroll
                    for (int j = 0; j < 4; j++) {
                        const word* from = partials + ((begin + j) * HEADS + head) * partialHead;
                        if (begin + j < splits) {
                            state[j] = loadWords(from + HEAD_DIM);
                            part[j] = loadWords(from + d);
                        }
                    }
#pragma unroll
                    for (int j = 0; j < 4; j++) {
                        const word* from = partials + ((begin + j) * HEADS + head) * partialHead;
                        if (begin + j < splits) {
                            state[j] = await(state[j], from + HEAD_DIM, tag);
                            part[j] = await(part[j], from + d, tag);
                            float maximum = __uint_as_float(state[j].x), larger = fmaxf(largest, maximum);
                            float keep = powerOfTwo(largest - larger), weight = powerOfTwo(maximum - larger);
                            x.x = x.x * keep + weight * __uint_as_float(part[j].x);
                            x.y = x.y * keep + weight * __uint_as_float(part[j].z);
                            total = total * keep + weight * __uint_as_float(state[j].z);
                            largest = larger;
                        }
                    }
                }
                storeWord(target + i, pack2(__fdividef(x.x, total), __fdividef(x.y, total)), tag);
            }
        }
        __syncthreads(); // what lay in shared memory may be overwritten
    }
}
