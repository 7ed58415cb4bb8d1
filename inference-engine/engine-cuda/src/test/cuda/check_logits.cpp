// From logits to tokens.
#include "checks.hpp"

void checkArgmax() {
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

void checkSampling() {
    if (!wanted("sampling")) {
        return;
    }
    Kernel sample("sample_rows", "", "sample_rows"), logprobs("row_logprobs", "", "row_logprobs"), penalize("adjust_logits", "", "penalize");
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

/** Biases and bans of single tokens, some of which are named twice. */
void checkAdditions() {
    if (!wanted("sampling")) {
        return;
    }
    const int rows = 7, columns = 500;
    Floats x = random(rows * columns, FLOAT32), values;
    Doubles expected(x.begin(), x.end());
    Ints starts = {0}, tokens;
    for (int r = 0; r < rows; r++) {
        for (int i = 0; i < r * 40; i++) { // none in the first row, more than a block's threads in the last
            tokens.push_back(i % 3 == 0 ? 11 : i * 31 % columns);
            values.push_back(0.25f * (i % 9 - 4));
            expected[r * columns + tokens.back()] += values.back();
        }
        starts.push_back((int) tokens.size());
    }
    Buffer dx(x, FLOAT32), dstarts(starts), dtokens(tokens), dvalues(values, FLOAT32);
    Arguments a;
    a.p(dx).i(columns).p(dstarts).p(dtokens).p(dvalues);
    Kernel("adjust_logits", "", "add_to_tokens").launch(rows, 64, 0, a);
    check("add_to_tokens", FLOAT32, "", dx.read(FLOAT32), expected);
}
