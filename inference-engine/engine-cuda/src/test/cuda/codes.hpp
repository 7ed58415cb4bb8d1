// Random codes of quantised matrices, one after another as for experts, with the weights that they mean.
#pragma once
#include "checks.hpp"

/** kind: 4, 8 or 9, as the kernels' macro WEIGHT has it. */
inline const char* nameOf(int kind) { return kind == 4 ? " int4" : kind == 8 ? " int8" : " e4m3"; }

struct Codes {
    int kind, outputs, inputs, groupSize, groups;
    Doubles weights; // [matrices, outputs, inputs], in the natural order of inputs
    Buffer codes, scales, zeros, order;
    bool ordered;

    Codes(int kind, int matrices, int outputs, int inputs, int groupSize, bool ordered)
        : kind(kind), outputs(outputs), inputs(inputs), groupSize(groupSize), groups(divideUp(inputs, groupSize)), weights((size_t) matrices * outputs * inputs),
          codes((size_t) matrices * outputs * rowBytes()), scales((size_t) matrices * outputs * groups * 4), zeros((size_t) divideUp(matrices * outputs * groups, 4) * 4),
          order((size_t) matrices * inputs * 4), ordered(ordered) {
        std::mt19937 generator(kind);
        size_t rows = (size_t) matrices * outputs;
        std::vector<unsigned char> bytes(codes.size), ownZeros(zeros.size);
        Floats ownScales(rows * groups);
        Ints places((size_t) matrices * inputs);
        for (auto& code : bytes) {
            code = (unsigned char) generator();
            code = kind == 9 && (code & 0x7F) >= 0x60 ? code & 0x8F : code; // no NaN, at most 3.75
        }
        for (auto& zero : ownZeros) {
            zero = generator() % 17;
        }
        for (auto& scale : ownScales) {
            scale = (0.5f + generator() % 1000 / 1000.f) * (kind == 4 ? 0.01f : kind == 8 ? 0.001f : 0.02f);
        }
        for (int m = 0; m < matrices; m++) {
            auto first = places.begin() + (size_t) m * inputs;
            std::iota(first, first + inputs, 0);
            if (ordered) {
                std::shuffle(first, first + inputs, generator);
            }
        }
        for (size_t row = 0; row < rows; row++) {
            for (int k = 0; k < inputs; k++) {
                size_t group = row * groups + k / groupSize;
                unsigned char byte = bytes[row * rowBytes() + (kind == 4 ? k / 2 : k)];
                double code = kind == 4 ? (k % 2 ? byte >> 4 : byte & 15) - (int) ownZeros[group] : kind == 8 ? (double) (signed char) byte : e4m3(byte);
                weights[row * inputs + places[row / outputs * inputs + k]] = code * ownScales[group];
            }
        }
        REQUIRE(cudaMemcpy(codes.address, bytes.data(), bytes.size(), cudaMemcpyHostToDevice));
        REQUIRE(cudaMemcpy(zeros.address, ownZeros.data(), ownZeros.size(), cudaMemcpyHostToDevice));
        scales.write(ownScales, FLOAT32);
        REQUIRE(cudaMemcpy(order.address, places.data(), order.size, cudaMemcpyHostToDevice));
    }

    size_t rowBytes() const { return kind == 4 ? divideUp(inputs, 8) * 4 : inputs; }
    std::string macros(Type type) const { return ::macros(type) + "-DWEIGHT=" + std::to_string(kind); }
    const void* zerosOrNone() const { return kind == 4 ? zeros.address : nullptr; }
    const void* orderOrNone() const { return ordered ? order.address : nullptr; }

    /** What every kernel that reads codes begins with. */
    Arguments& addTo(Arguments& a) const { return a.p(codes).p(scales).p(zerosOrNone()).p(orderOrNone()).i(groupSize); }
};
