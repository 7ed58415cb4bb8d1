// Keys and values of decode_step.cu in registers, as a warp multiplies them, and the softmax over them. Keys are the operand of 16 rows, up to
// eight query heads that share them its columns: then 16 contiguous bytes of a key are a lane's part of two products, and so are those of
// a value once two keys' are interleaved. Nothing passes through shared memory, which is full of weights.
#pragma once
#include "decode_program.cuh"
#include "kv.cuh"
#include "mma.cuh"

#define KEYS 16
#define AHEAD (HEAD_DIM <= 64 ? 3 : 1) // tiles of keys that a warp takes at a time
#define KEY_UNITS ((HEAD_DIM + 31) / 32)
#define VALUE_UNITS ((HEAD_DIM + 63) / 64)

static_assert(HEAD_DIM % 8 == 0 && HEAD_DIM <= 128, "a head is loaded 16 bytes at a time, and its sums stay in registers");
static_assert(BLOCK_TOKENS % KEYS == 0, "a tile of keys lies in one block of the cache");

/** A tile of 16 keys and their values as a lane multiplies them. */
struct CachedTile {
    uint4 keys[2][KEY_UNITS]; // keys group and group + 8, at 8 quad
    uint4 values[4][VALUE_UNITS]; // of keys 2 quad, 2 quad + 1 and those + 8, at 8 group

    /** @param newest the position of this step's token, whose key is not in the cache yet */
    __device__ __forceinline__ void load(const element* cache, const int* table, bool wanted, int tile, int newest, int kvHead, int kvHeads) {
        int lane = threadIdx.x % WARP, group = lane / 4, quad = lane % 4;
        int block = wanted ? __ldg(table + tile * KEYS / BLOCK_TOKENS) : 0, known = wanted ? newest - tile * KEYS : 0;
        const element* from = cache + kvOffset(block, 0, kvHead, kvHeads) + tile * KEYS % BLOCK_TOKENS * HEAD_DIM;
        const element* valuesFrom = from + (size_t) kvHeads * BLOCK_TOKENS * HEAD_DIM;
        const uint4 zeros = make_uint4(0, 0, 0, 0);
#pragma unroll
        for (int i = 0; i < 2; i++) {
            int key = group + i * 8;
#pragma unroll
            for (int u = 0; u < KEY_UNITS; u++) {
                int d = u * 32 + quad * 8;
                keys[i][u] = key < known && d < HEAD_DIM ? loadOnce(from + key * HEAD_DIM + d) : zeros;
            }
        }
#pragma unroll
        for (int i = 0; i < 4; i++) {
            int key = 2 * quad + i % 2 + i / 2 * 8;
#pragma unroll
            for (int u = 0; u < VALUE_UNITS; u++) {
                int d = u * 64 + group * 8;
                values[i][u] = key < known && d < HEAD_DIM ? loadOnce(valuesFrom + key * HEAD_DIM + d) : zeros;
            }
        }
    }

    /** Puts in the one key, and its value, that was computed in this step. */
    __device__ __forceinline__ void complete(int newest, const element* key, const element* value) {
        int lane = threadIdx.x % WARP, group = lane / 4, quad = lane % 4;
#pragma unroll
        for (int i = 0; i < 2; i++) {
#pragma unroll
            for (int u = 0; u < KEY_UNITS; u++) {
                int d = u * 32 + quad * 8;
                if (group + i * 8 == newest && d < HEAD_DIM) {
                    keys[i][u] = *(const uint4*) (key + d);
                }
            }
        }
#pragma unroll
        for (int i = 0; i < 4; i++) {
#pragma unroll
            for (int u = 0; u < VALUE_UNITS; u++) {
                int d = u * 64 + group * 8;
                if (2 * quad + i % 2 + i / 2 * 8 == newest && d < HEAD_DIM) {
                    values[i][u] = *(const uint4*) (value + d);
                }
            }
        }
    }
};

/** An 8x8 matrix of elements, transposed. */
__device__ __forceinline__ unsigned transposed(unsigned x) {
    unsigned y;
    asm("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;" : "=r"(y) : "r"(x));
    return y;
}

__device__ __forceinline__ unsigned component(const uint4& v, int i) { return i == 0 ? v.x : i == 1 ? v.y : i == 2 ? v.z : v.w; }

/** A warp's softmax over the keys it has seen, for heads 2 quad and 2 quad + 1 of the group. */
struct Attended {
    float maximum[2] = {NEGATIVE_INFINITY, NEGATIVE_INFINITY}, sum[2] = {0.f, 0.f};
    float out[VALUE_UNITS * 4][4] = {}; // dimensions 64 u + 8 group + 2 i of both heads, then the next dimension

    /** @param tiles every so many'th of the context, from a position on; those from the end on are left out, but there is a first */
    __device__ __forceinline__ void add(const CachedTile (&tiles)[AHEAD], const uint4 (&query)[KEY_UNITS], int tile, int endTile, int first, int context,
                                        float scale, float softCap) {
        int lane = threadIdx.x % WARP, group = lane / 4;
        const float log2e = 1.4426950408889634f;
        float s[AHEAD][4]; // keys group and group + 8
#pragma unroll
        for (int t = 0; t < AHEAD; t++) {
            s[t][0] = s[t][1] = s[t][2] = s[t][3] = 0.f;
#pragma unroll
            for (int u = 0; u < KEY_UNITS; u++) {
                const uint4 &a = tiles[t].keys[0][u], &b = tiles[t].keys[1][u];
                multiplyAdd(s[t], a.x, b.x, a.y, b.y, query[u].x, query[u].y);
                multiplyAdd(s[t], a.z, b.z, a.w, b.w, query[u].z, query[u].w);
            }
        }
        float largest[2] = {maximum[0], maximum[1]}; // finite from the first tile on: it has a key in sight
#pragma unroll
        for (int t = 0; t < AHEAD; t++) {
            int position = (tile + t * WARPS) * KEYS + group, last = tile + t * WARPS < endTile ? context : 0;
#pragma unroll
            for (int i = 0; i < 4; i++) {
                int at = position + i / 2 * 8;
                float score = s[t][i] * scale;
                if (softCap > 0.f) {
                    score = softCap * tanhf(score / softCap);
                }
                s[t][i] = at >= first && at < last ? score * log2e : NEGATIVE_INFINITY;
                largest[i % 2] = fmaxf(largest[i % 2], s[t][i]);
            }
        }
        float keep[2];
#pragma unroll
        for (int h = 0; h < 2; h++) {
#pragma unroll
            for (int lanes = 4; lanes < WARP; lanes *= 2) {
                largest[h] = fmaxf(largest[h], __shfl_xor_sync(FULL_MASK, largest[h], lanes));
            }
            keep[h] = powerOfTwo(maximum[h] - largest[h]);
            maximum[h] = largest[h];
            sum[h] *= keep[h];
        }
#pragma unroll
        for (int i = 0; i < VALUE_UNITS * 4; i++) {
            out[i][0] *= keep[0], out[i][1] *= keep[1], out[i][2] *= keep[0], out[i][3] *= keep[1];
        }
#pragma unroll
        for (int t = 0; t < AHEAD; t++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                s[t][i] = powerOfTwo(s[t][i] - maximum[i % 2]);
                sum[i % 2] += s[t][i];
            }
            unsigned p0 = transposed(pack2(s[t][0], s[t][1])), p1 = transposed(pack2(s[t][2], s[t][3]));
#pragma unroll
            for (int u = 0; u < VALUE_UNITS; u++) {
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    unsigned a = component(tiles[t].values[0][u], i), b = component(tiles[t].values[1][u], i), c = component(tiles[t].values[2][u], i),
                             d = component(tiles[t].values[3][u], i);
                    multiplyAdd(out[u * 4 + i], __byte_perm(a, b, 0x5410), __byte_perm(a, b, 0x7632), __byte_perm(c, d, 0x5410), __byte_perm(c, d, 0x7632),
                                p0, p1);
                }
            }
        }
    }
};
