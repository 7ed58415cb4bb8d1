// Rotation, the cache and attention, of every kind of step.
#include "paged.hpp"

void checkRope() {
    if (!wanted("rope_and_cache")) {
        return;
    }
    for (Type type : types()) {
        for (bool fp8 : {false, true}) {
            for (int headDim : headSizes()) {
                for (int variant = 0; variant < 6; variant++) { // the last two as the first, by the kernel for whole heads
                    bool norm = variant & 1, bias = variant & 1, interleaved = variant == 2 || variant == 3, whole = variant >= 4;
                    if (whole && (headDim & (headDim - 1)) != 0) {
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

void checkAttention() {
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
