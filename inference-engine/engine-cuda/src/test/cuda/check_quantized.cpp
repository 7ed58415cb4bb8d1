// Quantised weights.
#include "codes.hpp"
#include "paged.hpp"

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

/** As roundings of the way between leave it: x is normalised, then an element. */
static Doubles products(const Codes& w, const Floats& x, int rows, const Floats& bias) {
    Doubles all((size_t) rows * w.outputs);
    inParallel(w.outputs, [&](int o) {
        for (int r = 0; r < rows; r++) {
            double sum = bias[o];
            for (int i = 0; i < w.inputs; i++) {
                sum += x[(size_t) r * w.inputs + i] * w.weights[(size_t) o * w.inputs + i];
            }
            all[(size_t) r * w.outputs + o] = sum;
        }
    });
    return all;
}

static void checkFewRows(const Codes& w, Type type, int rows, int multiprocessors, const std::string& matrix) {
    QuantizedGemvChoice choice = quantizedGemvFor(w.kind, w.groupSize, rows, w.inputs);
    if (rows > choice.mostRows) {
        return;
    }
    std::string where = matrix + ", rows " + std::to_string(rows), name = std::string("quantized_gemv") + nameOf(w.kind);
    Floats x = random((size_t) rows * w.inputs, type), bias = random(w.outputs, FLOAT32), norm = random(w.inputs, FLOAT32), addend = random((size_t) rows * w.outputs, type);
    Buffer dx(x, type), dbias(bias, FLOAT32), dnorm(norm, FLOAT32), out((size_t) rows * w.outputs * 4), gatedOut((size_t) rows * w.outputs / 2 * 2), sum(addend, type);
    Kernel gemv("quantized_gemv", w.macros(type) + "-DSPANS=" + std::to_string(choice.spans), "quantized_gemv");
    auto launch = [&](const void* added, const Buffer& to, int mode, const void* normWeight) {
        Arguments a;
        w.addTo(a).p(dbias).p(dx).p(added).p(to).i(rows).i(w.outputs).i(w.inputs).i(mode).i(0).p(normWeight).f(1e-5f);
        gemv.launch(multiprocessors, 512, choice.shared, a);
        REQUIRE(cudaDeviceSynchronize());
    };
    Doubles expected = products(w, x, rows, bias);
    launch(nullptr, out, 1, nullptr);
    report(name, type, where, relativeError(out.read(FLOAT32), expected), 1e-5); // float32 sums

    launch(nullptr, gatedOut, 2, nullptr);
    Doubles gated;
    int inner = w.outputs / 2;
    for (int r = 0; r < rows; r++) {
        for (int i = 0; i < inner; i++) {
            gated.push_back(activation(expected[(size_t) r * w.outputs + i], 0) * expected[(size_t) r * w.outputs + inner + i]);
        }
    }
    report(name + " gated", type, where, relativeError(gatedOut.read(type), gated), 1.5 * tolerance(type)); // gate and up are rounded, then their product

    launch(sum.address, sum, 0, nullptr);
    for (size_t i = 0; i < expected.size(); i++) {
        expected[i] += addend[i];
    }
    report(name + " added", type, where, relativeError(sum.read(type), expected), tolerance(type));

    Floats y;
    for (int r = 0; r < rows; r++) {
        for (double value : normalized(&x[(size_t) r * w.inputs], norm, 1e-5, w.inputs)) {
            y.push_back(roundTo((float) value, type));
        }
    }
    launch(nullptr, out, 1, dnorm.address);
    report(name + " normed", type, where, relativeError(out.read(FLOAT32), products(w, y, rows, bias)), tolerance(type) / 3); // an element may round the other way
}

static void checkManyRows(const Codes& w, Type type, int rows, int multiprocessors, const std::string& matrix) {
    QuantizedMatmulChoice choice = quantizedMatmulFor(w.kind, w.groupSize, rows, w.outputs, w.inputs, multiprocessors);
    std::string where = matrix + ", rows " + std::to_string(rows), name = std::string("quantized_matmul") + nameOf(w.kind), macros = w.macros(type) + "-DSPANS=" + std::to_string(choice.spans);
    Floats x = random((size_t) rows * w.inputs, type), bias = random(w.outputs, FLOAT32), addend = random((size_t) rows * w.outputs, type);
    Buffer dx(x, type), dbias(bias, FLOAT32), gatedOut((size_t) rows * w.outputs / 2 * 2), sum(addend, type), partials((size_t) choice.splits * rows * w.outputs * 4);
    auto launch = [&](const void* added, const Buffer& to, int mode) {
        Arguments a, b;
        a.p(w.codes).p(w.scales).p(w.zerosOrNone()).i(w.groupSize).p(dbias).p(dx).p(added).p(to).p(partials).i(rows).i(w.outputs).i(w.inputs).i(mode).i(0);
        Kernel("quantized_matmul", macros, choice.entry.c_str()).launch(dim3(divideUp(w.outputs, 256), choice.splits), 256, choice.shared, a);
        if (choice.splits > 1) {
            b.p(partials).i(choice.splits).p(dbias).p(added).p(to).i(w.outputs).i(mode).i(0);
            Kernel("quantized_matmul", macros, "sum_splits").launch(dim3(divideUp(mode == 2 ? w.outputs / 2 : w.outputs, 256), rows), 256, 0, b);
        }
        REQUIRE(cudaDeviceSynchronize());
    };
    Doubles expected = products(w, x, rows, bias), gated;
    int inner = w.outputs / 2;
    for (int r = 0; r < rows; r++) {
        for (int i = 0; i < inner; i++) {
            gated.push_back(activation(expected[(size_t) r * w.outputs + i], 0) * expected[(size_t) r * w.outputs + inner + i]);
        }
    }
    launch(nullptr, gatedOut, 2);
    report(name + " gated", type, where, relativeError(gatedOut.read(type), gated), 1.5 * tolerance(type));
    Buffer floats((size_t) rows * w.outputs * 4);
    launch(nullptr, floats, 1);
    report(name, type, where, relativeError(floats.read(FLOAT32), expected), 1e-5);
    launch(sum.address, sum, 0);
    for (size_t i = 0; i < expected.size(); i++) {
        expected[i] += addend[i];
    }
    report(name + " added", type, where, relativeError(sum.read(type), expected), tolerance(type));
}

/** Queries to their rows, keys and values to the cache; what the rotation itself does is checked with gemv's. */
static void checkHeads(int kind, Type type, int rows, bool fp8, int multiprocessors) {
    Heads h = {6, 2, 64};
    Codes w(kind, 1, h.width(), 896, 128, kind == 4);
    std::vector<std::pair<int, int>> shape;
    for (int r = 0; r < rows; r++) {
        shape.push_back({1, 5 + 11 * r});
    }
    Step step(shape);
    Floats x = random((size_t) rows * w.inputs, type), bias = random(h.width(), FLOAT32), cosSin = random((size_t) 128 * h.headDim, FLOAT32), norm = random(w.inputs, FLOAT32), y;
    Buffer dx(x, type), dbias(bias, FLOAT32), dcos(cosSin, FLOAT32), dnorm(norm, FLOAT32), positions(step.positions), slots(step.slots), out((size_t) rows * h.width() * 2),
        cache((size_t) step.blocks * 2 * h.kvHeads * 16 * h.headDim * (fp8 ? 1 : 2));
    float keyScale = fp8 ? 0.5f : 0.f, valueScale = fp8 ? 0.25f : 0.f;
    QuantizedGemvChoice choice = quantizedGemvFor(kind, w.groupSize, rows, w.inputs);
    Arguments a;
    w.addTo(a).p(dbias).p(dx).p(out).i(rows).i(w.inputs).p(dnorm).f(1e-5f).p(positions).p(slots).p(dcos).p(cache).i(h.heads).i(h.kvHeads).i(h.headDim).i(16).f(keyScale).f(valueScale);
    Kernel("quantized_gemv", w.macros(type) + "-DSPANS=" + std::to_string(choice.spans), "quantized_gemv_qkv").launch(multiprocessors, 512, choice.shared, a);
    REQUIRE(cudaDeviceSynchronize());
    for (int r = 0; r < rows; r++) {
        for (double value : normalized(&x[(size_t) r * w.inputs], norm, 1e-5, w.inputs)) {
            y.push_back(roundTo((float) value, type));
        }
    }
    Doubles sums = products(w, y, rows, bias), expected;
    Floats queries = out.read(type), keys = fp8 ? Floats() : cache.read(type), actual;
    std::vector<unsigned char> raw(fp8 ? cache.size : 0);
    REQUIRE(cudaMemcpy(raw.data(), cache.address, raw.size(), cudaMemcpyDeviceToHost));
    for (int r = 0; r < rows; r++) {
        for (int head = 0; head < h.heads + 2 * h.kvHeads; head++) {
            bool isValue = head >= h.heads + h.kvHeads;
            for (int d = 0; d < h.headDim; d++) {
                int half = h.headDim / 2, i = d % half;
                const double* from = &sums[(size_t) r * h.width() + head * h.headDim];
                double cos = cosSin[(size_t) step.positions[r] * h.headDim + i], sin = cosSin[(size_t) step.positions[r] * h.headDim + half + i];
                double value = isValue ? from[d] : d < half ? from[i] * cos - from[half + i] * sin : from[half + i] * cos + from[i] * sin;
                expected.push_back(value);
                if (head < h.heads) {
                    actual.push_back(queries[(size_t) r * h.width() + head * h.headDim + d]);
                    continue;
                }
                size_t at = cacheIndex(step.slots[r], isValue, head - h.heads - (isValue ? h.kvHeads : 0), d, h);
                actual.push_back(fp8 ? e4m3(raw[at]) * (isValue ? valueScale : keyScale) : keys[at]);
            }
        }
    }
    report(std::string("quantized_gemv qkv") + (fp8 ? " fp8" : "") + nameOf(kind), type, std::to_string(rows) + " rows", relativeError(actual, expected), fp8 ? 0.04 : tolerance(type));
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
            for (auto [outputs, inputs, groupSize] : some({std::tuple{64, 256, 128}, {48, 96, 32}, {2400, 896, 128}, {100, 4096, 4096}, {80, 14336, 64}, {34, 160, 32}, {600, 1056, 96},
                                                           {40000, 128, 64}, {64, 2048, 512}})) {
                Codes w(kind, 1, outputs, inputs, groupSize, inputs == 896 || inputs == 256);
                std::string where = std::to_string(outputs) + "x" + std::to_string(inputs) + " by " + std::to_string(groupSize);
                checkDequantize(w, type, where);
                checkEmbed(w, type, where);
                if (type != FLOAT32) {
                    for (int rows : some({1, 2, 7, 8})) {
                        checkFewRows(w, type, rows, multiprocessors, where);
                    }
                    for (int rows : some({9, 16, 17, 33, 64})) {
                        if (!w.ordered) {
                            checkManyRows(w, type, rows, multiprocessors, where);
                        }
                    }
                }
            }
            if (type != FLOAT32) {
                for (int rows : some({1, 3, 8})) {
                    checkHeads(kind, type, rows, false, multiprocessors);
                    checkHeads(kind, type, rows, true, multiprocessors);
                }
            }
        }
    }
}
