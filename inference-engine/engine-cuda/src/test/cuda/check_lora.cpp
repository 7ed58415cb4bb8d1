// Adapters.
#include "checks.hpp"

/** The activation of sums that are never written, of rows with and without adapters. */
static void checkGated(Type type, int rows, int inner, const Doubles& sums, const std::function<void(const Buffer&)>& launch) {
    Buffer out((size_t) rows * inner * bytes(type));
    launch(out);
    Doubles expected;
    for (int r = 0; r < rows; r++) {
        for (int i = 0; i < inner; i++) {
            double gate = sums[(size_t) r * 2 * inner + i], up = sums[((size_t) r * 2 + 1) * inner + i];
            expected.push_back(gate / (1 + std::exp(-gate)) * up);
        }
    }
    check("lora_gated_8", type, std::to_string(rows) + " rows, inner " + std::to_string(inner), out.read(type), expected);
}

/** Low-rank updates of any mixture of adapters, each at its own rank, into plain and stacked outputs. */
void checkLora() {
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
            for (int rows : some({1, 7, 31, 33, 127, 129, 257, 400})) {
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
                    bool prompts = tiles.tileRows == 64 && type != FLOAT32;
                    Arguments s, e;
                    s.p(da).p(dranks).p(dx).p(dtiles).p(order).i(rows).i(parts).i(maxRank).i(inputs).i(LORA_DEPTH).p(h);
                    e.p(db).p(dranks).p(dscales).p(dstarts).p(h).i(splits).p(dtiles).p(order).i(rows).i(parts).i(maxRank).p(dy);
                    dim3 shrinkGrid(width / 16, tiles.count, splits);
                    if (type == FLOAT32) {
                        Kernel("lora_plain", macros(type), "lora_shrink").launch(shrinkGrid, 256, 0, s);
                        Kernel("lora_plain", macros(type), "lora_expand").launch(dim3(divideUp(widest, 256), tiles.count, parts), 256, 0, e);
                    } else if (prompts) {
                        int stages = rows % 2 == 0 ? 2 : 4;
                        Arguments s, e;
                        s.p(da).p(dranks).p(dscales).p(dx).p(dtiles).p(order).i(parts).i(maxRank).i(inputs).i(LORA_DEPTH).i(stages).p(h);
                        e.p(db).p(dranks).p(dstarts).p(h).p(dtiles).p(order).i(parts).i(maxRank).p(dy);
                        Kernel("lora_shrink_prompts", macros(type), "lora_shrink_prompts").launch(dim3(width / 8, tiles.count), 256, stages * 32768, s);
                        if (parts == 2) {
                            checkGated(type, rows, partOutputs[0], expected, [&](const Buffer& out) {
                                Arguments g;
                                g.p(db).p(dranks).p(h).p(dtiles).p(order).i(maxRank).p(dy).i(partOutputs[0]).p(out);
                                Kernel("lora_expand_prompts", macros(type), "lora_expand_silu").launch(dim3(divideUp(widest, 2048), tiles.count), 256, 0, g);
                            });
                        }
                        Kernel("lora_expand_prompts", macros(type), "lora_expand_prompts").launch(dim3(divideUp(widest, 2048), tiles.count, parts), 256, 0, e);
                    } else {
                        Kernel("lora_shrink", macros(type), "lora_shrink_8").launch(shrinkGrid, 256, 0, s);
                        if (parts == 2) {
                            checkGated(type, rows, partOutputs[0], expected, [&](const Buffer& out) {
                                Arguments g;
                                g.p(db).p(dranks).p(dscales).p(dstarts).p(h).i(splits).p(dtiles).p(order).i(rows).i(maxRank).p(dy).i(0).p(out);
                                Kernel("lora_expand_8", macros(type), "lora_expand_gated_8")
                                    .launch(dim3(divideUp(widest, 256), tiles.count), 128, 2 * splits * 512, g);
                            });
                        }
                        Kernel("lora_expand_8", macros(type), "lora_expand_8").launch(dim3(divideUp(widest, 256), tiles.count, parts), 128, splits * 512, e);
                    }
                    check(type == FLOAT32 ? "lora plain" : prompts ? "lora prompts" : "lora", type, std::to_string(rows) + " rows, mixture " + std::to_string(mixture) + ", " + std::to_string(outputs) + "x" + std::to_string(inputs), dy.read(type), expected);
                }
            }
        }
    }
}
