// Mixtures of experts.
#include "codes.hpp"

/** A mixture of experts from logits to rows, as the host computes it. */
void checkMixture() {
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
                Kernel("grouped_matmul", macros(type), "grouped_matmul").launch(dim3(divideUp(outputs, 64), std::min(slots, divideUp(slots, 64) + router.experts)), 128, 73728, c);
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

/** Each expert's product alone, of every kind of weight: an expert without rows, one with a row, one with more than a tile. */
void checkGrouped() {
    if (!wanted("grouped")) {
        return;
    }
    const Ints starts = {0, 3, 3, 4, 74, 80};
    const int experts = (int) starts.size() - 1, slots = starts.back(), rows = 40;
    for (Type type : types()) {
        for (int kind : {0, 4, 8, 9}) {
            for (auto [outputs, inputs, groupSize] : some({std::tuple{104, 192, 64}, {40, 72, 24}, {130, 96, 32}})) {
                Codes w(kind == 0 ? 8 : kind, experts, outputs, inputs, groupSize, kind == 4 && inputs == 192);
                Floats dense(w.weights.begin(), w.weights.end()), x = random((size_t) rows * inputs, type);
                Ints slotRows;
                for (int slot = 0; slot < slots; slot++) {
                    slotRows.push_back(slot * 7 % rows);
                }
                Buffer dx(x, type), ddense(dense, type), dstarts(starts), dslotRows(slotRows);
                auto product = [&](bool roundWeights) {
                    Doubles y;
                    for (int e = 0; e < experts; e++) {
                        for (int slot = starts[e]; slot < starts[e + 1]; slot++) {
                            int row = slotRows[slot];
                            for (int o = 0; o < outputs; o++) {
                                double sum = 0;
                                for (int k = 0; k < inputs; k++) {
                                    double weight = w.weights[((size_t) e * outputs + o) * inputs + k];
                                    sum += x[(size_t) row * inputs + k] * (roundWeights ? roundTo((float) weight, type) : weight);
                                }
                                y.push_back(sum);
                            }
                        }
                    }
                    return y;
                };
                std::string where = std::to_string(outputs) + "x" + std::to_string(inputs), suffix = kind == 0 ? "" : nameOf(kind);
                auto run = [&](const char* source, bool tiled, bool roundWeights) {
                    Buffer out((size_t) slots * outputs * bytes(type));
                    Arguments a;
                    if (kind != 0) {
                        w.addTo(a);
                    } else if (tiled) {
                        a.p(ddense);
                    } else {
                        a.p(ddense).p(nullptr).p(nullptr).p(nullptr).i(0);
                    }
                    a.p(dx).p(dslotRows).p(dstarts).i(experts).i(outputs).i(inputs).p(out);
                    Kernel kernel(source, kind == 0 && tiled ? macros(type) : macros(type) + "-DWEIGHT=" + std::to_string(kind), source);
                    if (tiled) {
                        size_t raw = kind == 4 ? 2048 : 4096, shared = kind == 0 ? 73728 : 4 * (9216 + raw) + 2 * 9216;
                        kernel.launch(dim3(divideUp(outputs, 64), std::min(slots, divideUp(slots, 64) + experts)), 128, shared, a);
                    } else {
                        kernel.launch(dim3(slots, divideUp(outputs, 8)), 256, 0, a);
                    }
                    check(source + suffix, type, where, out.read(type), product(roundWeights));
                };
                run("grouped_plain", false, kind == 0);
                bool aligned = kind == 4 ? inputs % 32 == 0 : kind == 0 ? inputs % 8 == 0 : inputs % 16 == 0;
                if (type != FLOAT32 && aligned) {
                    run(kind == 0 ? "grouped_matmul" : "grouped_quantized", true, true);
                }
            }
        }
    }
}
