// Kernels that handle each row by itself.
#include "checks.hpp"

void checkRows() {
    for (Type type : types()) {
        for (int rows : tokenCounts()) {
            for (int columns : some({64, 896, 4096, 14336})) {
                std::string where = std::to_string(rows) + "x" + std::to_string(columns);
                Floats x = random((size_t) rows * columns, type), weight = random(columns, FLOAT32);
                Buffer dx(x, type), dweight(weight, FLOAT32);
                int block = columns > 4096 ? 512 : 256;
                if (wanted("rms_norm")) {
                    Doubles expected;
                    for (int r = 0; r < rows; r++) {
                        for (double y : normalized(&x[(size_t) r * columns], weight, 1e-5, columns)) {
                            expected.push_back(y);
                        }
                    }
                    for (const char* name : {"rms_norm", "rms_norm_narrow"}) {
                        if (name == std::string("rms_norm_narrow") && columns > 2 * 16 / (int) bytes(type) * block) {
                            continue;
                        }
                        Buffer out((size_t) rows * columns * bytes(type));
                        Arguments arguments;
                        arguments.p(dx).p(dweight).f(1e-5f).i(columns).p(out);
                        Kernel("rms_norm", macros(type), name).launch(rows, block, 0, arguments);
                        check(name, type, where, out.read(type), expected);
                    }
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

void checkElementwise() {
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

/** The numbers that benchmarks take for weights: spread as asked for, no two fills alike, codes within their mask. */
void checkFill() {
    if (!wanted("fill_random")) {
        return;
    }
    const int count = 1 << 20;
    for (Type type : types()) {
        Buffer first(count * bytes(type)), second(count * bytes(type));
        Kernel fill("fill_random", macros(type), "fill_random"), codes("fill_random", macros(type), "fill_codes");
        Floats filled[2];
        for (int seed = 0; seed < 2; seed++) {
            Buffer& buffer = seed == 0 ? first : second;
            Arguments a;
            a.p(buffer).l(count).i(seed + 1).f(0.02f);
            fill.launch(64, 256, 0, a);
            REQUIRE(cudaDeviceSynchronize());
            filled[seed] = buffer.read(type);
        }
        double sum = 0, squares = 0, products = 0;
        for (int i = 0; i < count; i++) {
            sum += filled[0][i], squares += filled[0][i] * filled[0][i], products += filled[0][i] * filled[1][i];
        }
        double deviation = std::sqrt(squares / count);
        double error = std::max({std::fabs(sum / count / 0.02), std::fabs(deviation / 0.02 - 1), std::fabs(products / squares)});
        report("fill_random", type, "", std::isnan(error) ? INFINITY : error, 0.01);

        const unsigned mask = 0xBFBFBFBF;
        Arguments b;
        b.p(first).l((long long) first.size / 4).i(3).i((int) mask);
        codes.launch(64, 256, 0, b);
        REQUIRE(cudaDeviceSynchronize());
        std::vector<unsigned> words(first.size / 4);
        REQUIRE(cudaMemcpy(words.data(), first.address, first.size, cudaMemcpyDeviceToHost));
        unsigned all = 0, outside = 0;
        long long ones = 0;
        for (unsigned word : words) {
            all |= word, outside |= word & ~mask, ones += __builtin_popcount(word);
        }
        bool whole = all == mask && outside == 0;
        report("fill_codes", type, "", whole ? std::fabs(ones / 14.0 / words.size() - 1) : INFINITY, 0.01); // half of 28 bits
    }
}
