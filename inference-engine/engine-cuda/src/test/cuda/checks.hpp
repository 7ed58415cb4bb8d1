// What checks of kernels share: tolerances and the table of results, sizes to try, formulas in float64.
#pragma once
#include "device.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <thread>
#include <tuple>

typedef std::vector<double> Doubles;

struct Worst {
    double error = 0;
    double tolerance = 0;
    int cases = 0;
    std::string where;
};
inline std::map<std::string, Worst> table;
inline std::vector<std::string> order;
inline std::string filter;
inline bool brief;

inline double relativeError(const Floats& actual, const Doubles& expected) {
    double difference = 0, norm = 0;
    for (size_t i = 0; i < expected.size(); i++) {
        difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
        norm += expected[i] * expected[i];
    }
    double error = std::sqrt(difference / std::max(norm, 1e-30));
    return std::isnan(error) ? INFINITY : error;
}

/** What an output rounded to the type is off by, about three times over; a case in which a whole row is wrong is far beyond it. */
inline double tolerance(Type type) { return type == FLOAT32 ? 1e-5 : type == BFLOAT16 ? 6e-3 : 8e-4; }

inline void report(const std::string& kernel, Type type, const std::string& where, double error, double allowed) {
    std::string key = kernel + " " + name(type);
    if (!table.count(key)) {
        order.push_back(key);
    }
    Worst& worst = table[key];
    worst.cases++;
    worst.tolerance = allowed;
    if (error >= worst.error) {
        worst.error = error;
        worst.where = where;
    }
}

inline void check(const std::string& kernel, Type type, const std::string& where, const Floats& actual, const Doubles& expected) {
    REQUIRE(cudaDeviceSynchronize());
    report(kernel, type, where, relativeError(actual, expected), tolerance(type));
}

inline bool wanted(const char* kernel) { return filter.empty() || filter == kernel; }

inline bool hopper() {
    int major;
    REQUIRE(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, 0));
    return major == 9;
}

/** Calls the function with every number below the count, on all cores. */
inline void inParallel(int count, const std::function<void(int)>& work) {
    int threads = std::min(count, (int) std::max(1u, std::thread::hardware_concurrency()));
    std::vector<std::thread> all;
    for (int t = 0; t < threads; t++) {
        all.emplace_back([&, t] {
            for (int i = t; i < count; i += threads) {
                work(i);
            }
        });
    }
    for (auto& thread : all) {
        thread.join();
    }
}

/** All of them, or the first, the middle and the last. */
template <class T>
inline std::vector<T> some(std::initializer_list<T> all) {
    return brief && all.size() > 3 ? std::vector<T>{all.begin()[0], all.begin()[all.size() / 2], all.end()[-1]} : std::vector<T>(all);
}

inline Ints tokenCounts() { return some({1, 7, 31, 33, 127, 129}); }
inline Ints headSizes() { return brief ? Ints{64, 80, 128} : Ints{40, 64, 80, 96, 128, 256}; }
inline std::vector<Type> types() { return brief ? std::vector<Type>{FLOAT32, BFLOAT16} : std::vector<Type>{FLOAT32, BFLOAT16, FLOAT16}; }
inline std::vector<Type> shortTypes() { return brief ? std::vector<Type>{BFLOAT16} : std::vector<Type>{BFLOAT16, FLOAT16}; }

inline double activation(double x, int kind) {
    return kind == 0 ? x / (1 + std::exp(-x))
         : kind == 1 ? 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)))
                     : 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
}

inline Doubles normalized(const float* x, const Floats& weight, double eps, int columns) {
    double squares = 0;
    for (int i = 0; i < columns; i++) {
        squares += (double) x[i] * x[i];
    }
    double factor = 1 / std::sqrt(squares / columns + eps);
    Doubles y(columns);
    for (int i = 0; i < columns; i++) {
        y[i] = x[i] * factor * weight[i];
    }
    return y;
}

inline float e4m3(unsigned char x) {
    int exponent = x >> 3 & 15, mantissa = x & 7;
    float magnitude = exponent == 0 ? std::ldexp((float) mantissa, -9) : std::ldexp(1.f + mantissa / 8.f, exponent - 7);
    return x & 0x80 ? -magnitude : magnitude;
}

inline unsigned char nearestE4m3(float x) {
    unsigned char best = 0;
    for (int i = 0; i < 256; i++) {
        if ((i & 0x7F) == 0x7F) {
            continue;
        }
        float d = std::fabs(e4m3((unsigned char) i) - x), e = std::fabs(e4m3(best) - x);
        bool closer = d < e || (d == e && i % 2 == 0 && std::signbit(e4m3((unsigned char) i)) == std::signbit(x));
        best = closer ? (unsigned char) i : best;
    }
    return best;
}

void checkRows();
void checkElementwise();
void checkGemv();
void checkGemvQkv();
void checkArgmax();
void checkSampling();
void checkAdditions();
void checkRope();
void checkAttention();
void checkLatent();
void checkQuantized();
void checkMixture();
void checkGrouped();
void checkLora();
void checkFill();
