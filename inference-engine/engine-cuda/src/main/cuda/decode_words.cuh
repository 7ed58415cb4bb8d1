// Activations that pass from block to block inside a kernel: each word is 8 bytes, two elements (or a float32) and the tag of who wrote them.
// A reader asks for a word until it carries the tag, so data and the news that they are there arrive together: no fence, no flag and no
// barrier lie between two operations. A word is stored and loaded as one 64-bit access, which nothing can tear. Tags are never equal to
// those of the run before, so that nothing has to be reset.
#pragma once
#include "device.cuh"

typedef unsigned long long word;

#ifndef MOST_POLLS
#define MOST_POLLS (1 << 24) // about ten seconds: what does not come in that time will not come, and the device fails rather than hangs
#endif

/** Two words, 16-byte aligned: data, tag, data, tag. */
__device__ __forceinline__ uint4 loadWords(const word* address) {
    word first, second;
    asm volatile("ld.relaxed.gpu.global.v2.b64 {%0, %1}, [%2];" : "=l"(first), "=l"(second) : "l"(address) : "memory");
    return make_uint4((unsigned) first, (unsigned) (first >> 32), (unsigned) second, (unsigned) (second >> 32));
}

__device__ __forceinline__ uint2 loadWord(const word* address) {
    word value;
    asm volatile("ld.relaxed.gpu.global.b64 %0, [%1];" : "=l"(value) : "l"(address) : "memory");
    return make_uint2((unsigned) value, (unsigned) (value >> 32));
}

__device__ __forceinline__ void storeWord(word* address, unsigned data, unsigned tag) {
    asm volatile("st.relaxed.gpu.global.b64 [%0], %1;" :: "l"(address), "l"((word) tag << 32 | data) : "memory");
}

/** 16-byte aligned. */
__device__ __forceinline__ void storeWords(word* address, unsigned first, unsigned second, unsigned tag) {
    asm volatile("st.relaxed.gpu.global.v2.b64 [%0], {%1, %2};"
                 :: "l"(address), "l"((word) tag << 32 | first), "l"((word) tag << 32 | second) : "memory");
}

__device__ __forceinline__ bool carry(uint4 words, unsigned tag) { return words.y == tag && words.w == tag; }

/** A word that has been asked for once, when it has come. */
__device__ __forceinline__ unsigned await(uint2 asked, const word* address, unsigned tag) {
    for (int polls = 0; asked.y != tag; polls++) {
        if (polls > MOST_POLLS) {
            __trap();
        }
        asked = loadWord(address);
    }
    return asked.x;
}

/** Two words that have been asked for once, when they have come. */
__device__ __forceinline__ uint4 await(uint4 asked, const word* address, unsigned tag) {
    for (int polls = 0; !carry(asked, tag); polls++) {
        if (polls > MOST_POLLS) {
            __trap();
        }
        asked = loadWords(address);
    }
    return asked;
}
