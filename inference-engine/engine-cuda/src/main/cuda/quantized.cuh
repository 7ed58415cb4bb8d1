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

/** a - b. */
__device__ __forceinline__ unsigned subtract2(unsigned a, unsigned b) {
    unsigned difference;
#if ELEMENT == 1
    asm("fma.rn.bf16x2 %0, %1, %2, %3;" : "=r"(difference) : "r"(b), "r"(0xBF80BF80u), "r"(a));
#else
    asm("sub.rn.f16x2 %0, %1, %2;" : "=r"(difference) : "r"(a), "r"(b));
#endif
    return difference;
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

/** (a & mask) | MAGIC in one instruction: written plainly, it becomes two, since an instruction has room for one constant. */
__device__ __forceinline__ unsigned withMagic(unsigned a, unsigned mask) {
    unsigned joined;
    asm("lop3.b32 %0, %1, %2, %3, 0xEA;" : "=r"(joined) : "r"(a), "r"(mask), "r"(MAGIC));
    return joined;
}

/** What decodePairs takes for a zero: minus the magic number and the zero, twice. */
__device__ __forceinline__ unsigned minusZero(int zero) { return (MAGIC | 0x80008000u) + zero * 0x00010001u; }

/**
 * Eight neighbouring codes less their zero, exactly, as operands of products. Which two a pair holds is what costs fewest instructions: for
 * int4 codes (0, 4), (1, 5), (2, 6) and (3, 7), else (0, 2), (1, 3), (4, 6) and (5, 7); inPairs() brings x to the same order.
 */
__device__ __forceinline__ void decodePairs(unsigned low, unsigned high, unsigned minusZero, unsigned (&pairs)[4]) {
#if WEIGHT == 4
#pragma unroll
    for (int j = 0; j < 4; j++) {
        pairs[j] = add2(withMagic(low >> 4 * j, 0x000F000Fu), minusZero);
    }
#else
#pragma unroll
    for (int j = 0; j < 2; j++) {
        unsigned word = j ? high : low;
#if WEIGHT == 9
        // As an element whose exponent is too small, which a product corrects; of the upper bytes the sign is in its place already.
#if ELEMENT == 1
        pairs[2 * j] = multiply2((word << 8 & 0x80008000u) | (word << 4 & 0x07F007F0u), 0x7B807B80u); // 2^120
        pairs[2 * j + 1] = multiply2((word & 0x80008000u) | (word >> 4 & 0x07F007F0u), 0x7B807B80u);
#else
        pairs[2 * j] = multiply2((word << 8 & 0x80008000u) | (word << 7 & 0x3F803F80u), 0x5C005C00u); // 2^8
        pairs[2 * j + 1] = multiply2((word & 0x80008000u) | (word >> 1 & 0x3F803F80u), 0x5C005C00u);
#endif
#else
        // A byte is its lower seven bits less 128 times the eighth: both are added to the same number, which their difference loses.
        pairs[2 * j] = subtract2(withMagic(word, 0x007F007Fu), withMagic(word, 0x00800080u));
        pairs[2 * j + 1] = subtract2(withMagic(word >> 8, 0x007F007Fu), withMagic(word >> 8, 0x00800080u));
#endif
    }
#endif
}

/** Eight elements in the order of decodePairs. */
__device__ __forceinline__ uint4 inPairs(uint4 v) {
#if WEIGHT == 4
    return make_uint4(__byte_perm(v.x, v.z, 0x5410), __byte_perm(v.x, v.z, 0x7632), __byte_perm(v.y, v.w, 0x5410), __byte_perm(v.y, v.w, 0x7632));
#else
    return make_uint4(__byte_perm(v.x, v.y, 0x5410), __byte_perm(v.x, v.y, 0x7632), __byte_perm(v.z, v.w, 0x5410), __byte_perm(v.z, v.w, 0x7632));
#endif
}

/** Where inPairs() puts the i-th of eight elements. */
__device__ __forceinline__ int placeInPairs(int i) {
#if WEIGHT == 4
    return i < 4 ? 2 * i : 2 * i - 7;
#else
    return (i & 4) | (i & 1) << 1 | (i & 2) >> 1;
#endif
}
#endif
