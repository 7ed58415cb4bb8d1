// The decode step in one launch against the same step as a chain of kernels: equal logits and caches, and what each costs.
// Usage: decode CUBINS [check|time], or decode --macros, which prints what decode_step.cu has to be compiled for.
#include "speeds.hpp"

static const int REPLAYS = 25;

struct Model {
    const char* name;
    int layers, hidden, heads, kvHeads, headDim, inner, vocab;
    bool bias = false, headNorms = false;
    int window = 0;
    float softCap = 0;
    Type type = BFLOAT16;
    int qkv() const { return (heads + 2 * kvHeads) * headDim; }
    size_t layerElements() const { return (size_t) qkv() * hidden + (size_t) hidden * heads * headDim + 3ull * inner * hidden; }
    double bytes() const { return 2.0 * (layerElements() * layers + (size_t) vocab * hidden); }
};

enum Kind { EMBED, LINEAR, ADD, GATED, LOGITS, ATTEND };

struct Operation {
    const void *memory, *bias, *norm, *cosSin;
    int kind, detail, outputs, inputs, source, target, addend, first, tiles, tileWidth, upper, width;
};
static_assert(sizeof(Operation) == 80);

/** A model with random weights and a step of some rows, each with a context of its own. */
class Step {
public:
    const Model& m;
    int rows, maxBlocks, blocks = 0;
    Ints contexts;
    Buffer w, table, biases, norms, headNorms, cosSin, cache;
    size_t layerCache;
    std::unique_ptr<Buffer> ids, positions, slots, starts, lengths, tables;
    Buffer residual, qkv, attended, inner, logits;

    Step(const Model& m, const Ints& contexts)
        : m(m), rows((int) contexts.size()), contexts(contexts), w(filled(m.layerElements() * m.layers, 0.02f, m.type)),
          table(filled((size_t) m.vocab * m.hidden, 0.02f, m.type)), biases(random((size_t) m.layers * m.qkv(), FLOAT32, 0.5f), FLOAT32),
          norms(random((size_t) (2 * m.layers + 1) * m.hidden, FLOAT32), FLOAT32), headNorms(random((size_t) 2 * m.layers * m.headDim, FLOAT32), FLOAT32),
          cosSin(angles(m, contexts), FLOAT32), cache(cacheSize(m, contexts) * 2), residual((size_t) rows * m.hidden * 2), qkv((size_t) rows * m.qkv() * 2),
          attended((size_t) rows * m.heads * m.headDim * 2), inner((size_t) rows * m.inner * 2), logits((size_t) rows * m.vocab * 4) {
        maxBlocks = 0;
        for (int context : contexts) {
            maxBlocks = std::max(maxBlocks, divideUp(context, 16));
        }
        layerCache = cacheSize(m, contexts) / m.layers;
        blocks = (int) (layerCache / (2 * m.kvHeads * 16 * m.headDim));
        Ints hostIds, hostPositions, hostSlots, hostStarts, hostTables(rows * maxBlocks, 0);
        int next = 0;
        for (int r = 0; r < rows; r++) {
            int context = contexts[r];
            hostIds.push_back((r * 7919 + 5) % m.vocab);
            hostPositions.push_back(std::max(0, context - 1));
            hostStarts.push_back(r);
            for (int b = 0; b < divideUp(context, 16); b++) {
                hostTables[r * maxBlocks + b] = blocks - 1 - next++; // any order but the plain one
            }
            hostSlots.push_back(context == 0 ? -1 : hostTables[r * maxBlocks + (context - 1) / 16] * 16 + (context - 1) % 16);
        }
        hostStarts.push_back(rows);
        ids = std::make_unique<Buffer>(hostIds), positions = std::make_unique<Buffer>(hostPositions), slots = std::make_unique<Buffer>(hostSlots);
        starts = std::make_unique<Buffer>(hostStarts), lengths = std::make_unique<Buffer>(contexts), tables = std::make_unique<Buffer>(hostTables);
        fillCache();
        REQUIRE(cudaMemset(attended.address, 0, attended.size));
    }

    static size_t cacheSize(const Model& m, const Ints& contexts) {
        int blocks = 1;
        for (int context : contexts) {
            blocks += divideUp(context, 16);
        }
        return (size_t) blocks * 2 * m.kvHeads * 16 * m.headDim * m.layers;
    }

    static Floats angles(const Model& m, const Ints& contexts) {
        int positions = *std::max_element(contexts.begin(), contexts.end()) + 1, half = m.headDim / 2;
        Floats x((size_t) positions * m.headDim);
        for (int p = 0; p < positions; p++) {
            for (int i = 0; i < half; i++) {
                double angle = p * std::pow(10000.0, -2.0 * i / m.headDim);
                x[(size_t) p * m.headDim + i] = (float) std::cos(angle), x[(size_t) p * m.headDim + half + i] = (float) std::sin(angle);
            }
        }
        return x;
    }

    /** Random, and NaN where no token was written: in each sequence from its newest token on. */
    void fillCache() {
        Buffer noise = filled(cache.size / 2, 1.f, m.type);
        REQUIRE(cudaMemcpy(cache.address, noise.address, cache.size, cudaMemcpyDeviceToDevice));
        Ints hostTables(rows * maxBlocks);
        REQUIRE(cudaMemcpy(hostTables.data(), tables->address, tables->size, cudaMemcpyDeviceToHost));
        for (int layer = 0; layer < m.layers; layer++) {
            for (int r = 0; r < rows; r++) {
                int from = (contexts[r] - 1) % 16;
                for (int half = 0; half < 2 * m.kvHeads && contexts[r] > 0; half++) {
                    size_t at = layer * layerCache + ((size_t) hostTables[r * maxBlocks + (contexts[r] - 1) / 16] * 2 * m.kvHeads + half) * 16 * m.headDim;
                    REQUIRE(cudaMemsetAsync((char*) cache.address + (at + from * m.headDim) * 2, 0xFF, (16 - from) * m.headDim * 2));
                }
            }
        }
        REQUIRE(cudaDeviceSynchronize());
    }

    const char* qkvWeights(int layer) const { return (const char*) w.address + m.layerElements() * 2 * layer; }
    const char* outputWeights(int layer) const { return qkvWeights(layer) + (size_t) m.qkv() * m.hidden * 2; }
    const char* gateUpWeights(int layer) const { return outputWeights(layer) + (size_t) m.hidden * m.heads * m.headDim * 2; }
    const char* downWeights(int layer) const { return gateUpWeights(layer) + 2ull * m.inner * m.hidden * 2; }
    const void* bias(int layer) const { return m.bias ? (const float*) biases.address + (size_t) layer * m.qkv() : nullptr; }
    const void* norm(int index) const { return (const float*) norms.address + (size_t) index * m.hidden; }
    const void* headNorm(int index) const { return m.headNorms ? (const float*) headNorms.address + (size_t) index * m.headDim : nullptr; }
    char* layerOfCache(int layer) const { return (char*) cache.address + layerCache * 2 * layer; }
    float scale() const { return 1 / std::sqrt((float) m.headDim); }
};

/** The step as launches. */
class Chain {
public:
    explicit Chain(Step& s) : s(s), m(s.m), workspace(workspaceBytes(s)) { REQUIRE(cudaMemset(workspace.address, 0, counters(s))); }

    void record() {
        Arguments e;
        e.p(*s.ids).p(nullptr).p(s.table).f(1.5f).i(m.hidden).p(s.residual);
        kernel("embed", macros(m.type), "embed").launch(s.rows, 128, 0, e, stream);
        int rowTiles = divideUp(m.heads / m.kvHeads, 16), splits = splitsOf(s);
        for (int layer = 0; layer < m.layers; layer++) {
            GemvChoice choice = gemvFor(s.rows, m.hidden);
            if (m.headNorms) {
                gemv(s.qkvWeights(layer), s.bias(layer), s.residual, nullptr, s.qkv, m.qkv(), m.hidden, 0, s.norm(2 * layer));
                Arguments r;
                r.p(s.qkv).p(nullptr).p(*s.positions).p(*s.slots).p(s.cosSin).i(m.headDim).i(0).p(s.headNorm(2 * layer)).p(s.headNorm(2 * layer + 1)).f(1e-5f)
                    .p(s.layerOfCache(layer)).i(m.heads).i(m.kvHeads).f(1).f(1);
                kernel("rope_and_cache", macros(m.type, m.headDim), "rope_and_cache").launch(dim3(s.rows, divideUp(m.heads + 2 * m.kvHeads, 4)), 128, 0, r, stream);
            } else {
                Arguments q;
                q.p(s.qkvWeights(layer)).p(s.bias(layer)).p(s.residual).p(s.qkv).i(s.rows).i(m.hidden).p(s.norm(2 * layer)).f(1e-5f).p(*s.positions).p(*s.slots)
                    .p(s.cosSin).p(s.layerOfCache(layer)).i(m.heads).i(m.kvHeads).i(m.headDim).i(16).f(0).f(0);
                kernel("gemv", macros(m.type), choice.qkvEntry).launch(multiprocessors, 256, choice.qkvShared, q, stream);
            }
            Arguments a;
            a.p(s.qkv).p(s.layerOfCache(layer)).p(*s.starts).p(*s.lengths).p(*s.tables).i(s.maxBlocks).i(m.heads).i(m.kvHeads).f(s.scale()).i(m.window).f(m.softCap)
                .f(1).f(1).p(workspace).i(splits).p(s.attended);
            kernel("attention_decode", macros(m.type, m.headDim), "attention_decode")
                .launch(dim3(splits, m.kvHeads * rowTiles, s.rows), 128, 2048 * ((m.headDim <= 128 ? 3 : 2) * (m.headDim / 8 | 1)), a, stream);
            gemv(s.outputWeights(layer), nullptr, s.attended, s.residual.address, s.residual, m.hidden, m.heads * m.headDim, 0, nullptr);
            gemv(s.gateUpWeights(layer), nullptr, s.residual, nullptr, s.inner, 2 * m.inner, m.hidden, 2, s.norm(2 * layer + 1));
            gemv(s.downWeights(layer), nullptr, s.inner, s.residual.address, s.residual, m.hidden, m.inner, 0, nullptr);
        }
        gemv(s.table.address, nullptr, s.residual, nullptr, s.logits, m.vocab, m.hidden, 1, s.norm(2 * m.layers));
    }

private:
    static int splitsOf(const Step& s) {
        return std::clamp(divideUp(2 * multiprocessors, s.rows * s.m.kvHeads * divideUp(s.m.heads / s.m.kvHeads, 16)), 1, 32);
    }
    static size_t counters(const Step& s) { return ((size_t) s.rows * s.m.kvHeads * divideUp(s.m.heads / s.m.kvHeads, 16) * 4 + 255) / 256 * 256; }
    static size_t workspaceBytes(const Step& s) {
        return counters(s) + (size_t) splitsOf(s) * s.rows * s.m.kvHeads * divideUp(s.m.heads / s.m.kvHeads, 16) * 16 * (s.m.headDim + 2) * 4;
    }

    void gemv(const void* w, const void* bias, const Buffer& x, const void* addend, const Buffer& out, int outputs, int inputs, int mode, const void* norm) {
        GemvChoice choice = gemvFor(s.rows, inputs);
        Arguments a;
        a.p(w).p(bias).p(x).p(addend).p(out).i(s.rows).i(outputs).i(inputs).i(mode).i(0).p(norm).f(1e-5f);
        kernel("gemv", macros(m.type), choice.entry).launch(multiprocessors, 256, choice.shared, a, stream);
    }

    Kernel& kernel(const std::string& source, const std::string& macros, const std::string& entry) {
        auto found = kernels.find(entry);
        return found != kernels.end() ? found->second : kernels.emplace(entry, Kernel(source, macros, entry.c_str())).first->second;
    }

    Step& s;
    const Model& m;
    Buffer workspace;
    std::map<std::string, Kernel> kernels;
};

/** The step as one launch. */
class Program {
public:
    enum Launch { COOPERATIVE, OVERLAPPING };

    static int rowsMacro(int rows) { return rows <= 1 ? 1 : rows <= 2 ? 2 : rows <= 4 ? 4 : 8; }

    /** As the kernel's head says. */
    static int otherShared(const Model& m, int rows) {
        int largest = std::max({m.hidden, m.inner, m.heads * m.headDim});
        int staged = 2 * rowsMacro(rows) * (divideUp(largest, 128) * 128 + 32);
        int attended = 20 * (m.headDim + 8) + 512 + 32 * std::min(8, m.heads / m.kvHeads) * (m.headDim + 4);
        return 11264 + 80 * (m.layers * 5 + 2) + std::max(staged, attended);
    }

    static int stagesOf(const Model& m, int rows) { return std::min(6, (227 * 1024 - otherShared(m, rows)) / 32768); }

    static std::string macrosOf(const Model& m, int rows, const char* separator) {
        return macros(m.type) + separator + "-DHEAD_DIM=" + std::to_string(m.headDim) + separator + "-DROWS=" + std::to_string(rowsMacro(rows)) + separator + "-DSTAGES="
             + std::to_string(stagesOf(m, rows));
    }

    Program(Step& s, Launch how) : s(s), m(s.m), how(how) {
        int groups = divideUp(m.heads / m.kvHeads, 8), places = s.rows * m.kvHeads * groups;
        splits = std::clamp(multiprocessors / places, 1, 16);
        int x = words(m.hidden), qkv = words(m.qkv()), attended = words(m.heads * m.headDim), inner = words(m.inner);
        partials = total;
        total += places * splits * 8 * (m.headDim + 2);
        add({s.table.address, 0, 0, 0, EMBED, 0, m.hidden, 0, 0, x, 0, 0}, divideUp(s.rows * m.hidden / 4, 256));
        int written = 0;
        for (int layer = 0; layer < m.layers; layer++) {
            linear(LINEAR, s.qkvWeights(layer), s.bias(layer), s.norm(2 * layer), m.qkv(), m.hidden, x, qkv, 0);
            add({s.layerOfCache(layer), s.headNorm(2 * layer), s.headNorm(2 * layer + 1), s.cosSin.address, ATTEND, m.window, m.heads * m.headDim, m.qkv(), qkv, attended, 0, 0},
                places * splits);
            linear(ADD, s.outputWeights(layer), nullptr, nullptr, m.hidden, m.heads * m.headDim, attended, x, written);
            written = (int) operations.size() - 1;
            linear(GATED, s.gateUpWeights(layer), nullptr, s.norm(2 * layer + 1), 2 * m.inner, m.hidden, x, inner, 0);
            linear(ADD, s.downWeights(layer), nullptr, nullptr, m.hidden, m.inner, inner, x, written);
            written = (int) operations.size() - 1;
        }
        linear(LOGITS, s.table.address, nullptr, s.norm(2 * m.layers), m.vocab, m.hidden, x, 0, 0);
        program = std::make_unique<Buffer>(operations.size() * sizeof(Operation));
        REQUIRE(cudaMemcpy(program->address, operations.data(), program->size, cudaMemcpyHostToDevice));
        memory = std::make_unique<Buffer>((size_t) total * 8);
        REQUIRE(cudaMemset(memory->address, 0, memory->size));
        state = std::make_unique<Buffer>(Ints{0, 0});
        stages = stagesOf(m, s.rows);
        shared = otherShared(m, s.rows) + stages * 32768;
        std::string path = cubins + "/decode_step" + macrosOf(m, s.rows, "") + ".cubin";
        cudaError_t status = cudaLibraryLoadFromFile(&library, path.c_str(), nullptr, nullptr, 0, nullptr, nullptr, 0);
        if (status != cudaSuccess) {
            fprintf(stderr, "cannot load %s: %s\n", path.c_str(), cudaGetErrorString(status));
            exit(2);
        }
        REQUIRE(cudaLibraryGetKernel(&kernel, library, "decode_step"));
        REQUIRE(cudaFuncSetAttribute((const void*) kernel, cudaFuncAttributePreferredSharedMemoryCarveout, cudaSharedmemCarveoutMaxShared));
        REQUIRE(cudaFuncSetAttribute((const void*) kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shared));
    }

    cudaError_t record() {
        Arguments a;
        a.p(*program).i((int) operations.size()).p(*memory).p(*state).p(*s.ids).p(nullptr).f(1.5f).p(*s.positions).p(*s.slots).p(*s.lengths).p(*s.tables).i(s.maxBlocks)
            .p(s.logits).i(s.rows).i(m.heads).i(m.kvHeads).i(splits).i(partials).f(1e-5f).f(s.scale()).f(m.softCap);
        cudaLaunchAttribute attributes[2] = {};
        attributes[0].id = cudaLaunchAttributeCooperative;
        attributes[0].val.cooperative = 1;
        attributes[1].id = cudaLaunchAttributeProgrammaticStreamSerialization;
        attributes[1].val.programmaticStreamSerializationAllowed = 1;
        cudaLaunchConfig_t config = {};
        config.gridDim = dim3(multiprocessors);
        config.blockDim = dim3(256);
        config.dynamicSmemBytes = shared;
        config.stream = stream;
        config.attrs = attributes;
        config.numAttrs = how == OVERLAPPING ? 2 : 1;
        return cudaLaunchKernelExC(&config, (const void*) kernel, a.pointers());
    }

    int stages, splits, shared;

private:
    int words(int elements) {
        int at = total;
        total += s.rows * elements / 2;
        total = (total + 15) / 16 * 16;
        return at;
    }

    void linear(int kind, const void* w, const void* bias, const void* norm, int outputs, int inputs, int source, int target, int addend) {
        bool gated = kind == GATED, half = !gated && outputs <= 8 * multiprocessors;
        int width = gated ? outputs / 2 : outputs, tileWidth = gated || half ? 8 : 16;
        add({w, bias, norm, 0, kind, 0, outputs, inputs, source, target, addend, 0, 0, tileWidth, gated ? width : half ? outputs : 8, width}, divideUp(width, tileWidth));
    }

    void add(Operation operation, int tiles) {
        operation.first = next;
        operation.tiles = tiles;
        next = (next + tiles) % multiprocessors;
        operations.push_back(operation);
    }

    Step& s;
    const Model& m;
    Launch how;
    int partials, total = 0, next = 0;
    std::vector<Operation> operations;
    std::unique_ptr<Buffer> program, memory, state;
    cudaLibrary_t library;
    cudaKernel_t kernel;
};

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
