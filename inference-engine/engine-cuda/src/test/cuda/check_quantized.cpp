// Quantised weights.
#include "codes.hpp"

static void checkDequantize(const Codes& w, Type type, const std::string& where) {
    Buffer dense(w.weights.size() * bytes(type));
    Arguments a;
    w.addTo(a).i(w.outputs).i(w.inputs).p(dense);
    Kernel("dequantize", w.macros(type), "dequantize").launch(dim3(w.outputs, divideUp(divideUp(w.inputs, 8), 128)), 128, 0, a);
    check(std::string("dequantize") + nameOf(w.kind), type, where, dense.read(type), w.weights);
}

/** A table's rows by id, and by what was drawn a step before. */
static void checkEmbed(const Codes& w, Type type, const std::string& where) {
    const float factor = 1.5f;
    Ints drawn = {3, w.outputs - 1}, ids = {0, w.outputs - 1, -1, 7, -2}, rows = {0, w.outputs - 1, drawn[0], 7, drawn[1]};
    Doubles expected;
    for (int row : rows) {
        for (int k = 0; k < w.inputs; k++) {
            expected.push_back(w.weights[(size_t) row * w.inputs + k] * factor);
        }
    }
    Buffer dids(ids), ddrawn(drawn), out(expected.size() * bytes(type));
    Arguments a;
    w.addTo(a.p(dids).p(ddrawn)).f(factor).i(w.inputs).p(out);
    Kernel("embed_quantized", w.macros(type), "embed_quantized").launch((int) ids.size(), 128, 0, a);
    check(std::string("embed_quantized") + nameOf(w.kind), type, where, out.read(type), expected);
}

/** Quantised weights: the product of few rows, and the dense matrix for many. */
void checkQuantized() {
    if (!wanted("quantized")) {
        return;
    }
    int multiprocessors;
    REQUIRE(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, 0));
    for (int kind : some({4, 8, 9})) {
        for (Type type : types()) {
            for (auto [outputs, inputs, groupSize] : some({std::tuple{64, 256, 128}, {48, 96, 32}, {1152, 896, 128}, {100, 4096, 4096}, {80, 14336, 64}, {32, 160, 16}})) {
                Codes w(kind, 1, outputs, inputs, groupSize, inputs == 896 || inputs == 256);
                std::string where = std::to_string(outputs) + "x" + std::to_string(inputs) + " by " + std::to_string(groupSize);
                checkDequantize(w, type, where);
                checkEmbed(w, type, where);
                if (type == FLOAT32) {
                    continue;
                }
                for (int rows : some({1, 2, 7, 8})) {
                    Floats x = random((size_t) rows * inputs, type), bias = random(outputs, FLOAT32);
                    Doubles expected;
                    for (int r = 0; r < rows; r++) {
                        for (int o = 0; o < outputs; o++) {
                            double sum = bias[o];
                            for (int i = 0; i < inputs; i++) {
                                sum += x[(size_t) r * inputs + i] * w.weights[(size_t) o * inputs + i];
                            }
                            expected.push_back(sum);
                        }
                    }
                    size_t staged = (size_t) rows * (divideUp(inputs, 256) * 256 + 32) * 2;
                    size_t shared = 3 * 36864 + 17408 + (staged <= 84 * 1024 ? staged : 0);
                    Buffer dx(x, type), dbias(bias, FLOAT32), out(expected.size() * 4), gatedOut(expected.size());
                    Arguments a;
                    w.addTo(a).p(dbias).p(dx).p(nullptr).p(out).i(rows).i(outputs).i(inputs).i(1).i(0);
                    Kernel gemv("quantized_gemv", w.macros(type), "quantized_gemv");
                    gemv.launch(multiprocessors, 512, shared, a);
                    REQUIRE(cudaDeviceSynchronize());
                    // float32 sums; where scales are rounded to elements their error stays
                    int piece = kind == 4 ? 128 : 64;
                    bool exact = w.groups == 1 || groupSize % piece == 0;
                    report(std::string("quantized_gemv") + nameOf(kind), type, where + ", rows " + std::to_string(rows), relativeError(out.read(FLOAT32), expected),
                           exact ? 1e-5 : tolerance(type));
                    Arguments b;
                    w.addTo(b).p(dbias).p(dx).p(nullptr).p(gatedOut).i(rows).i(outputs).i(inputs).i(2).i(0);
                    gemv.launch(multiprocessors, 512, shared, b);
                    Doubles gated;
                    int inner = outputs / 2;
                    for (int r = 0; r < rows; r++) {
                        for (int i = 0; i < inner; i++) {
                            gated.push_back(activation(expected[(size_t) r * outputs + i], 0) * expected[(size_t) r * outputs + inner + i]);
                        }
                    }
                    REQUIRE(cudaDeviceSynchronize()); // gate and up are rounded, then their product
                    report(std::string("quantized_gemv gated") + nameOf(kind), type, where, relativeError(gatedOut.read(type), gated), (exact ? 1.5 : 3) * tolerance(type));
                }
            }
        }
    }
}
