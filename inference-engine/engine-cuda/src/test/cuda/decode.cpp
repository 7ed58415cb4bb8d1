// The decode step in one launch against the same step as a chain of kernels: equal logits and caches, and what each costs.
// Usage: decode CUBINS [check|time], or decode --macros, which prints what decode_step.cu has to be compiled for.
#include "decode_chain.hpp"
#include "decode_program.hpp"

static const int REPLAYS = 25;

static double difference(const Floats& actual, const Floats& expected) {
    double sum = 0, norm = 0;
    for (size_t i = 0; i < expected.size(); i++) {
        sum += ((double) actual[i] - expected[i]) * ((double) actual[i] - expected[i]);
        norm += (double) expected[i] * expected[i];
    }
    double error = std::sqrt(sum / std::max(norm, 1e-30));
    return std::isnan(error) ? INFINITY : error;
}

static bool check(const Model& m, const Ints& contexts, bool timed, double allowed) {
    Step s(m, contexts);
    Chain chain(s);
    std::vector<uint16_t> before(s.cache.size / 2), byChain(s.cache.size / 2), byProgram(s.cache.size / 2);
    bool small = s.cache.size < (64 << 20);
    if (small) REQUIRE(cudaMemcpy(before.data(), s.cache.address, s.cache.size, cudaMemcpyDeviceToHost));
    chain.record();
    REQUIRE(cudaStreamSynchronize(stream));
    Floats expected = s.logits.read(FLOAT32);
    if (small) {
        REQUIRE(cudaMemcpy(byChain.data(), s.cache.address, s.cache.size, cudaMemcpyDeviceToHost));
        REQUIRE(cudaMemcpy(s.cache.address, before.data(), s.cache.size, cudaMemcpyHostToDevice));
    }
    REQUIRE(cudaMemset(s.logits.address, 0xFF, s.logits.size));
    Program program(s, Program::COOPERATIVE);
    double error = 0;
    bool same = true;
    Floats first;
    for (int run = 0; run < 5; run++) {
        cudaError_t status = program.record();
        if (status != cudaSuccess) {
            printf("launch: %s\n", cudaGetErrorString(status));
            exit(1);
        }
        REQUIRE(cudaStreamSynchronize(stream));
        Floats actual = s.logits.read(FLOAT32);
        error = std::max(error, difference(actual, expected));
        if (run == 0) {
            first = actual;
        }
        same &= memcmp(first.data(), actual.data(), first.size() * 4) == 0;
        REQUIRE(cudaMemset(s.logits.address, 0xFF, s.logits.size));
    }
    double cacheError = 0;
    if (small) {
        REQUIRE(cudaMemcpy(byProgram.data(), s.cache.address, s.cache.size, cudaMemcpyDeviceToHost));
        double sum = 0, norm = 1e-30;
        size_t untouched = 0;
        for (size_t i = 0; i < before.size(); i++) {
            if (byChain[i] != before[i]) {
                double a = decode(byProgram[i], m.type), e = decode(byChain[i], m.type);
                sum += (a - e) * (a - e), norm += e * e;
            } else if (byProgram[i] != before[i]) {
                untouched++;
            }
        }
        cacheError = std::isnan(sum) ? INFINITY : std::sqrt(sum / norm) + (untouched > 8 * norm ? 1 : 0);
    }
    bool good = error < allowed && cacheError < allowed && same;
    printf("%-4s %-16s %s rows %d, context %5d, %2d layers, stages %2d, splits %2d: logits off by %.2e, cache by %.2e%s\n", good ? "ok" : "BAD", m.name, name(m.type), s.rows,
           contexts[0], m.layers, program.stages, program.splits, error, cacheError, same ? "" : ", NOT THE SAME EVERY TIME");
    fflush(stdout);
    if (timed) {
        double us = microseconds([&] { chain.record(); }, REPLAYS);
        printf("     chain       %8.1f us, %7.1f steps/s, %.2f TB/s\n", us, 1e6 / us, m.bytes() / us / 1e6);
        for (auto how : {Program::COOPERATIVE, Program::OVERLAPPING}) {
            Program again(s, how);
            cudaError_t status = again.record();
            REQUIRE(cudaStreamSynchronize(stream));
            if (status != cudaSuccess) {
                printf("     launch %d: %s\n", how, cudaGetErrorString(status));
                cudaGetLastError();
                continue;
            }
            double each = microseconds([&] { REQUIRE(again.record()); }, REPLAYS);
            double pair = microseconds([&] { REQUIRE(again.record()); REQUIRE(again.record()); }, REPLAYS);
            printf("     one kernel  %8.1f us, %7.1f steps/s, %.2f TB/s; another behind it %.1f us (launch %d)\n", each, 1e6 / each, m.bytes() / each / 1e6, pair - each, how);
            fflush(stdout);
        }
    }
    return good;
}

struct Case {
    Model model;
    Ints contexts;
    bool timed;
};

static std::vector<Case> cases(const std::string& only) {
    std::vector<Case> all;
    for (Type type : {BFLOAT16, FLOAT16}) {
        Model tiny = {"tiny", 2, 256, 8, 2, 64, 512, 1000, true, false, 0, 0, type};
        Model narrow = {"narrow", 3, 64, 4, 4, 64, 96, 320, false, true, 0, 0, type};
        Model grouped = {"grouped", 2, 896, 34, 2, 64, 1000, 4000, true, false, 50, 0, type};
        Model wide = {"wide", 2, 1024, 16, 4, 128, 2816, 5001, false, true, 0, 30, type};
        for (const Model& m : {tiny, narrow, grouped, wide}) {
            for (Ints contexts : {Ints{1}, {385}, {5000}, {17, 2000}, {700, 1, 0}, {9, 0, 0, 0}, {16, 33, 500, 129, 1100, 0, 0, 0}}) {
                if (only != "time") {
                    all.push_back({m, contexts, false});
                }
            }
        }
    }
    Model qwen = {"Qwen2.5-0.5B", 24, 896, 14, 2, 64, 4864, 151936, true}, llama = {"Llama-3.1-8B", 32, 4096, 32, 8, 128, 14336, 128256};
    for (const Case& timed : {Case{qwen, {384}, true}, {llama, {384}, true}, {qwen, {4000}, true}, {qwen, Ints(2, 384), true}, {qwen, Ints(4, 384), true},
                              {qwen, Ints(8, 384), true}, {llama, Ints(2, 384), true}}) {
        if (only != "check") {
            all.push_back(timed);
        }
    }
    return all;
}

int main(int count, char** arguments) {
    if (count < 2) {
        fprintf(stderr, "usage: decode CUBINS [check|time] | decode --macros\n");
        return 2;
    }
    if (std::string(arguments[1]) == "--macros") {
        for (const Case& c : cases("")) {
            printf("%s\n", Program::macrosOf(c.model, (int) c.contexts.size(), " ").c_str());
        }
        return 0;
    }
    cubins = arguments[1];
    REQUIRE(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, 0));
    REQUIRE(cudaStreamCreate(&stream));
    bool good = true;
    for (const Case& c : cases(count > 2 ? arguments[2] : "")) {
        // Layers of random weights double what roundings in another order begin with.
        good &= check(c.model, c.contexts, c.timed, c.timed ? 5e-2 : c.model.type == BFLOAT16 ? 2e-2 : 3e-3);
    }
    return good ? 0 : 1;
}
