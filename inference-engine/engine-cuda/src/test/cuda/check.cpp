// Every kernel against its formula in float64, over awkward sizes. Outputs are poisoned with NaN first and NaN never passes.
// Usage: check CUBINS [--brief] [FILTER]; prints the worst case of each kernel and type, exits 1 when one is out of tolerance. --brief tries every
// kernel at a few sizes only, for compute-sanitizer.
#include "device.hpp"

#include <algorithm>
#include <functional>
#include <thread>
#include <tuple>

typedef std::vector<double> Doubles;

struct Worst {
    double error = 0;
    double tolerance = 0;
    int cases = 0;
    std::string where;
};
static std::map<std::string, Worst> table;
static std::vector<std::string> order;
static std::string filter;
static bool brief;

static double relativeError(const Floats& actual, const Doubles& expected) {
    double difference = 0, norm = 0;
    for (size_t i = 0; i < expected.size(); i++) {
        difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
        norm += expected[i] * expected[i];
    }
    double error = std::sqrt(difference / std::max(norm, 1e-30));
    return std::isnan(error) ? INFINITY : error;
}

/** What an output rounded to the type is off by, about three times over; a case in which a whole row is wrong is far beyond it. */
static double tolerance(Type type) { return type == FLOAT32 ? 1e-5 : type == BFLOAT16 ? 6e-3 : 8e-4; }

static void report(const std::string& kernel, Type type, const std::string& where, double error, double allowed) {
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

static void check(const std::string& kernel, Type type, const std::string& where, const Floats& actual, const Doubles& expected) {
    REQUIRE(cudaDeviceSynchronize());
    report(kernel, type, where, relativeError(actual, expected), tolerance(type));
}

static bool wanted(const char* kernel) { return filter.empty() || filter == kernel; }

static bool hopper() {
    int major;
    REQUIRE(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, 0));
    return major == 9;
}

/** Calls the function with every number below the count, on all cores. */
static void inParallel(int count, const std::function<void(int)>& work) {
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
static std::vector<T> some(std::initializer_list<T> all) {
    return brief && all.size() > 3 ? std::vector<T>{all.begin()[0], all.begin()[all.size() / 2], all.end()[-1]} : std::vector<T>(all);
}

static Ints tokenCounts() { return some({1, 7, 31, 33, 127, 129}); }
static Ints headSizes() { return brief ? Ints{64, 80, 128} : Ints{40, 64, 80, 96, 128, 256}; }
static std::vector<Type> types() { return brief ? std::vector<Type>{FLOAT32, BFLOAT16} : std::vector<Type>{FLOAT32, BFLOAT16, FLOAT16}; }
static std::vector<Type> shortTypes() { return brief ? std::vector<Type>{BFLOAT16} : std::vector<Type>{BFLOAT16, FLOAT16}; }

static double activation(double x, int kind) {
    return kind == 0 ? x / (1 + std::exp(-x))
         : kind == 1 ? 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)))
                     : 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
}

static Doubles normalized(const float* x, const Floats& weight, double eps, int columns) {
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

static void checkRows() {
    for (Type type : types()) {
        for (int rows : tokenCounts()) {
            for (int columns : some({64, 896, 4096, 14336})) {
                std::string where = std::to_string(rows) + "x" + std::to_string(columns);
                Floats x = random((size_t) rows * columns, type), residual = random((size_t) rows * columns, type);
                Floats weight = random(columns, FLOAT32);
                Buffer dx(x, type), dweight(weight, FLOAT32), out((size_t) rows * columns * bytes(type)), dresidual(residual, type);
                int block = columns > 4096 ? 512 : 256;
                if (wanted("rms_norm")) {
                    Kernel norm("rms_norm", macros(type), "rms_norm"), addNorm("rms_norm", macros(type), "add_rms_norm");
                    Doubles expected, sums, expectedAfterSum;
                    for (int r = 0; r < rows; r++) {
                        for (double y : normalized(&x[(size_t) r * columns], weight, 1e-5, columns)) {
                            expected.push_back(y);
                        }
                        Floats sum(columns);
                        for (int i = 0; i < columns; i++) {
                            sum[i] = roundTo(x[(size_t) r * columns + i] + residual[(size_t) r * columns + i], type);
                            sums.push_back(sum[i]);
                        }
                        for (double y : normalized(sum.data(), weight, 1e-5, columns)) {
                            expectedAfterSum.push_back(y);
                        }
                    }
                    Arguments plain, added;
                    plain.p(dx).p(dweight).f(1e-5f).i(columns).p(out);
                    norm.launch(rows, block, 0, plain);
                    check("rms_norm", type, where, out.read(type), expected);
                    Buffer second((size_t) rows * columns * bytes(type));
                    added.p(dresidual).p(dx).p(dweight).f(1e-5f).i(columns).p(second);
                    addNorm.launch(rows, block, 0, added);
                    check("add_rms_norm", type, where, second.read(type), expectedAfterSum);
                    check("add_rms_norm residual", type, where, dresidual.read(type), sums);
                }
                if (wanted("gather_rows")) {
                    Kernel embed("embed", macros(type), "embed"), gather("gather_rows", macros(type), "gather_rows");
                    Ints ids;
                    Doubles chosen, scaled;
                    for (int t = 0; t < 9; t++) {
                        ids.push_back(t * 7919 % rows);
                        for (int i = 0; i < columns; i++) {
                            chosen.push_back(x[(size_t) ids[t] * columns + i]);
                            scaled.push_back(chosen.back() * 1.5);
                        }
                    }
                    Buffer dids(ids), y(chosen.size() * bytes(type)), z(chosen.size() * bytes(type));
                    Arguments a, b;
                    a.p(dx).p(dids).i(columns).p(y);
                    gather.launch(9, 128, 0, a);
                    check("gather_rows", type, where, y.read(type), chosen);
                    b.p(dids).p(nullptr).p(dx).f(1.5f).i(columns).p(z);
                    embed.launch(9, 128, 0, b);
                    check("embed", type, where, z.read(type), scaled);
                }
                if (wanted("gated_activation")) {
                    Kernel gated("gated_activation", macros(type), "gated_activation");
                    int inner = columns / 2;
                    for (int kind = 0; kind < 3; kind++) {
                        Doubles expected;
                        for (int r = 0; r < rows; r++) {
                            for (int i = 0; i < inner; i++) {
                                expected.push_back(activation(x[(size_t) r * columns + i], kind) * x[(size_t) r * columns + inner + i]);
                            }
                        }
                        Buffer y(expected.size() * bytes(type));
                        Arguments a;
                        a.p(dx).i(kind).i(inner).p(y);
                        gated.launch(dim3(rows, divideUp(inner / (int) (16 / bytes(type)), 256)), 256, 0, a);
                        check("gated_activation", type, where, y.read(type), expected);
                    }
                }
            }
        }
    }
}

static void checkGemv() {
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
            for (int rows : some({1, 2, 3, 7, 8, 9, 13, 16})) {
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

/** A step over a paged cache, with its oracle. */
struct Step {
    Ints queryStarts, contexts, blockTables, positions, slots;
    int maxBlocks = 0, tokens = 0, sequences = 0, blocks = 0;

    /** @param queries and contexts of each sequence; blocks are handed out in a shuffled order */
    Step(const std::vector<std::pair<int, int>>& shape) {
        sequences = (int) shape.size();
        for (auto [queries, context] : shape) {
            maxBlocks = std::max(maxBlocks, divideUp(context, 16));
            blocks += divideUp(context, 16);
        }
        blocks += 3;
        Ints shuffled(blocks);
        for (int i = 0; i < blocks; i++) {
            shuffled[i] = i;
        }
        std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937(7));
        blockTables.assign((size_t) sequences * maxBlocks, 0);
        int next = 0;
        for (int s = 0; s < sequences; s++) {
            auto [queries, context] = shape[s];
            queryStarts.push_back(tokens);
            contexts.push_back(context);
            for (int b = 0; b < divideUp(context, 16); b++) {
                blockTables[(size_t) s * maxBlocks + b] = shuffled[next++];
            }
            for (int position = context - queries; position < context; position++) {
                positions.push_back(position);
                slots.push_back(blockTables[(size_t) s * maxBlocks + position / 16] * 16 + position % 16);
            }
            tokens += queries;
        }
        queryStarts.push_back(tokens);
    }
};

static float e4m3(unsigned char x) {
    int exponent = x >> 3 & 15, mantissa = x & 7;
    float magnitude = exponent == 0 ? std::ldexp((float) mantissa, -9) : std::ldexp(1.f + mantissa / 8.f, exponent - 7);
    return x & 0x80 ? -magnitude : magnitude;
}

static unsigned char nearestE4m3(float x) {
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

struct Heads {
    int heads, kvHeads, headDim;
    int width() const { return (heads + 2 * kvHeads) * headDim; }
};

static size_t cacheIndex(int slot, int isValue, int kvHead, int d, const Heads& h) {
    return (((size_t) (2 * (slot / 16) + isValue) * h.kvHeads + kvHead) * 16 + slot % 16) * h.headDim + d;
}

/** The fused product of queries, keys and values: against the product in float64, then rotation as in checkRope. */
static void checkGemvQkv() {
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

static void checkRope() {
    if (!wanted("rope_and_cache")) {
        return;
    }
    for (Type type : types()) {
        for (bool fp8 : {false, true}) {
            for (int headDim : headSizes()) {
                for (int variant = 0; variant < 6; variant++) { // the last two as the first, by the kernel for whole heads
                    bool norm = variant & 1, bias = variant & 1, interleaved = variant == 2 || variant == 3, whole = variant >= 4;
                    if (whole && (headDim & headDim - 1) != 0) {
                        continue;
                    }
                    Heads h = {6, 2, headDim};
                    int rotaryDim = variant == 3 ? headDim / 2 : headDim;
                    Step step({{1, 1}, {7, 40}, {33, 50}});
                    int T = step.tokens;
                    Floats qkv = random((size_t) T * h.width(), type), cosSin = random(64 * rotaryDim, FLOAT32), biases = random(h.width(), FLOAT32);
                    Floats queryNorm = random(headDim, FLOAT32), keyNorm = random(headDim, FLOAT32);
                    size_t cacheElements = (size_t) step.blocks * 2 * h.kvHeads * 16 * headDim;
                    Buffer dqkv(qkv, type), dcos(cosSin, FLOAT32), dbias(biases, FLOAT32), dq(queryNorm, FLOAT32), dk(keyNorm, FLOAT32),
                        positions(step.positions), cache(cacheElements * (fp8 ? 1 : bytes(type)));
                    Ints padded = step.slots;
                    padded[3] = -1; // as a padded token of a graph
                    Buffer slots(padded);
                    float keyScale = fp8 ? 0.5f : 1.f, valueScale = fp8 ? 0.25f : 1.f;
                    const char* name = whole ? "rope_whole_heads" : "rope_and_cache";
                    Kernel kernel(name, macros(type, headDim, fp8), name);
                    Arguments a;
                    a.p(dqkv).p(bias ? dbias.address : nullptr).p(positions).p(slots).p(dcos).i(rotaryDim).i(interleaved).p(norm ? dq.address : nullptr)
                        .p(norm ? dk.address : nullptr).f(1e-6f).p(cache).i(h.heads).i(h.kvHeads).f(keyScale).f(valueScale);
                    kernel.launch(whole ? dim3(T) : dim3(T, divideUp(h.heads + 2 * h.kvHeads, 4)), 128, 0, a);
                    REQUIRE(cudaDeviceSynchronize());
                    Floats actualQkv = dqkv.read(type);
                    std::vector<unsigned char> raw(cacheElements);
                    Floats actualCache;
                    if (fp8) {
                        REQUIRE(cudaMemcpy(raw.data(), cache.address, raw.size(), cudaMemcpyDeviceToHost));
                    } else {
                        actualCache = cache.read(type);
                    }
                    Doubles expected;
                    Floats actual;
                    for (int t = 0; t < T; t++) {
                        for (int head = 0; head < h.heads + 2 * h.kvHeads; head++) {
                            bool isValue = head >= h.heads + h.kvHeads;
                            Floats x(headDim);
                            for (int d = 0; d < headDim; d++) {
                                float value = qkv[(size_t) t * h.width() + head * headDim + d];
                                x[d] = bias ? roundTo(value + biases[head * headDim + d], type) : value;
                            }
                            Doubles y(x.begin(), x.end());
                            if (norm && !isValue) {
                                y = normalized(x.data(), head < h.heads ? queryNorm : keyNorm, 1e-6, headDim);
                            }
                            for (int i = 0; i < rotaryDim / 2 && !isValue; i++) {
                                int first = interleaved ? 2 * i : i, second = interleaved ? 2 * i + 1 : i + rotaryDim / 2;
                                double cos = cosSin[step.positions[t] * rotaryDim + i], sin = cosSin[step.positions[t] * rotaryDim + rotaryDim / 2 + i];
                                double a = y[first], b = y[second];
                                y[first] = a * cos - b * sin;
                                y[second] = b * cos + a * sin;
                            }
                            for (int d = 0; d < headDim; d++) {
                                int kvHead = head - h.heads - (isValue ? h.kvHeads : 0);
                                size_t index = head < h.heads || padded[t] < 0 ? 0 : cacheIndex(padded[t], isValue, kvHead, d, h);
                                if (head < h.heads) {
                                    expected.push_back(y[d]);
                                    actual.push_back(actualQkv[(size_t) t * h.width() + head * headDim + d]);
                                } else if (padded[t] >= 0 && fp8) {
                                    float scale = isValue ? valueScale : keyScale;
                                    float stored = e4m3(raw[index]) * scale, nearest = e4m3(nearestE4m3((float) y[d] / scale)) * scale;
                                    // A value between two bytes may go to either: rounding before it differs.
                                    bool neighbour = std::fabs(stored - y[d]) <= std::fabs(nearest - y[d]) + std::fabs(y[d]) * 2e-2 + (type == FLOAT32 ? 1e-4 : 3e-2);
                                    expected.push_back(stored);
                                    actual.push_back(neighbour ? stored : NAN);
                                } else if (padded[t] >= 0) {
                                    expected.push_back(y[d]);
                                    actual.push_back(actualCache[index]);
                                }
                            }
                        }
                    }
                    check(std::string(name) + (fp8 ? " fp8" : ""), type, "D " + std::to_string(headDim) + " variant " + std::to_string(variant), actual, expected);
                }
            }
        }
    }
}

/** Attention of one query and head by the formula. */
static void attend(const Step& step, const Heads& h, const Floats& qkv, const Floats& cache, int sequence, int token, int head, double scale, int window,
                   double softCap, double* out) {
    int last = step.contexts[sequence] - (step.queryStarts[sequence + 1] - token);
    int first = window > 0 ? std::max(0, last - window + 1) : 0;
    int kvHead = head / (h.heads / h.kvHeads);
    Doubles scores;
    double largest = -INFINITY;
    for (int position = first; position <= last; position++) {
        int slot = step.blockTables[(size_t) sequence * step.maxBlocks + position / 16] * 16 + position % 16;
        double dot = 0;
        for (int d = 0; d < h.headDim; d++) {
            dot += (double) qkv[(size_t) token * h.width() + head * h.headDim + d] * cache[cacheIndex(slot, 0, kvHead, d, h)];
        }
        dot *= scale;
        scores.push_back(softCap > 0 ? softCap * std::tanh(dot / softCap) : dot);
        largest = std::max(largest, scores.back());
    }
    double total = 0;
    std::fill(out, out + h.headDim, 0.0);
    for (int position = first; position <= last; position++) {
        int slot = step.blockTables[(size_t) sequence * step.maxBlocks + position / 16] * 16 + position % 16;
        double weight = std::exp(scores[position - first] - largest);
        total += weight;
        for (int d = 0; d < h.headDim; d++) {
            out[d] += weight * cache[cacheIndex(slot, 1, kvHead, d, h)];
        }
    }
    for (int d = 0; d < h.headDim; d++) {
        out[d] /= total;
    }
}

static size_t decodeShared(int headDim, bool fp8) {
    size_t stages = headDim <= 128 ? 3 : 2, rowUnits = headDim / 8 | 1, kvRowUnits = (fp8 ? headDim / 16 : headDim / 8) | 1;
    return 64 * (stages * 32 * kvRowUnits + (fp8 ? 32 * rowUnits : 0));
}

static size_t prefillShared(int headDim, bool fp8) {
    size_t keys = headDim <= 128 ? 64 : 32, rowUnits = headDim / 8 | 1, kvRowUnits = (fp8 ? headDim / 16 : headDim / 8) | 1;
    return 16 * (4 * keys * kvRowUnits + (fp8 ? 2 * keys * rowUnits : 0) + (headDim > 128 ? 128 * rowUnits : 0));
}

static void checkArgmax() {
    if (!wanted("argmax")) {
        return;
    }
    Kernel kernel("argmax", "", "argmax");
    for (int columns : some({1, 31, 1000, 32000, 128256, 151936})) {
        int rows = 7;
        Floats x = random((size_t) rows * columns, BFLOAT16); // coarse, so that ties happen
        std::fill(x.begin() + 2 * columns, x.begin() + 3 * columns, -INFINITY);
        Buffer dx(x, FLOAT32), out(rows * 4);
        Arguments a;
        a.p(dx).i(columns).p(out);
        kernel.launch(rows, 1024, 0, a);
        REQUIRE(cudaDeviceSynchronize());
        Ints tokens(rows);
        REQUIRE(cudaMemcpy(tokens.data(), out.address, rows * 4, cudaMemcpyDeviceToHost));
        int wrong = 0;
        for (int r = 0; r < rows; r++) {
            auto first = x.begin() + (size_t) r * columns;
            wrong += tokens[r] != (int) (std::max_element(first, first + columns) - first);
        }
        report("argmax", FLOAT32, std::to_string(columns), wrong, 0);
    }
}

/** The host's sampler, as its source reads; expected token of each row. */
static int sampled(const float* logits, int columns, double temperature, int topK, double topP, double minP, double uniform) {
    float largest = -INFINITY;
    int best = 0;
    for (int i = 0; i < columns; i++) {
        if (logits[i] > logits[best]) {
            best = i;
        }
        largest = std::max(largest, logits[i]);
    }
    if (temperature < 1e-5) {
        return best;
    }
    double floor = minP > 0 ? largest + std::log(minP) * temperature : -INFINITY;
    if (topK > 0 && topK < columns) {
        Floats sorted(logits, logits + columns);
        std::nth_element(sorted.begin(), sorted.begin() + topK - 1, sorted.end(), std::greater<float>());
        floor = std::max(floor, (double) sorted[topK - 1]);
    }
    Ints ids;
    Doubles weights;
    double total = 0;
    for (int i = 0; i < columns; i++) {
        if (logits[i] >= floor && logits[i] > -INFINITY) {
            ids.push_back(i);
            weights.push_back(std::exp((double) (logits[i] - largest) / temperature));
            total += weights.back();
        }
    }
    if (topP < 1) {
        Ints byWeight(ids.size());
        for (size_t i = 0; i < ids.size(); i++) {
            byWeight[i] = (int) i;
        }
        std::stable_sort(byWeight.begin(), byWeight.end(), [&](int a, int b) { return logits[ids[a]] > logits[ids[b]]; });
        double mass = 0, wanted = topP * total;
        size_t kept = 0;
        while (kept < byWeight.size() && mass < wanted) {
            mass += weights[byWeight[kept++]];
        }
        for (size_t i = kept; i < byWeight.size(); i++) {
            weights[byWeight[i]] = 0;
        }
        total = mass;
    }
    double target = uniform * total, sum = 0;
    for (size_t i = 0; i < ids.size(); i++) {
        sum += weights[i];
        if (sum > target) {
            return ids[i];
        }
    }
    return ids.empty() ? 0 : ids.back();
}

static void checkSampling() {
    if (!wanted("sampling")) {
        return;
    }
    Kernel sample("sampling", "", "sample_rows"), logprobs("sampling", "", "row_logprobs"), penalize("sampling", "", "penalize");
    std::mt19937_64 generator(5);
    std::uniform_real_distribution<double> unit(0, 1);
    for (int columns : some({1, 31, 129, 5000, 151936})) {
        for (Type coarse : {FLOAT32, BFLOAT16}) { // bf16 logits tie often
            int rows = 64;
            Floats x = random((size_t) rows * columns, coarse, 3.f);
            std::fill(x.begin() + columns * 5, x.begin() + columns * 6, -INFINITY);
            Doubles temperature, topP, minP, uniform;
            Ints topK, expected;
            for (int r = 0; r < rows; r++) {
                temperature.push_back(r % 8 == 7 ? 0 : 0.3 + 0.2 * (r % 6));
                topK.push_back(r % 3 == 0 ? 0 : 1 + r * 3);
                topP.push_back(r % 4 < 2 ? 1.0 : 0.05 + 0.014 * r);
                minP.push_back(r % 5 < 3 ? 0.0 : 0.001 * r);
                uniform.push_back(unit(generator));
                expected.push_back(sampled(&x[(size_t) r * columns], columns, temperature[r], topK[r], topP[r], minP[r], uniform[r]));
            }
            auto upload = [](const Doubles& values) {
                Buffer buffer(values.size() * 8);
                REQUIRE(cudaMemcpy(buffer.address, values.data(), values.size() * 8, cudaMemcpyHostToDevice));
                return buffer;
            };
            Buffer dx(x, FLOAT32), dt = upload(temperature), dk(topK), dp = upload(topP), dm = upload(minP), du = upload(uniform), out(rows * 4);
            Arguments a;
            a.p(dx).p(dt).p(dk).p(dp).p(dm).p(du).i(columns).p(out);
            sample.launch(rows, 1024, 0, a);
            REQUIRE(cudaDeviceSynchronize());
            Ints tokens(rows);
            REQUIRE(cudaMemcpy(tokens.data(), out.address, rows * 4, cudaMemcpyDeviceToHost));
            int wrong = 0;
            std::string where = std::to_string(columns) + " columns";
            for (int r = 0; r < rows; r++) {
                if (tokens[r] != expected[r]) {
                    wrong++;
                    where += ", row " + std::to_string(r) + ": " + std::to_string(tokens[r]) + " for " + std::to_string(expected[r]);
                }
            }
            report("sample_rows", coarse, where, wrong, 0);

            int top = std::min(5, columns);
            Buffer ids((size_t) rows * top * 4), values((size_t) rows * top * 4), chosen(rows * 4), dtokens(expected);
            Arguments b;
            b.p(dx).p(dtokens).i(columns).i(top).p(chosen).p(ids).p(values).p(nullptr);
            logprobs.launch(rows, 1024, 0, b);
            REQUIRE(cudaDeviceSynchronize());
            Floats actualChosen = chosen.read(FLOAT32), actualTop = values.read(FLOAT32), actual;
            Ints actualIds(rows * top);
            REQUIRE(cudaMemcpy(actualIds.data(), ids.address, actualIds.size() * 4, cudaMemcpyDeviceToHost));
            Doubles expectedLogprobs;
            int misplaced = 0;
            for (int r = 0; r < rows; r++) {
                if (r == 5) {
                    continue; // nothing but minus infinity
                }
                const float* row = &x[(size_t) r * columns];
                Ints order(columns);
                for (int i = 0; i < columns; i++) {
                    order[i] = i;
                }
                std::stable_sort(order.begin(), order.end(), [&](int p, int q) { return row[p] > row[q]; });
                double sum = 0;
                for (int i = 0; i < columns; i++) {
                    sum += std::exp((double) row[i] - row[order[0]]);
                }
                double logSum = row[order[0]] + std::log(sum);
                expectedLogprobs.push_back(row[expected[r]] - logSum);
                actual.push_back(actualChosen[r]);
                for (int k = 0; k < top; k++) {
                    misplaced += actualIds[r * top + k] != order[k];
                    expectedLogprobs.push_back(row[order[k]] - logSum);
                    actual.push_back(actualTop[r * top + k]);
                }
            }
            report("row_logprobs", coarse, where, columns == 1 ? 0 : relativeError(actual, expectedLogprobs), 1e-6);
            report("row_logprobs ids", coarse, where, misplaced, 0);

            Ints starts = {0}, penalized, counts;
            Doubles repetition, frequency, presence, after(x.begin(), x.end());
            for (int r = 0; r < rows; r++) {
                repetition.push_back(r % 2 ? 1.3 : 1.0), frequency.push_back(0.1 * (r % 3)), presence.push_back(0.2 * (r % 4));
                for (int t = r % 7; t < columns && t < 40; t += 3) {
                    penalized.push_back(t), counts.push_back(t % 4);
                    double& logit = after[(size_t) r * columns + t];
                    if (repetition[r] != 1) {
                        logit = (float) (logit > 0 ? logit / repetition[r] : logit * repetition[r]);
                    }
                    logit = counts.back() == 0 ? logit : (float) logit - (float) (frequency[r] * counts.back() + presence[r]);
                }
                starts.push_back((int) penalized.size());
            }
            Buffer dstarts(starts), dpenalized(penalized), dcounts(counts), dr = upload(repetition), df = upload(frequency), dpresence = upload(presence);
            Arguments c;
            c.p(dx).i(columns).p(dstarts).p(dpenalized).p(dcounts).p(dr).p(df).p(dpresence);
            penalize.launch(rows, 256, 0, c);
            REQUIRE(cudaDeviceSynchronize());
            Floats changed = dx.read(FLOAT32);
            int different = 0;
            for (size_t i = 0; i < changed.size(); i++) {
                different += changed[i] != (float) after[i];
            }
            report("penalize", coarse, where, different, 0);
        }
    }
}

static void checkAttention() {
    std::vector<std::pair<std::string, std::vector<std::pair<int, int>>>> shapes = {
        {"decode", {{1, 1}, {1, 7}, {1, 31}, {1, 33}, {1, 127}, {1, 129}, {1, 16}, {1, 700}}},
        {"prefill", {{1, 1}, {7, 7}, {31, 31}, {33, 33}, {127, 127}, {129, 129}}},
        {"chunks", {{7, 40}, {31, 300}, {33, 129}, {129, 257}, {2, 64}}},
        {"mixed", {{1, 129}, {33, 40}, {1, 31}, {7, 7}, {1, 300}}},
    };
    for (auto& [what, shape] : shapes) {
        Step step(shape);
        Buffer starts(step.queryStarts), contexts(step.contexts), tables(step.blockTables);
        for (int headDim : headSizes()) {
            for (int group : brief ? Ints{3, 4} : Ints{1, 3, 4, 7, 8, 17}) {
                for (Type type : types()) {
                    for (bool fp8 : {false, true}) {
                        if (fp8 && (group != 4 || headDim % 16 != 0)) {
                            continue;
                        }
                        Heads h = {group * 2, 2, headDim};
                        int window = group == 3 ? 20 : 0;
                        float softCap = group == 7 ? 5.f : 0.f, scale = 1 / std::sqrt((float) headDim);
                        float keyScale = fp8 ? 0.5f : 1.f, valueScale = fp8 ? 0.25f : 1.f;
                        size_t elements = (size_t) step.blocks * 2 * h.kvHeads * 16 * headDim;
                        Floats qkv = random((size_t) step.tokens * h.width(), type), cache = random(elements, type);
                        std::vector<unsigned char> raw(fp8 ? elements : 0);
                        Buffer dqkv(qkv, type), dcache(elements * (fp8 ? 1 : bytes(type)));
                        if (fp8) {
                            for (size_t i = 0; i < elements; i++) {
                                raw[i] = (unsigned char) (i * 2654435761u >> 13);
                                raw[i] = (raw[i] & 0x78) >= 0x48 ? raw[i] & 0x87 : raw[i]; // up to 1.875
                                size_t isValue = i / ((size_t) h.kvHeads * 16 * headDim) % 2;
                                cache[i] = e4m3(raw[i]) * (isValue ? valueScale : keyScale);
                            }
                            REQUIRE(cudaMemcpy(dcache.address, raw.data(), elements, cudaMemcpyHostToDevice));
                        } else {
                            // Where no token was written the cache holds NaN: nothing may come of it.
                            for (int s = 0; s < step.sequences; s++) {
                                for (int position = step.contexts[s]; position < divideUp(step.contexts[s], 16) * 16; position++) {
                                    int slot = step.blockTables[(size_t) s * step.maxBlocks + position / 16] * 16 + position % 16;
                                    for (int d = 0; d < headDim; d++) {
                                        for (int part = 0; part < 4; part++) {
                                            cache[cacheIndex(slot, part / 2, part % 2, d, h)] = NAN;
                                        }
                                    }
                                }
                            }
                            dcache.write(cache, type);
                        }
                        Doubles expected((size_t) step.tokens * h.heads * headDim);
                        inParallel(step.tokens, [&](int t) {
                            int s = (int) (std::upper_bound(step.queryStarts.begin(), step.queryStarts.end(), t) - step.queryStarts.begin()) - 1;
                            for (int head = 0; head < h.heads; head++) {
                                attend(step, h, qkv, cache, s, t, head, scale, window, softCap, &expected[((size_t) t * h.heads + head) * headDim]);
                            }
                        });
                        std::string where = what + " D " + std::to_string(headDim) + " group " + std::to_string(group);
                        std::string suffix = fp8 ? " fp8" : "";
                        if (wanted("attention_plain")) {
                            Buffer out(expected.size() * bytes(type));
                            Kernel kernel("attention_plain", macros(type, headDim, fp8), "attention_plain");
                            Arguments a;
                            a.p(dqkv).p(dcache).p(starts).p(contexts).p(tables).i(step.maxBlocks).i(step.sequences).i(h.heads).i(h.kvHeads).f(scale).i(window)
                                .f(softCap).f(keyScale).f(valueScale).p(out);
                            kernel.launch(dim3(step.tokens, h.heads), 128, 0, a);
                            check("attention_plain" + suffix, type, where, out.read(type), expected);
                        }
                        if (type == FLOAT32) {
                            continue;
                        }
                        int rowTiles = divideUp(group, 16);
                        for (int splits : some({1, 5})) {
                            if (!wanted("attention")) {
                                continue;
                            }
                            Buffer out(expected.size() * bytes(type));
                            size_t places = (size_t) step.sequences * h.kvHeads * rowTiles, counters = (places * 4 + 255) / 256 * 256;
                            Buffer workspace(counters + splits * places * 16 * (headDim + 2) * 4);
                            REQUIRE(cudaMemset(workspace.address, 0, counters));
                            for (int repeat = 0; repeat < 2; repeat++) { // the second finds the counters as the first left them
                                Kernel decode("attention_decode", macros(type, headDim, fp8), "attention_decode");
                                Arguments a;
                                a.p(dqkv).p(dcache).p(starts).p(contexts).p(tables).i(step.maxBlocks).i(h.heads).i(h.kvHeads).f(scale).i(window).f(softCap)
                                    .f(keyScale).f(valueScale).p(workspace).i(splits).p(out);
                                decode.launch(dim3(splits, h.kvHeads * rowTiles, step.sequences), 128, decodeShared(headDim, fp8), a);
                                Kernel prefill("attention_prefill", macros(type, headDim, fp8), "attention_prefill");
                                Arguments b;
                                b.p(dqkv).p(dcache).p(starts).p(contexts).p(tables).i(step.maxBlocks).i(step.sequences).i(h.heads).i(h.kvHeads).f(scale).i(window)
                                    .f(softCap).f(keyScale).f(valueScale).i(2).p(out);
                                prefill.launch(dim3(divideUp(step.tokens * group, 128) + step.sequences, h.kvHeads), 256, prefillShared(headDim, fp8), b);
                            }
                            check("attention" + suffix, type, where + " splits " + std::to_string(splits), out.read(type), expected);
                            if (splits == 1 && !fp8 && (headDim == 64 || headDim == 128) && hopper()) {
                                Buffer warpgroups(expected.size() * bytes(type));
                                Kernel prefill("attention_prefill_wgmma", macros(type, headDim), "attention_prefill_wgmma");
                                Arguments b;
                                b.p(dqkv).p(dcache).p(starts).p(contexts).p(tables).i(step.maxBlocks).i(step.sequences).i(h.heads).i(h.kvHeads).f(scale).i(window)
                                    .f(softCap).f(keyScale).f(valueScale).i(1).p(warpgroups);
                                prefill.launch(dim3(divideUp(step.tokens * group, 128) + step.sequences, h.kvHeads), 384, 1024 + 1280 * headDim, b);
                                check("attention_prefill_wgmma", type, where, warpgroups.read(type), expected);
                            }
                        }
                    }
                }
            }
        }
    }
}

/** Quantised weights: the product of few rows, and the dense matrix for many. */
static void checkQuantized() {
    if (!wanted("quantized")) {
        return;
    }
    int multiprocessors;
    REQUIRE(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, 0));
    for (int kind : some({4, 8, 9})) {
        for (Type type : shortTypes()) {
            std::string suffix = kind == 4 ? " int4" : kind == 8 ? " int8" : " e4m3";
            std::string macro = macros(type) + "-DWEIGHT=" + std::to_string(kind);
            for (auto [outputs, inputs, groupSize] : some({std::tuple{64, 256, 128}, {48, 96, 32}, {1152, 896, 128}, {100, 4096, 4096}, {80, 14336, 64}, {32, 160, 16}})) {
                int groups = divideUp(inputs, groupSize);
                std::mt19937 generator(kind);
                size_t rowBytes = kind == 4 ? inputs / 2 : inputs;
                std::vector<unsigned char> codes(outputs * rowBytes), zeros(kind == 4 ? outputs * groups : 0);
                Floats scales((size_t) outputs * groups);
                for (auto& code : codes) {
                    code = (unsigned char) generator();
                    code = kind == 9 && (code & 0x7F) >= 0x60 ? code & 0x8F : code; // no NaN, at most 3.75
                }
                for (auto& zero : zeros) {
                    zero = generator() % 17;
                }
                for (auto& scale : scales) {
                    scale = (0.5f + generator() % 1000 / 1000.f) * (kind == 4 ? 0.01f : kind == 8 ? 0.001f : 0.02f);
                }
                Ints order(inputs);
                for (int k = 0; k < inputs; k++) {
                    order[k] = k;
                }
                bool ordered = inputs == 896 || inputs == 256;
                if (ordered) {
                    std::shuffle(order.begin(), order.end(), generator);
                }
                Doubles w((size_t) outputs * inputs); // natural order
                for (int o = 0; o < outputs; o++) {
                    for (int k = 0; k < inputs; k++) {
                        int group = o * groups + k / groupSize;
                        unsigned char byte = codes[o * rowBytes + (kind == 4 ? k / 2 : k)];
                        double code = kind == 4 ? (k % 2 ? byte >> 4 : byte & 15) - (int) zeros[group] : kind == 8 ? (double) (signed char) byte : e4m3(byte);
                        w[(size_t) o * inputs + order[k]] = code * scales[group];
                    }
                }
                Buffer dcodes(codes.size()), dzeros(zeros.size()), dscales(scales, FLOAT32), dorder(order);
                REQUIRE(cudaMemcpy(dcodes.address, codes.data(), codes.size(), cudaMemcpyHostToDevice));
                REQUIRE(cudaMemcpy(dzeros.address, zeros.data(), zeros.size(), cudaMemcpyHostToDevice));
                const void* zerosOrNone = kind == 4 ? dzeros.address : nullptr;
                const void* orderOrNone = ordered ? dorder.address : nullptr;
                std::string where = std::to_string(outputs) + "x" + std::to_string(inputs) + " by " + std::to_string(groupSize);
                Buffer dense((size_t) outputs * inputs * 2);
                Arguments d;
                d.p(dcodes).p(dscales).p(zerosOrNone).p(orderOrNone).i(groupSize).i(outputs).i(inputs).p(dense);
                Kernel("dequantize", macro, "dequantize").launch(dim3(outputs, divideUp(inputs / 8, 128)), 128, 0, d);
                check("dequantize" + suffix, type, where, dense.read(type), w);
                for (int rows : some({1, 2, 7, 8})) {
                    Floats x = random((size_t) rows * inputs, type), bias = random(outputs, FLOAT32);
                    Doubles expected;
                    for (int r = 0; r < rows; r++) {
                        for (int o = 0; o < outputs; o++) {
                            double sum = bias[o];
                            for (int i = 0; i < inputs; i++) {
                                sum += x[(size_t) r * inputs + i] * w[(size_t) o * inputs + i];
                            }
                            expected.push_back(sum);
                        }
                    }
                    size_t staged = (size_t) rows * (divideUp(inputs, 256) * 256 + 32) * 2;
                    size_t shared = 7 * 16384 + 8704 + (staged <= 100 * 1024 ? staged : 0);
                    Buffer dx(x, type), dbias(bias, FLOAT32), out(expected.size() * 4), gatedOut(expected.size());
                    Arguments a;
                    a.p(dcodes).p(dscales).p(zerosOrNone).p(orderOrNone).i(groupSize).p(dbias).p(dx).p(nullptr).p(out).i(rows).i(outputs).i(inputs).i(1).i(0);
                    Kernel gemv("quantized_gemv", macro, "quantized_gemv");
                    gemv.launch(multiprocessors, 256, shared, a);
                    REQUIRE(cudaDeviceSynchronize());
                    // float32 sums; where scales are rounded to elements their error stays
                    int piece = kind == 4 ? 128 : 64;
                    bool exact = groups == 1 || groupSize % piece == 0;
                    report("quantized_gemv" + suffix, type, where + ", rows " + std::to_string(rows), relativeError(out.read(FLOAT32), expected),
                           exact ? 1e-5 : tolerance(type));
                    Arguments b;
                    b.p(dcodes).p(dscales).p(zerosOrNone).p(orderOrNone).i(groupSize).p(dbias).p(dx).p(nullptr).p(gatedOut).i(rows).i(outputs).i(inputs).i(2).i(0);
                    gemv.launch(multiprocessors, 256, shared, b);
                    Doubles gated;
                    int inner = outputs / 2;
                    for (int r = 0; r < rows; r++) {
                        for (int i = 0; i < inner; i++) {
                            gated.push_back(activation(expected[(size_t) r * outputs + i], 0) * expected[(size_t) r * outputs + inner + i]);
                        }
                    }
                    REQUIRE(cudaDeviceSynchronize()); // gate and up are rounded, then their product
                    report("quantized_gemv gated" + suffix, type, where, relativeError(gatedOut.read(type), gated), 1.5 * tolerance(type));
                }
            }
        }
    }
}

/** A mixture of experts from logits to rows, as the host computes it. */
static void checkMixture() {
    if (!wanted("mixture")) {
        return;
    }
    struct Router {
        int experts, perToken, scoring, groups, kept, groupScore, renormalise;
        float scale;
        bool correction;
    };
    for (Type type : shortTypes()) {
        for (Router router : some({Router{8, 2, 0, 1, 1, 0, 1, 1.f, false}, Router{64, 6, 0, 8, 3, 0, 0, 16.f, false}, Router{256, 8, 1, 8, 4, 1, 1, 2.5f, true},
                              Router{5, 5, 1, 1, 1, 0, 0, 1.f, true}})) {
            for (int rows : some({1, 7, 33, 129})) {
                int hidden = 192, outputs = 104;
                Floats logits = random((size_t) rows * router.experts, FLOAT32), correction = random(router.experts, FLOAT32, 0.1f);
                Ints expectedExperts;
                Doubles expectedWeights;
                for (int r = 0; r < rows; r++) {
                    Doubles probability(router.experts), candidate;
                    double sum = 0;
                    for (int e = 0; e < router.experts; e++) {
                        double logit = logits[(size_t) r * router.experts + e];
                        probability[e] = router.scoring == 0 ? std::exp(logit) : 1 / (1 + std::exp(-logit));
                        sum += probability[e];
                    }
                    for (int e = 0; e < router.experts; e++) {
                        probability[e] /= router.scoring == 0 ? sum : 1;
                        candidate.push_back(probability[e] + (router.correction ? correction[e] : 0));
                    }
                    int size = router.experts / router.groups;
                    Doubles groupScores;
                    for (int g = 0; g < router.groups; g++) {
                        Doubles sorted(candidate.begin() + g * size, candidate.begin() + (g + 1) * size);
                        std::sort(sorted.rbegin(), sorted.rend());
                        groupScores.push_back(router.groupScore == 0 || size == 1 ? sorted[0] : sorted[0] + sorted[1]);
                    }
                    Doubles ranked = groupScores;
                    std::sort(ranked.rbegin(), ranked.rend());
                    for (int e = 0; e < router.experts; e++) {
                        candidate[e] = groupScores[e / size] >= ranked[router.kept - 1] ? candidate[e] : -INFINITY;
                    }
                    double chosenSum = 0;
                    for (int k = 0; k < router.perToken; k++) {
                        int best = (int) (std::max_element(candidate.begin(), candidate.end()) - candidate.begin());
                        candidate[best] = -INFINITY;
                        expectedExperts.push_back(best);
                        expectedWeights.push_back(probability[best]);
                        chosenSum += probability[best];
                    }
                    for (int k = 0; k < router.perToken; k++) {
                        expectedWeights[(size_t) r * router.perToken + k] *= router.scale / (router.renormalise ? chosenSum : 1);
                    }
                }
                int slots = rows * router.perToken;
                Floats w = random((size_t) router.experts * outputs * hidden, type, 0.1f), x = random((size_t) rows * hidden, type);
                Buffer dlogits(logits, FLOAT32), dcorrection(correction, FLOAT32), chosen(slots * 4), weights(slots * 4), starts((router.experts + 1) * 4), slotRows(slots * 4),
                    slotOf(slots * 4), dw(w, type), dx(x, type), results((size_t) slots * outputs * 2), out((size_t) rows * outputs * 2);
                Arguments a, b, c, d;
                a.p(dlogits).p(router.correction ? dcorrection.address : nullptr).i(router.experts).i(router.perToken).i(router.scoring).i(router.groups).i(router.kept)
                    .i(router.groupScore).i(router.renormalise).f(router.scale).p(chosen).p(weights);
                Kernel("mixture_route", macros(type), "route").launch(rows, 32, 0, a);
                b.p(chosen).i(slots).i(router.experts).i(router.perToken).p(starts).p(slotRows).p(slotOf);
                Kernel("mixture_route", macros(type), "group_rows").launch(1, 1024, 0, b);
                c.p(dw).p(dx).p(slotRows).p(starts).i(router.experts).i(outputs).i(hidden).p(results);
                Kernel("grouped_matmul", macros(type), "grouped_matmul").launch(dim3(divideUp(outputs, 64), divideUp(slots, 64) + router.experts), 128, 73728, c);
                d.p(results).p(slotOf).p(weights).i(router.perToken).i(outputs).p(out);
                Kernel("mixture_route", macros(type), "combine").launch(rows, 128, 0, d);
                REQUIRE(cudaDeviceSynchronize());
                Ints actualExperts(slots);
                REQUIRE(cudaMemcpy(actualExperts.data(), chosen.address, slots * 4, cudaMemcpyDeviceToHost));
                int wrong = 0;
                for (int i = 0; i < slots; i++) {
                    wrong += actualExperts[i] != expectedExperts[i];
                }
                std::string where = std::to_string(rows) + " rows, " + std::to_string(router.experts) + " experts";
                report("route", type, where, wrong, 0);
                report("route weights", type, where, relativeError(weights.read(FLOAT32), expectedWeights), 1e-6);
                Doubles expected((size_t) rows * outputs);
                for (int r = 0; r < rows; r++) {
                    for (int k = 0; k < router.perToken; k++) {
                        const float* weight = &w[(size_t) expectedExperts[r * router.perToken + k] * outputs * hidden];
                        for (int o = 0; o < outputs; o++) {
                            double sum = 0;
                            for (int i = 0; i < hidden; i++) {
                                sum += (double) x[(size_t) r * hidden + i] * weight[(size_t) o * hidden + i];
                            }
                            expected[(size_t) r * outputs + o] += expectedWeights[r * router.perToken + k] * sum;
                        }
                    }
                }
                check("grouped_matmul and combine", type, where, out.read(type), expected);
            }
        }
    }
}

/** Latent attention of a step, keys and values expanded from each token's latent as the model's formula has them. */
static void checkLatent() {
    if (!wanted("latent")) {
        return;
    }
    const int rank = 512, ropeDim = 64, width = rank + ropeDim, heads = 3, plainDim = 128, valueDim = 128;
    for (Type type : types()) {
        for (int neighbours : some({0, 1})) {
            Step step({{1, 33}, {7, 7}, {1, 129}, {31, 40}});
            int T = step.tokens, queryDim = plainDim + ropeDim;
            Floats queries = random((size_t) T * heads * queryDim, type), rows = random((size_t) T * width, type), norm = random(rank, FLOAT32);
            Floats cosSin = random((size_t) 256 * ropeDim, FLOAT32), weight = random((size_t) heads * (plainDim + valueDim) * rank, type, 0.05f);
            Floats cache = random((size_t) step.blocks * 16 * width, type);
            Buffer dqueries(queries, type), drows(rows, type), dnorm(norm, FLOAT32), dcos(cosSin, FLOAT32), dweight(weight, type), dcache(cache, type), positions(step.positions),
                slots(step.slots), starts(step.queryStarts), contexts(step.contexts), tables(step.blockTables), out((size_t) T * heads * valueDim * bytes(type));
            std::string macro = macros(type) + "-DRANK=512-DROPE_DIM=64";
            Arguments a, b;
            a.p(dqueries).p(drows).p(positions).p(slots).p(dcos).i(neighbours).p(dnorm).f(1e-6f).p(dcache).i(heads).i(plainDim);
            Kernel("latent_attention", macro, "latent_rope_and_cache").launch(T, 256, 0, a);
            float scale = 1 / std::sqrt((float) queryDim);
            b.p(dqueries).p(dweight).p(dcache).p(starts).p(contexts).p(tables).i(step.maxBlocks).i(step.sequences).i(heads).i(plainDim).i(valueDim).f(scale).p(out);
            Kernel("latent_attention", macro, "latent_attention").launch(dim3(T, heads), 256, 0, b);
            REQUIRE(cudaDeviceSynchronize());
            auto rotate = [&](Doubles& values, int from, int position) {
                for (int i = 0; i < ropeDim / 2; i++) {
                    int first = from + (neighbours ? 2 * i : i), second = from + (neighbours ? 2 * i + 1 : i + ropeDim / 2);
                    double cos = cosSin[position * ropeDim + i], sin = cosSin[position * ropeDim + ropeDim / 2 + i], p = values[first], q = values[second];
                    values[first] = p * cos - q * sin;
                    values[second] = q * cos + p * sin;
                }
            };
            Doubles expectedRows, expectedQueries, expected;
            for (int t = 0; t < T; t++) {
                Doubles row = normalized(&rows[(size_t) t * width], norm, 1e-6, rank);
                row.insert(row.end(), rows.begin() + (size_t) t * width + rank, rows.begin() + (size_t) (t + 1) * width);
                rotate(row, rank, step.positions[t]);
                expectedRows.insert(expectedRows.end(), row.begin(), row.end());
                for (int i = 0; i < width; i++) {
                    cache[(size_t) step.slots[t] * width + i] = roundTo((float) row[i], type);
                }
                for (int h = 0; h < heads; h++) {
                    auto from = queries.begin() + ((size_t) t * heads + h) * queryDim;
                    Doubles query(from, from + queryDim);
                    rotate(query, plainDim, step.positions[t]);
                    expectedQueries.insert(expectedQueries.end(), query.begin(), query.end());
                }
            }
            check("latent_rope_and_cache rows", type, std::to_string(neighbours), drows.read(type), expectedRows);
            check("latent_rope_and_cache queries", type, std::to_string(neighbours), dqueries.read(type), expectedQueries);
            check("latent_rope_and_cache cache", type, std::to_string(neighbours), dcache.read(type), Doubles(cache.begin(), cache.end()));
            for (int s = 0; s < step.sequences; s++) {
                for (int t = step.queryStarts[s]; t < step.queryStarts[s + 1]; t++) {
                    int last = step.contexts[s] - (step.queryStarts[s + 1] - t);
                    for (int h = 0; h < heads; h++) {
                        const float* key = &weight[(size_t) h * (plainDim + valueDim) * rank];
                        Doubles absorbed(rank), weights, latent(rank);
                        for (int i = 0; i < plainDim; i++) {
                            for (int r = 0; r < rank; r++) {
                                absorbed[r] += expectedQueries[((size_t) t * heads + h) * queryDim + i] * key[(size_t) i * rank + r];
                            }
                        }
                        double largest = -INFINITY, total = 0;
                        auto rowAt = [&](int position) { return &cache[(size_t) (step.blockTables[(size_t) s * step.maxBlocks + position / 16] * 16 + position % 16) * width]; };
                        for (int position = 0; position <= last; position++) {
                            double dot = 0;
                            for (int i = 0; i < width; i++) {
                                dot += rowAt(position)[i] * (i < rank ? absorbed[i] : expectedQueries[((size_t) t * heads + h) * queryDim + plainDim + i - rank]);
                            }
                            weights.push_back(dot * scale);
                            largest = std::max(largest, weights.back());
                        }
                        for (int position = 0; position <= last; position++) {
                            double x = std::exp(weights[position] - largest);
                            total += x;
                            for (int r = 0; r < rank; r++) {
                                latent[r] += x * rowAt(position)[r];
                            }
                        }
                        for (int v = 0; v < valueDim; v++) {
                            double sum = 0;
                            for (int r = 0; r < rank; r++) {
                                sum += latent[r] / total * key[(size_t) (plainDim + v) * rank + r];
                            }
                            expected.push_back(sum);
                        }
                    }
                }
            }
            // Queries are rounded to elements twice before scores of a spread of about 5: three times an output's rounding.
            REQUIRE(cudaDeviceSynchronize());
            report("latent_attention", type, std::to_string(neighbours), relativeError(out.read(type), expected), (type == FLOAT32 ? 1 : 3) * tolerance(type));
        }
    }
}

static void checkElementwise() {
    if (!wanted("elementwise")) {
        return;
    }
    for (Type type : types()) {
        for (int rows : tokenCounts()) {
            int columns = 896;
            Floats x = random((size_t) rows * columns, type), gate = random(rows, type), sum = random((size_t) rows * columns, type);
            Buffer dx(x, type), dgate(gate, type), dsum(sum, type);
            Arguments a, b;
            a.p(dx).p(dgate).i(columns).p(dsum);
            Kernel("elementwise", macros(type), "add_gated").launch(dim3(rows, 1), 256, 0, a);
            b.p(dx).l((long long) x.size()).f(2.f);
            Kernel("elementwise", macros(type), "soft_cap").launch(7, 256, 0, b);
            Doubles gated, capped;
            for (size_t i = 0; i < x.size(); i++) {
                gated.push_back(sum[i] + x[i] / (1 + std::exp(-(double) gate[i / columns])));
                capped.push_back(2 * std::tanh(x[i] / 2.0));
            }
            check("add_gated", type, std::to_string(rows), dsum.read(type), gated);
            check("soft_cap", type, std::to_string(rows), dx.read(type), capped);
        }
    }
}

/** Low-rank updates of any mixture of adapters, each at its own rank, into plain and stacked outputs. */
static void checkLora() {
    if (!wanted("lora")) {
        return;
    }
    const Ints slotRanks = {16, 64, 0, 32, 48, 16};
    const int maxRank = 64, slots = (int) slotRanks.size();
    for (Type type : types()) {
        for (auto& [inputs, partOutputs] : std::vector<std::pair<int, Ints>>{{40, {72}}, {896, {896, 128, 128}}, {1544, {120, 40, 40, 8}}, {3080, {1040, 1040}}, {4864, {896}}}) {
            int parts = (int) partOutputs.size(), width = parts * maxRank;
            Ints starts = {0}, ranks;
            for (int outputs : partOutputs) {
                starts.push_back(starts.back() + outputs);
            }
            for (int slot = 0; slot < slots; slot++) {
                for (int part = 0; part < parts; part++) {
                    ranks.push_back(slot == 4 && part == 1 ? 0 : slot == 3 && part == 0 ? 16 : slotRanks[slot]); // parts of one adapter differ
                }
            }
            int outputs = starts.back();
            size_t aSlot = (size_t) width * inputs, bSlot = (size_t) outputs * maxRank;
            Floats a = random(aSlot * slots, type, 1 / std::sqrt((float) inputs)), b = random(bSlot * slots, type), scales = random(slots * parts, FLOAT32);
            Buffer da(a, type), db(b, type), dranks(ranks), dscales(scales, FLOAT32), dstarts(starts);
            for (int rows : some({1, 7, 31, 33, 127, 129, 257})) {
                for (int mixture = 0; mixture < 3; mixture++) { // all rows of one adapter; runs, as in prefill; one here, one there
                    Ints slotOf;
                    for (int r = 0; r < rows; r++) {
                        slotOf.push_back(mixture == 0 ? 1 : mixture == 1 ? r * 7 / rows - 1 : (int) ((r * 2654435761u >> 16) % (slots + 1)) - 1);
                    }
                    Floats x = random((size_t) rows * inputs, type), y = random((size_t) rows * outputs, type);
                    Doubles expected(y.begin(), y.end());
                    inParallel(rows, [&](int r) {
                        size_t aFirst = slotOf[r] * aSlot, bFirst = slotOf[r] * bSlot;
                        for (int part = 0; part < parts && slotOf[r] >= 0; part++) {
                            int rank = ranks[slotOf[r] * parts + part];
                            Doubles h(rank);
                            for (int i = 0; i < rank; i++, aFirst += inputs) {
                                for (int k = 0; k < inputs; k++) {
                                    h[i] += (double) x[(size_t) r * inputs + k] * a[aFirst + k];
                                }
                            }
                            for (int o = starts[part]; o < starts[part + 1]; o++, bFirst += rank) {
                                for (int k = 0; k < rank; k++) {
                                    expected[(size_t) r * outputs + o] += scales[slotOf[r] * parts + part] * h[k] * b[bFirst + k];
                                }
                            }
                        }
                    });
                    AdapterTiles tiles(slotOf, slots);
                    int splits = divideUp(inputs, LORA_DEPTH), widest = *std::max_element(partOutputs.begin(), partOutputs.end());
                    Buffer dx(x, type), dy(y, type), dtiles(tiles.tiles), order(tiles.order), h((size_t) splits * rows * width * 4);
                    std::string size = "_" + std::to_string(tiles.tileRows);
                    Arguments s, e;
                    s.p(da).p(dranks).p(dx).p(dtiles).p(order).i(rows).i(parts).i(maxRank).i(inputs).i(LORA_DEPTH).p(h);
                    e.p(db).p(dranks).p(dscales).p(dstarts).p(h).i(splits).p(dtiles).p(order).i(rows).i(parts).i(maxRank).p(dy);
                    dim3 shrinkGrid(width / 16, tiles.count, splits);
                    if (type == FLOAT32) {
                        Kernel("lora_plain", macros(type), "lora_shrink").launch(shrinkGrid, 256, 0, s);
                        Kernel("lora_plain", macros(type), "lora_expand").launch(dim3(divideUp(widest, 256), tiles.count, parts), 256, 0, e);
                    } else {
                        Kernel("lora_shrink", macros(type), ("lora_shrink" + size).c_str()).launch(shrinkGrid, 256, 0, s);
                        Kernel("lora_expand", macros(type), ("lora_expand" + size).c_str())
                            .launch(dim3(divideUp(widest, 512), tiles.count, parts), 128, tiles.tileRows * (maxRank + 16) * 4, e);
                    }
                    check("lora" + (type == FLOAT32 ? " plain" : size), type, std::to_string(rows) + " rows, mixture " + std::to_string(mixture) + ", " + std::to_string(outputs) + "x" + std::to_string(inputs), dy.read(type), expected);
                }
            }
        }
    }
}

int main(int count, char** arguments) {
    if (count < 2) {
        fprintf(stderr, "usage: check CUBINS [--brief] [KERNEL]\n");
        return 2;
    }
    cubins = arguments[1];
    brief = count > 2 && std::string(arguments[2]) == "--brief";
    filter = count > 2 + brief ? arguments[2 + brief] : "";
    checkRows();
    checkGemv();
    checkGemvQkv();
    checkArgmax();
    checkSampling();
    checkRope();
    checkQuantized();
    checkMixture();
    checkLatent();
    checkElementwise();
    checkLora();
    checkAttention();
    bool failed = order.empty();
    printf("%-32s %6s %10s %10s  worst case\n", "kernel", "cases", "error", "allowed");
    for (auto& key : order) {
        Worst& worst = table[key];
        bool bad = !(worst.error <= worst.tolerance);
        failed |= bad;
        printf("%-32s %6d %10.2e %10.2e  %s%s\n", key.c_str(), worst.cases, worst.error, worst.tolerance, worst.where.c_str(), bad ? "  FAILED" : "");
    }
    printf(order.empty() ? "no such kernel\n" : failed ? "FAILED\n" : "all within tolerance\n");
    return failed;
}
