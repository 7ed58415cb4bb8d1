// Times kernels at the shapes of public models, as graphs, with random data that does not fit the cache. Usage: speed CUBINS [prefill|steps|lora|lora-prompts|adapters|families|codes]
#include "speeds.hpp"

struct Model {
    const char* name;
    int layers, hidden, heads, kvHeads, headDim, inner, vocab;
    int qkv() const { return (heads + 2 * kvHeads) * headDim; }
};

struct Gemv {
    bool overlapping = true;

    void operator()(const void* w, const Buffer& x, const void* addend, const Buffer& out, int rows, int outputs, int inputs, int mode, const void* norm) {
        GemvChoice choice = gemvFor(rows, inputs);
        Arguments a;
        a.p(w).p(nullptr).p(x).p(addend).p(out).i(rows).i(outputs).i(inputs).i(mode).i(0).p(norm).f(1e-5f);
        kernel(choice.entry).launch(multiprocessors, 256, choice.shared, a, stream, overlapping);
    }

    Kernel& kernel(const std::string& entry) {
        auto found = kernels.find(entry);
        return found != kernels.end() ? found->second : kernels.emplace(entry, Kernel("gemv", macros(BFLOAT16), entry.c_str())).first->second;
    }

    std::map<std::string, Kernel> kernels;
};

static void gemvShapes(const Ints& rowCounts) {
    Gemv gemv;
    printf("\ngemv, bf16, each launch another copy of the matrix\n%-18s %5s %10s %10s %12s\n", "shape", "rows", "us", "TB/s", "us, serial");
    for (auto [outputs, inputs] : {std::pair{6144, 4096}, {4096, 4096}, {28672, 4096}, {4096, 14336}, {128256, 4096}, {1152, 896}, {9728, 896}, {896, 4864}}) {
        size_t size = (size_t) outputs * inputs;
        int copies = (int) std::min<size_t>(40, (1ull << 30) / size + 2);
        Buffer w = filled(size * copies, 0.02f);
        for (int rows : rowCounts) {
            Buffer x = filled((size_t) rows * inputs, 1.f), out((size_t) rows * outputs * 2);
            auto run = [&](bool overlapping) {
                gemv.overlapping = overlapping;
                return microseconds([&] {
                    for (int i = 0; i < copies; i++) {
                        gemv((char*) w.address + size * 2 * i, x, nullptr, out, rows, outputs, inputs, 0, nullptr);
                    }
                }) / copies;
            };
            double us = run(true), serial = run(false);
            printf("%6dx%-11d %5d %10.2f %10.2f %12.2f\n", outputs, inputs, rows, us, size * 2 / us / 1e6, serial);
        }
    }
    gemv.overlapping = true;
}

static size_t decodeShared(int headDim) { return 2048 * ((headDim <= 128 ? 3 : 2) * (headDim / 8 | 1)); }
static size_t prefillShared(int headDim) { return 16 * (4 * (headDim <= 128 ? 64 : 32) * (headDim / 8 | 1) + (headDim > 128 ? 128 * (headDim / 8 | 1) : 0)); }
static int splitsFor(int places) { return std::clamp(divideUp(2 * multiprocessors, places), 1, 32); }

/** A whole decode step: what a token costs when nothing but kernels cost. */
static void step(const Model& m, int rows, int context) {
    size_t layerElements = (size_t) m.qkv() * m.hidden + (size_t) m.hidden * m.heads * m.headDim + 3ull * m.inner * m.hidden;
    Buffer w = filled(layerElements * m.layers, 0.02f), head = filled((size_t) m.vocab * m.hidden, 0.02f);
    int blocksEach = divideUp(context, 16), blocks = blocksEach * rows;
    size_t layerCache = (size_t) blocks * 2 * m.kvHeads * 16 * m.headDim;
    Buffer cache = filled(layerCache * m.layers, 1.f);
    Ints ids, positions, slots, starts, contexts, table;
    for (int r = 0; r < rows; r++) {
        ids.push_back(r), positions.push_back(context - 1), starts.push_back(r), contexts.push_back(context);
        slots.push_back((r * blocksEach + blocksEach - 1) * 16 + (context - 1) % 16);
        for (int b = 0; b < blocksEach; b++) {
            table.push_back(r * blocksEach + b);
        }
    }
    starts.push_back(rows);
    Buffer dids(ids), dpositions(positions), dslots(slots), dstarts(starts), dcontexts(contexts), dtable(table);
    Buffer norm = ones(m.hidden), cosSin = ones((size_t) context * m.headDim), tokens(rows * 4);
    Buffer residual = filled((size_t) rows * m.hidden, 1.f), hidden = filled((size_t) rows * m.hidden, 1.f),
           qkv = filled((size_t) rows * m.qkv(), 1.f), attended = filled((size_t) rows * m.heads * m.headDim, 1.f), inner = filled((size_t) rows * m.inner, 1.f),
           logits((size_t) rows * m.vocab * 4);
    int rowTiles = divideUp(m.heads / m.kvHeads, 16), places = rows * m.kvHeads * rowTiles, splits = splitsFor(places);
    size_t counters = (places * 4 + 255) / 256 * 256;
    Buffer workspace(counters + (size_t) splits * places * 16 * (m.headDim + 2) * 4);
    REQUIRE(cudaMemset(workspace.address, 0, counters));

    Gemv gemv;
    Kernel embed("embed", macros(BFLOAT16), "embed"), rms("rms_norm", macros(BFLOAT16), "rms_norm"),
        rope("rope_and_cache", macros(BFLOAT16, m.headDim), "rope_and_cache"), attention("attention_decode", macros(BFLOAT16, m.headDim), "attention_decode"),
        argmax("argmax", "", "argmax");
    float scale = 1 / std::sqrt((float) m.headDim);
    auto record = [&](bool fused, bool attend, bool overlapping, bool ropeInGemv) {
        gemv.overlapping = overlapping;
        Arguments e;
        e.p(dids).p(nullptr).p(head).f(1.f).i(m.hidden).p(residual);
        embed.launch(rows, 128, 0, e, stream, overlapping);
        for (int layer = 0; layer < m.layers; layer++) {
            char* weights = (char*) w.address + layerElements * 2 * layer;
            char* output = weights + (size_t) m.qkv() * m.hidden * 2;
            char* gateUp = output + (size_t) m.hidden * m.heads * m.headDim * 2;
            char* down = gateUp + 2ull * m.inner * m.hidden * 2;
            auto normalize = [&] {
                Arguments n;
                n.p(residual).p(norm).f(1e-5f).i(m.hidden).p(hidden);
                rms.launch(rows, 256, 0, n, stream, overlapping);
            };
            if (!fused) {
                normalize();
            }
            char* layerBase = (char*) cache.address + layerCache * 2 * layer;
            if (ropeInGemv) {
                GemvChoice choice = gemvFor(rows, m.hidden);
                Arguments q;
                q.p(weights).p(nullptr).p(residual).p(qkv).i(rows).i(m.hidden).p(norm).f(1e-5f).p(dpositions).p(dslots).p(cosSin).p(layerBase).i(m.heads).i(m.kvHeads)
                    .i(m.headDim).i(16).f(0).f(0);
                gemv.kernel(choice.qkvEntry).launch(multiprocessors, 256, choice.qkvShared, q, stream, overlapping);
            } else {
                gemv(weights, fused ? residual : hidden, nullptr, qkv, rows, m.qkv(), m.hidden, 0, fused ? norm.address : nullptr);
            }
            if (attend) {
                Arguments r, a;
                r.p(qkv).p(nullptr).p(dpositions).p(dslots).p(cosSin).i(m.headDim).i(0).p(nullptr).p(nullptr).f(1e-5f).p(layerBase).i(m.heads).i(m.kvHeads).f(1).f(1);
                if (!ropeInGemv) rope.launch(dim3(rows, divideUp(m.heads + 2 * m.kvHeads, 4)), 128, 0, r, stream, overlapping);
                a.p(qkv).p(layerBase).p(dstarts).p(dcontexts).p(dtable).i(blocksEach).i(m.heads).i(m.kvHeads).f(scale).i(0).f(0).f(1).f(1).p(workspace).i(splits).p(attended);
                attention.launch(dim3(splits, m.kvHeads * rowTiles, rows), 128, decodeShared(m.headDim), a, stream, overlapping);
            }
            gemv(output, attended, residual.address, residual, rows, m.hidden, m.heads * m.headDim, 0, nullptr);
            if (!fused) {
                normalize();
            }
            gemv(gateUp, fused ? residual : hidden, nullptr, inner, rows, 2 * m.inner, m.hidden, 2, fused ? norm.address : nullptr);
            gemv(down, inner, residual.address, residual, rows, m.hidden, m.inner, 0, nullptr);
        }
        gemv(head.address, residual, nullptr, logits, rows, m.vocab, m.hidden, 1, fused ? norm.address : nullptr);
        Arguments x;
        x.p(logits).i(m.vocab).p(tokens);
        argmax.launch(rows, 1024, 0, x, stream, overlapping);
    };
    double bytes = 2.0 * (layerElements * m.layers + (size_t) m.vocab * m.hidden);
    const char* variants[] = {"matrices alone", "norms as kernels", "norms in gemv", "and rope in gemv", "the same, no overlap"};
    for (int variant = 0; variant < 5; variant++) {
        double us = microseconds([&] { record(variant != 1, variant != 0, variant != 4, variant >= 3); });
        printf("%-14s %4d rows, context %5d %-28s %9.1f us a step, %7.1f steps/s, weights at %.2f TB/s\n", m.name, rows, context,
               variants[variant], us, 1e6 / us, bytes / us / 1e6);
    }
}

static void attentionDecode(int sequences, int context, int heads, int kvHeads, int headDim) {
    int blocksEach = divideUp(context, 16), copies = 8;
    size_t elements = (size_t) sequences * blocksEach * 2 * kvHeads * 16 * headDim;
    while (copies > 1 && elements * copies * 2 > (40ull << 30)) {
        copies--;
    }
    Buffer cache = filled(elements * copies, 1.f), qkv = filled((size_t) sequences * (heads + 2 * kvHeads) * headDim, 1.f), out((size_t) sequences * heads * headDim * 2);
    Ints starts, contexts(sequences, context), table;
    for (int s = 0; s <= sequences; s++) {
        starts.push_back(s);
    }
    for (int i = 0; i < sequences * blocksEach; i++) {
        table.push_back((int) ((i * 7919ll) % (sequences * blocksEach)));
    }
    Buffer dstarts(starts), dcontexts(contexts), dtable(table);
    int rowTiles = divideUp(heads / kvHeads, 16), places = sequences * kvHeads * rowTiles, splits = splitsFor(places);
    size_t counters = (places * 4 + 255) / 256 * 256;
    Buffer workspace(counters + (size_t) splits * places * 16 * (headDim + 2) * 4);
    REQUIRE(cudaMemset(workspace.address, 0, counters));
    Kernel kernel("attention_decode", macros(BFLOAT16, headDim), "attention_decode");
    double us = microseconds([&] {
        for (int i = 0; i < copies; i++) {
            Arguments a;
            a.p(qkv).p((char*) cache.address + elements * 2 * i).p(dstarts).p(dcontexts).p(dtable).i(blocksEach).i(heads).i(kvHeads).f(0.088f).i(0).f(0).f(1).f(1).p(workspace)
                .i(splits).p(out);
            kernel.launch(dim3(splits, kvHeads * rowTiles, sequences), 128, decodeShared(headDim), a, stream);
        }
    }) / copies;
    printf("attention_decode  %4d sequences x %5d, heads %d/%d x %d, splits %2d: %9.2f us, %.2f TB/s\n", sequences, context, heads, kvHeads, headDim, splits, us, elements * 2 / us / 1e6);
}

static void attentionPrefill(int sequences, int tokens, int heads, int kvHeads, int headDim) {
    int blocksEach = divideUp(tokens, 16), all = sequences * tokens;
    Buffer cache = filled((size_t) sequences * blocksEach * 2 * kvHeads * 16 * headDim, 1.f), qkv = filled((size_t) all * (heads + 2 * kvHeads) * headDim, 1.f),
           out((size_t) all * heads * headDim * 2);
    Ints starts, contexts(sequences, tokens), table;
    for (int s = 0; s <= sequences; s++) {
        starts.push_back(s * tokens);
    }
    for (int i = 0; i < sequences * blocksEach; i++) {
        table.push_back((int) ((i * 7919ll) % (sequences * blocksEach)));
    }
    Buffer dstarts(starts), dcontexts(contexts), dtable(table);
    for (std::string name : {"attention_prefill", "attention_prefill_wgmma"}) {
        bool wgmma = name == "attention_prefill_wgmma";
        if (wgmma && headDim != 64 && headDim != 128) {
            continue;
        }
        Kernel kernel(name, macros(BFLOAT16, headDim), name.c_str());
        double us = microseconds([&] {
            Arguments a;
            a.p(qkv).p(cache).p(dstarts).p(dcontexts).p(dtable).i(blocksEach).i(sequences).i(heads).i(kvHeads).f(0.088f).i(0).f(0).f(1).f(1).i(1).p(out);
            kernel.launch(dim3(divideUp(all * (heads / kvHeads), 128) + sequences, kvHeads), wgmma ? 384 : 256, wgmma ? 1024 + 1280 * headDim : prefillShared(headDim), a, stream);
        }, 7);
        double operations = 4.0 * headDim * heads * sequences * tokens * (tokens + 1) / 2;
        printf("%-24s %4d sequences x %5d, heads %d/%d x %d: %9.2f us, %.0f TFLOP/s\n", name.c_str(), sequences, tokens, heads, kvHeads, headDim, us, operations / us / 1e6);
    }
}

/**
 * The low-rank updates of all layers of a step, each row with one of the adapters in turn; with the matrices too where gemv takes the rows.
 * The floor is the bytes of A and B that the step reads.
 */
static void lora(const Model& m, int rows, int adapters, int rank) {
    struct Matrix {
        int inputs;
        Ints starts;
        int parts() const { return (int) starts.size() - 1; }
    };
    int queries = m.heads * m.headDim, keys = m.kvHeads * m.headDim;
    const Matrix matrices[] = {{m.hidden, {0, queries, queries + keys, m.qkv()}}, {queries, {0, m.hidden}}, {m.hidden, {0, m.inner, 2 * m.inner}}, {m.inner, {0, m.hidden}}};
    Ints slotOf;
    for (int r = 0; r < rows; r++) {
        slotOf.push_back(r % adapters);
    }
    AdapterTiles tiles(slotOf, adapters);
    size_t weightElements = 0, loraElements = 0;
    for (const Matrix& x : matrices) {
        weightElements += (size_t) x.inputs * x.starts.back();
        loraElements += (size_t) adapters * rank * (x.parts() * x.inputs + x.starts.back());
    }
    bool withMatrices = rows <= 8;
    Buffer a = filled(loraElements * m.layers, 0.02f), w = filled(withMatrices ? weightElements * m.layers : 16, 0.02f);
    Buffer dtiles(tiles.tiles), order(tiles.order), ranks(Ints(adapters * 3, rank)), scales = ones((size_t) adapters * 3), x = filled((size_t) rows * m.inner, 1.f),
           y = filled((size_t) rows * 2 * m.inner, 1.f), h((size_t) divideUp(m.inner, LORA_DEPTH) * rows * 3 * rank * 4);
    std::vector<Buffer> starts;
    for (const Matrix& matrix : matrices) {
        starts.emplace_back(matrix.starts);
    }
    Kernel shrink("lora_shrink", macros(BFLOAT16), "lora_shrink_8"), expand("lora_expand_8", macros(BFLOAT16), "lora_expand_8");
    Gemv gemv;
    auto record = [&](bool multiply, bool update) {
        char *weights = (char*) w.address, *adapter = (char*) a.address;
        for (int layer = 0; layer < m.layers; layer++) {
            for (int i = 0; i < 4; i++) {
                const Matrix& matrix = matrices[i];
                int outputs = matrix.starts.back(), parts = matrix.parts();
                if (multiply) {
                    gemv(weights, x, nullptr, y, rows, outputs, matrix.inputs, 0, nullptr);
                    weights += 2ull * matrix.inputs * outputs;
                }
                if (!update) {
                    continue;
                }
                int splits = divideUp(matrix.inputs, LORA_DEPTH), width = parts * rank;
                char* other = adapter + 2ull * adapters * width * matrix.inputs;
                Arguments s, e;
                s.p(adapter).p(ranks).p(x).p(dtiles).p(order).i(rows).i(parts).i(rank).i(matrix.inputs).i(LORA_DEPTH).p(h);
                shrink.launch(dim3(width / 16, tiles.count, splits), 256, 0, s, stream);
                e.p(other).p(ranks).p(scales).p(starts[i]).p(h).i(splits).p(dtiles).p(order).i(rows).i(parts).i(rank).p(y);
                expand.launch(dim3(divideUp(matrix.starts[1], 256), tiles.count, parts), 128, splits * 512, e, stream);
                adapter = other + 2ull * adapters * rank * outputs;
            }
        }
    };
    double us = microseconds([&] { record(false, true); }, 7), floor = std::min(adapters, rows) / (double) adapters * loraElements * m.layers * 2 / 4.55e6;
    printf("lora %s, %4d rows, %2d adapters of rank %d: %8.1f us a step, floor %.1f", m.name, rows, adapters, rank, us, floor);
    if (withMatrices) {
        double base = microseconds([&] { record(true, false); }, 7), both = microseconds([&] { record(true, true); }, 7);
        printf("; matrices %.1f, both %.1f: %.0f%% of the base's speed", base, both, 100 * base / both);
    }
    printf("\n");
}

static void rows(int tokens) {
    int hidden = 4096, inner = 14336;
    Kernel norms("rms_norm", macros(BFLOAT16), "rms_norm_narrow"), gated("gated_activation", macros(BFLOAT16), "gated_activation"),
        rope("rope_and_cache", macros(BFLOAT16, 128), "rope_and_cache"), wholeHeads("rope_whole_heads", macros(BFLOAT16, 128), "rope_whole_heads");
    Buffer x = filled((size_t) tokens * hidden, 1.f), norm = ones(hidden), y((size_t) tokens * hidden * 2),
           gateUp = filled((size_t) tokens * 2 * inner, 1.f), out((size_t) tokens * inner * 2), qkv = filled((size_t) tokens * 6144, 1.f),
           cache((size_t) tokens * 2 * 8 * 128 * 2), cosSin = ones((size_t) tokens * 128);
    Ints slots(tokens);
    for (int t = 0; t < tokens; t++) {
        slots[t] = t;
    }
    Buffer dslots(slots);
    double us = microseconds([&] {
        Arguments a;
        a.p(x).p(norm).f(1e-5f).i(hidden).p(y);
        norms.launch(tokens, 256, 0, a, stream);
    });
    printf("rms_norm_narrow   %5d x %d: %8.2f us, %.2f TB/s\n", tokens, hidden, us, 2.0 * tokens * hidden * 2 / us / 1e6);
    us = microseconds([&] {
        Arguments a;
        a.p(gateUp).i(0).i(inner).p(out);
        gated.launch(dim3(tokens, divideUp(inner / 8, 256)), 256, 0, a, stream);
    });
    printf("gated_activation  %5d x %d: %8.2f us, %.2f TB/s\n", tokens, inner, us, 3.0 * tokens * inner * 2 / us / 1e6);
    us = microseconds([&] {
        Arguments a;
        a.p(qkv).p(nullptr).p(dslots).p(dslots).p(cosSin).i(128).i(0).p(nullptr).p(nullptr).f(1e-5f).p(cache).i(32).i(8).f(1).f(1);
        rope.launch(dim3(tokens, 12), 128, 0, a, stream);
    });
    printf("rope_and_cache    %5d x 48 heads: %8.2f us, %.2f TB/s\n", tokens, us, 2.0 * tokens * 6144 * 2 / us / 1e6);
    us = microseconds([&] {
        Arguments a;
        a.p(qkv).p(nullptr).p(dslots).p(dslots).p(cosSin).i(128).i(0).p(nullptr).p(nullptr).f(1e-5f).p(cache).i(32).i(8).f(1).f(1);
        wholeHeads.launch(tokens, 128, 0, a, stream);
    });
    printf("rope_whole_heads  %5d x 48 heads: %8.2f us, %.2f TB/s\n", tokens, us, 2.0 * tokens * 6144 * 2 / us / 1e6);
}

int main(int count, char** arguments) {
    if (count < 2) {
        fprintf(stderr, "usage: speed CUBINS [prefill|steps|lora|lora-prompts|adapters|families|codes]\n");
        return 2;
    }
    cubins = arguments[1];
    std::string only = count > 2 ? arguments[2] : "";
    REQUIRE(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, 0));
    REQUIRE(cudaStreamCreate(&stream));
    Model llama = {"Llama-3.1-8B", 32, 4096, 32, 8, 128, 14336, 128256}, qwen = {"Qwen2.5-0.5B", 24, 896, 14, 2, 64, 4864, 151936};
    if (only == "prefill") {
        attentionPrefill(1, 2048, 32, 8, 128);
        attentionPrefill(1, 8192, 32, 8, 128);
        attentionPrefill(16, 512, 32, 8, 128);
        attentionPrefill(1, 8192, 14, 2, 64);
        return 0;
    }
    if (only == "lora") {
        for (auto [rows, adapters, rank] : {std::tuple{1, 16, 16}, {16, 1, 16}, {16, 16, 16}, {16, 16, 64}, {64, 16, 16}, {256, 16, 16}, {256, 64, 16}}) {
            lora(llama, rows, adapters, rank);
        }
        speedOfAdaptersInPrompts();
        return 0;
    }
    if (only == "lora-prompts") {
        speedOfAdaptersInPrompts();
        return 0;
    }
    if (only == "adapters") {
        speedOfAdapters();
        return 0;
    }
    if (only == "families") {
        speedOfFamilies();
        return 0;
    }
    if (only == "codes") {
        speedOfCodes();
        return 0;
    }
    if (only == "steps") {
        gemvShapes({1});
        step(llama, 1, 384);
        step(qwen, 1, 384);
        return 0;
    }
    rows(2048);
    rows(8192);
    for (int tokens : {512, 2048, 8192}) {
        attentionPrefill(1, tokens, 32, 8, 128);
    }
    attentionPrefill(16, 512, 32, 8, 128);
    attentionPrefill(1, 8192, 14, 2, 64);
    for (auto [sequences, context] : {std::pair{1, 384}, {1, 8192}, {8, 1024}, {64, 640}, {256, 640}}) {
        attentionDecode(sequences, context, 32, 8, 128);
    }
    attentionDecode(256, 640, 14, 2, 64);
    gemvShapes({1, 4, 8});
    step(llama, 1, 384);
    step(llama, 8, 384);
    step(qwen, 1, 384);
    return 0;
}
