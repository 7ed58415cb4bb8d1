// DeepSeek's latent attention.
#include "latent.hpp"
#include "paged.hpp"

/** Latent attention of a step, keys and values expanded from each token's latent as the model's formula has them. */
void checkLatent() {
    if (!wanted("latent")) {
        return;
    }
    const int rank = 512, ropeDim = 64, width = rank + ropeDim, plainDim = 128, valueDim = 128;
    for (Type type : types()) {
        for (auto [neighbours, heads] : brief ? std::vector<std::pair<int, int>>{{0, 3}, {1, 16}} : std::vector<std::pair<int, int>>{{0, 3}, {1, 16}, {0, 72}}) {
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
            if (type == FLOAT32) {
                continue;
            }
            for (int pairs : {16, 64}) {
                for (int chunk : {T, 9}) { // all at once, and in parts that end within a sequence
                    Buffer tiled((size_t) T * heads * valueDim * bytes(type)), absorbed((size_t) T * heads * width * bytes(type)), latents((size_t) T * heads * rank * bytes(type));
                    LatentTiles tiles(type, pairs);
                    for (int first = 0; first < T; first += chunk) {
                        tiles.launch(dqueries, dweight.address, dcache.address, starts, contexts, tables, step.maxBlocks, step.sequences, first, std::min(chunk, T - first), heads, scale,
                                     absorbed, latents, tiled);
                    }
                    REQUIRE(cudaDeviceSynchronize());
                    report("latent_attend_" + std::to_string(pairs), type, std::to_string(heads) + " heads, parts of " + std::to_string(chunk), relativeError(tiled.read(type), expected),
                           3 * tolerance(type));
                }
            }
        }
    }
}
