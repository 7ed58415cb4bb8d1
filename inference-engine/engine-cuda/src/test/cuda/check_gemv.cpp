// A few rows times a matrix, with what stands before and after the product in the same launch.
#include "paged.hpp"

void checkGemv() {
    if (!wanted("gemv")) {
        return;
    }
    int multiprocessors;
    REQUIRE(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, 0));
    for (Type type : shortTypes()) {
        for (auto [outputs, inputs] : some({std::pair{16, 64}, {40, 40}, {1152, 896}, {896, 4864}, {100, 72}, {3000, 4096}, {48, 14336}})) {
            Floats w = random((size_t) outputs * inputs, type, 1 / std::sqrt((float) inputs)), bias = random(outputs, FLOAT32);
            Floats norm = random(inputs, FLOAT32);
            Buffer dw(w, type), dbias(bias, FLOAT32), dnorm(norm, FLOAT32);
            for (int rows : some({1, 2, 3, 7, 8})) {
                Floats x = random((size_t) rows * inputs, type), addend = random((size_t) rows * outputs, type);
                Buffer dx(x, type);
                auto product = [&](const Doubles& from) {
                    Doubles y((size_t) rows * outputs);
                    inParallel(rows, [&](int r) {
                        for (int o = 0; o < outputs; o++) {
                            double sum = bias[o];
                            for (int i = 0; i < inputs; i++) {
                                sum += from[(size_t) r * inputs + i] * w[(size_t) o * inputs + i];
                            }
                            y[(size_t) r * outputs + o] = sum;
                        }
                    });
                    return y;
                };
                Doubles plain = product(Doubles(x.begin(), x.end()));
                std::string where = std::to_string(rows) + " rows, " + std::to_string(outputs) + "x" + std::to_string(inputs);
                auto run = [&](Type outType, const void* added, size_t count, int mode, bool normalize) {
                    Buffer out(count * bytes(outType));
                    Arguments a;
                    a.p(dw).p(dbias).p(dx).p(added).p(out).i(rows).i(outputs).i(inputs).i(mode).i(0).p(normalize ? dnorm.address : nullptr).f(1e-5f);
                    GemvChoice choice = gemvFor(rows, inputs);
                    Kernel("gemv", macros(type), choice.entry).launch(multiprocessors, 256, choice.shared, a);
                    REQUIRE(cudaDeviceSynchronize());
                    return out.read(outType);
                };
                check("gemv", type, where, run(type, nullptr, plain.size(), 0, false), plain);
                Floats logits = run(FLOAT32, nullptr, plain.size(), 1, false);
                report("gemv to float32", type, where, relativeError(logits, plain), 1e-5);
                Doubles added = plain;
                for (size_t i = 0; i < added.size(); i++) {
                    added[i] += addend[i];
                }
                Buffer daddend(addend, type);
                check("gemv residual", type, where, run(type, daddend.address, plain.size(), 0, false), added);
                if (outputs % 16 == 0) {
                    int inner = outputs / 2;
                    Doubles gated((size_t) rows * inner);
                    for (int r = 0; r < rows; r++) {
                        for (int i = 0; i < inner; i++) {
                            gated[(size_t) r * inner + i] = activation(plain[(size_t) r * outputs + i], 0) * plain[(size_t) r * outputs + inner + i];
                        }
                    }
                    check("gemv gated", type, where, run(type, nullptr, gated.size(), 2, false), gated);
                }
                if (gemvFor(rows, inputs).staged) {
                    Doubles from;
                    for (int r = 0; r < rows; r++) {
                        for (double y : normalized(&x[(size_t) r * inputs], norm, 1e-5, inputs)) {
                            from.push_back(roundTo((float) y, type));
                        }
                    }
                    check("gemv normalised", type, where, run(type, nullptr, plain.size(), 0, true), product(from));
                }
            }
        }
    }
}

/** The fused product of queries, keys and values: against the product in float64, then rotation as in checkRope. */
void checkGemvQkv() {
    if (!wanted("gemv")) {
        return;
    }
    for (Type type : shortTypes()) {
        for (int headDim : some({64, 80, 128, 256})) {
            for (int rows : some({1, 3, 8})) {
                for (bool fp8 : {false, true}) {
                    Heads h = {6, 2, headDim};
                    int inputs = 896;
                    std::vector<std::pair<int, int>> shape;
                    for (int r = 0; r < rows; r++) {
                        shape.push_back({1, 5 + 11 * r});
                    }
                    Step step(shape);
                    Floats w = random((size_t) h.width() * inputs, type, 0.03f), bias = random(h.width(), FLOAT32), x = random((size_t) rows * inputs, type);
                    Floats cosSin = random((size_t) 128 * headDim, FLOAT32), norm = random(inputs, FLOAT32);
                    Buffer dw(w, type), dbias(bias, FLOAT32), dx(x, type), dcos(cosSin, FLOAT32), positions(step.positions), slots(step.slots), dnorm(norm, FLOAT32);
                    Buffer out((size_t) rows * h.width() * 2), cache((size_t) step.blocks * 2 * h.kvHeads * 16 * headDim * (fp8 ? 1 : 2));
                    float keyScale = fp8 ? 0.5f : 0.f, valueScale = fp8 ? 0.25f : 0.f;
                    GemvChoice choice = gemvFor(rows, inputs);
                    Arguments a;
                    a.p(dw).p(dbias).p(dx).p(out).i(rows).i(inputs).p(dnorm).f(1e-5f).p(positions).p(slots).p(dcos).p(cache).i(h.heads).i(h.kvHeads).i(headDim).i(16)
                        .f(keyScale).f(valueScale);
                    int multiprocessors;
                    REQUIRE(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, 0));
                    Kernel("gemv", macros(type), choice.qkvEntry).launch(multiprocessors, 256, choice.qkvShared, a);
                    REQUIRE(cudaDeviceSynchronize());
                    Floats queries = out.read(type), keys = fp8 ? Floats() : cache.read(type);
                    std::vector<unsigned char> raw(fp8 ? cache.size : 0);
                    REQUIRE(cudaMemcpy(raw.data(), cache.address, raw.size(), cudaMemcpyDeviceToHost));
                    Floats actual;
                    Doubles expected;
                    for (int r = 0; r < rows; r++) {
                        Doubles y(h.width()), from = normalized(&x[(size_t) r * inputs], norm, 1e-5, inputs);
                        for (int o = 0; o < h.width(); o++) {
                            y[o] = bias[o];
                            for (int i = 0; i < inputs; i++) {
                                y[o] += (double) roundTo((float) from[i], type) * w[(size_t) o * inputs + i];
                            }
                        }
                        for (int head = 0; head < h.heads + 2 * h.kvHeads; head++) {
                            bool isValue = head >= h.heads + h.kvHeads;
                            for (int d = 0; d < headDim; d++) {
                                int half = headDim / 2, i = d % half;
                                double cos = cosSin[(size_t) step.positions[r] * headDim + i], sin = cosSin[(size_t) step.positions[r] * headDim + half + i];
                                double first = y[head * headDim + i], second = y[head * headDim + half + i];
                                double value = isValue ? y[head * headDim + d] : d < half ? first * cos - second * sin : second * cos + first * sin;
                                size_t at = head < h.heads ? 0 : cacheIndex(step.slots[r], isValue, head - h.heads - (isValue ? h.kvHeads : 0), d, h);
                                expected.push_back(value);
                                if (head < h.heads) {
                                    actual.push_back(queries[(size_t) r * h.width() + head * headDim + d]);
                                } else if (!fp8) {
                                    actual.push_back(keys[at]);
                                } else {
                                    float stored = e4m3(raw[at]) * (isValue ? valueScale : keyScale);
                                    // Half a step of three bits of mantissa, and what rounding before it moves.
                                    bool near = std::fabs(stored - value) <= std::fabs(value) * 0.07 + 0.02;
                                    actual.push_back(near ? (float) value : NAN);
                                }
                            }
                        }
                    }
                    check(fp8 ? "gemv_qkv fp8" : "gemv_qkv", type, std::to_string(rows) + " rows, D " + std::to_string(headDim), actual, expected);
                }
            }
        }
    }
}
