// Codes of quantised weights: WEIGHT 4 (int4, eight to a word, input 8i + j in bits 4j..), 8 (int8) or 9 (e4m3). A weight is
// scales[output, group] * (code - zero), zeros for int4 alone.
#pragma once
#include "element.cuh"

#ifndef WEIGHT
#error "compile with -DWEIGHT=4 (int4), 8 (int8) or 9 (e4m3)"
#endif

#if WEIGHT == 4
#define CODES 32 // of 16 bytes
#else
#define CODES 16
#endif

/** Eight neighbouring codes less their zero, as numbers. word: 4 bytes for int4, else low and high are 4 bytes each. */
__device__ __forceinline__ void decodeEight(unsigned low, unsigned high, int zero, float (&x)[8]) {
#pragma unroll
    for (int j = 0; j < 8; j++) {
#if WEIGHT == 4
        x[j] = (float) ((int) (low >> 4 * j & 15) - zero);
#else
        unsigned byte = (j < 4 ? low >> 8 * j : high >> 8 * (j - 4)) & 0xFF;
#if WEIGHT == 8
        x[j] = (float) (signed char) byte;
#else
        x[j] = fromE4m3((unsigned char) byte);
#endif
#endif
    }
}

#if ELEMENT != 0
#if ELEMENT == 1
#define MAGIC 0x43004300u // 128: a code in the low bits of the mantissa adds itself
#define MAGIC_VALUE 128.f
#else
#define MAGIC 0x64006400u // 1024
#define MAGIC_VALUE 1024.f
#endif

/** a + b of two elements. */
__device__ __forceinline__ unsigned add2(unsigned a, unsigned b) {
    unsigned sum;
#if ELEMENT == 1
    asm("fma.rn.bf16x2 %0, %1, %2, %3;" : "=r"(sum) : "r"(a), "r"(0x3F803F80u), "r"(b));
#else
    asm("add.rn.f16x2 %0, %1, %2;" : "=r"(sum) : "r"(a), "r"(b));
#endif
    return sum;
}

__device__ __forceinline__ unsigned multiply2(unsigned a, unsigned b) {
    unsigned product;
#if ELEMENT == 1
    asm("fma.rn.bf16x2 %0, %1, %2, %3;" : "=r"(product) : "r"(a), "r"(b), "r"(0x80008000u));
#else
    asm("mul.rn.f16x2 %0, %1, %2;" : "=r"(product) : "r"(a), "r"(b));
#endif
    return product;
}

/**
 * Eight neighbouring codes less their zero, exactly, as operands of products: for int4 the pairs are codes (0, 4), (1, 5), (2, 6) and (3, 7),
 * else (0, 1), (2, 3), (4, 5) and (6, 7).
 */
__device__ __forceinline__ void decodePairs(unsigned low, unsigned high, unsigned minusZero, unsigned (&pairs)[4]) {
#if WEIGHT == 4
#pragma unroll
    for (int j = 0; j < 4; j++) {
        pairs[j] = add2((low >> 4 * j & 0x000F000Fu) | MAGIC, minusZero);
    }
#elif WEIGHT == 9
    pairs[0] = fromE4m3Pair(low & 0xFFFF), pairs[1] = fromE4m3Pair(low >> 16), pairs[2] = fromE4m3Pair(high & 0xFFFF), pairs[3] = fromE4m3Pair(high >> 16);
#else
#pragma unroll
    for (int j = 0; j < 4; j++) {
        unsigned bytes = (j < 2 ? low : high) ^ 0x80808080u; // 0 to 255
        // 2^23 + byte, a float32 by its bits
        float a = __uint_as_float(__byte_perm(bytes, 0x4B000000u, j % 2 ? 0x7442 : 0x7440)) - 8388736.f;
        float b = __uint_as_float(__byte_perm(bytes, 0x4B000000u, j % 2 ? 0x7443 : 0x7441)) - 8388736.f;
        pairs[j] = pack2(a, b);
    }
#endif
}
#endif
