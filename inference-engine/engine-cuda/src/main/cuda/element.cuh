// Element types of activations and weights, without the toolkit's headers, so that NVRTC compiles the kernels on a host that has none.
// ELEMENT: 0 float32, 1 bfloat16, 2 float16. Arithmetic is in float32 everywhere; elements exist in memory and as operands of mma only.
#pragma once

#ifndef ELEMENT
#error "compile with -DELEMENT=0 (float32), 1 (bfloat16) or 2 (float16)"
#endif

#if ELEMENT == 0
typedef float element;
#else
typedef unsigned short element;
#endif

#define VECTOR (16 / (int) sizeof(element)) // elements of one 16-byte access

#if ELEMENT == 0
__device__ __forceinline__ float toFloat(element x) { return x; }
__device__ __forceinline__ element fromFloat(float x) { return x; }
__device__ __forceinline__ void unpack(uint4 v, float (&x)[VECTOR]) {
    x[0] = __uint_as_float(v.x), x[1] = __uint_as_float(v.y), x[2] = __uint_as_float(v.z), x[3] = __uint_as_float(v.w);
}
__device__ __forceinline__ uint4 pack(const float (&x)[VECTOR]) {
    return make_uint4(__float_as_uint(x[0]), __float_as_uint(x[1]), __float_as_uint(x[2]), __float_as_uint(x[3]));
}
#else
/** Two elements in a register: the first in the lower half. */
__device__ __forceinline__ unsigned pack2(float first, float second) {
    unsigned packed;
#if ELEMENT == 1
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(packed) : "f"(second), "f"(first));
#else
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(packed) : "f"(second), "f"(first));
#endif
    return packed;
}

__device__ __forceinline__ float toFloat(element x) {
#if ELEMENT == 1
    return __uint_as_float((unsigned) x << 16);
#else
    float f;
    asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(x));
    return f;
#endif
}

__device__ __forceinline__ float2 unpack2(unsigned packed) {
#if ELEMENT == 1
    return make_float2(__uint_as_float(packed << 16), __uint_as_float(packed & 0xFFFF0000u));
#else
    return make_float2(toFloat((element) (packed & 0xFFFFu)), toFloat((element) (packed >> 16)));
#endif
}

__device__ __forceinline__ element fromFloat(float x) { return (element) (pack2(x, 0.f) & 0xFFFFu); }

__device__ __forceinline__ void unpack(uint4 v, float (&x)[VECTOR]) {
    float2 a = unpack2(v.x), b = unpack2(v.y), c = unpack2(v.z), d = unpack2(v.w);
    x[0] = a.x, x[1] = a.y, x[2] = b.x, x[3] = b.y, x[4] = c.x, x[5] = c.y, x[6] = d.x, x[7] = d.y;
}

__device__ __forceinline__ uint4 pack(const float (&x)[VECTOR]) {
    return make_uint4(pack2(x[0], x[1]), pack2(x[2], x[3]), pack2(x[4], x[5]), pack2(x[6], x[7]));
}
#endif

/** A value as it reads back once it was written as an element: where two kernels became one, the rounding between them stays. */
__device__ __forceinline__ float rounded(float x) { return toFloat(fromFloat(x)); }

/** e4m3 (bias 7, no infinities); what is too large becomes the largest, 448. */
__device__ __forceinline__ unsigned char toE4m3(float x) {
#if __CUDA_ARCH__ >= 890
    unsigned short pair;
    asm("cvt.rn.satfinite.e4m3x2.f32 %0, %1, %2;" : "=h"(pair) : "f"(0.f), "f"(x));
    return (unsigned char) pair;
#else
    unsigned sign = __float_as_uint(x) >> 31 << 7;
    float magnitude = fabsf(x);
    if (!(magnitude < 464.f)) {
        return (unsigned char) (sign | (magnitude >= 464.f ? 0x7E : 0x7F));
    }
    if (magnitude < 0.015625f) { // below 2^-6 the step is 2^-9
        return (unsigned char) (sign | (unsigned) __float2int_rn(magnitude * 512.f));
    }
    unsigned bits = __float_as_uint(magnitude);
    bits += 0x7FFFFu + (bits >> 20 & 1); // to nearest even on three bits of mantissa
    unsigned e4m3 = (bits >> 20) - (120u << 3);
    return (unsigned char) (sign | (e4m3 > 0x7E ? 0x7E : e4m3));
#endif
}

__device__ __forceinline__ float fromE4m3(unsigned char x) {
    // As float16 with the exponent 8 too small: exact for normals and subnormals alike.
    float f;
    unsigned short half = (unsigned short) ((x & 0x80) << 8 | (x & 0x7F) << 7);
    asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(half));
    return (x & 0x7F) == 0x7F ? __uint_as_float(0x7FC00000u) : f * 256.f;
}

#if ELEMENT != 0
/** Two e4m3 bytes as two elements, exactly: the bits fit below a larger exponent, which one multiplication corrects. NaN becomes 480. */
__device__ __forceinline__ unsigned fromE4m3Pair(unsigned twoBytes) {
    unsigned spread = (twoBytes & 0xFFu) | (twoBytes & 0xFF00u) << 8;
    unsigned x;
#if ELEMENT == 1
    unsigned bits = (spread & 0x00800080u) << 8 | (spread & 0x007F007Fu) << 4;
    asm("{.reg .b32 zero; mov.b32 zero, 0x80008000; fma.rn.bf16x2 %0, %1, %2, zero;}" : "=r"(x) : "r"(bits), "r"(0x7B807B80u)); // 2^120
#else
    unsigned bits = (spread & 0x00800080u) << 8 | (spread & 0x007F007Fu) << 7;
    asm("mul.rn.f16x2 %0, %1, %2;" : "=r"(x) : "r"(bits), "r"(0x5C005C00u)); // 2^8
#endif
    return x;
}
#endif
