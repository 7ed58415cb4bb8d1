// Where the products of a layer's first matrix go: queries and keys are rotated over whole heads, keys and values go to the rows' slots of the paged cache.
#pragma once
#include "element.cuh"

struct Heads {
    const int* positions;
    const int* slots;
    const float* cosSin; // [position][headDim]: headDim / 2 cosines, then as many sines
    void* cache;
    int heads, kvHeads, headDim, blockTokens;
    float keyScale, valueScale; // of e4m3 bytes; 0: the cache holds elements

    /** The output of number {@code i} of the lower halves of heads; its partner of the rotation is headDim / 2 further. */
    __device__ __forceinline__ int lowerHalf(int i) const { return i / (headDim / 2) * headDim + i % (headDim / 2); }

    /** Rotates and writes an output and its partner. {@code queries}: [rows, (heads + 2 * kvHeads) * headDim]. */
    __device__ __forceinline__ void write(element* queries, int row, int output, float first, float second) const {
        write(queries, row, output, output / headDim, output % headDim, first, second);
    }

    /** The same where it is known that the output is number {@code d} of a head. */
    __device__ __forceinline__ void write(element* queries, int row, int output, int head, int d, float first, float second) const {
        int half = headDim / 2;
        if (head < heads + kvHeads) {
            const float* angles = cosSin + (size_t) positions[row] * headDim + d;
            float a = rounded(first), b = rounded(second), cos = angles[0], sin = angles[half];
            first = a * cos - b * sin;
            second = b * cos + a * sin;
        }
        int slot = slots[row];
        if (head < heads) {
            element* target = queries + (size_t) row * (heads + 2 * kvHeads) * headDim + output;
            target[0] = fromFloat(first);
            target[half] = fromFloat(second);
        } else if (slot >= 0) {
            bool isValue = head >= heads + kvHeads;
            int kvHead = head - heads - (isValue ? kvHeads : 0);
            size_t at = (((size_t) (2 * (slot / blockTokens) + isValue) * kvHeads + kvHead) * blockTokens + slot % blockTokens) * headDim + d;
            if (keyScale == 0.f) {
                ((element*) cache)[at] = fromFloat(first);
                ((element*) cache)[at + half] = fromFloat(second);
            } else {
                float inverse = 1.f / (isValue ? valueScale : keyScale);
                ((unsigned char*) cache)[at] = toE4m3(first * inverse);
                ((unsigned char*) cache)[at + half] = toE4m3(second * inverse);
            }
        }
    }
};
