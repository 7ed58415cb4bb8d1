// A decode step of Llama-3.1-8B's shape as the engine queues it, of the base model alone and with adapters of every matrix.
#include "blas.hpp"

#include <optional>

namespace {

const int LAYERS = 32, HIDDEN = 4096, INNER = 14336, HEADS = 32, KV_HEADS = 8, HEAD_DIM = 128, RANK = 16, SLOTS = 16;

struct Matrix {
    int inputs;
    Ints starts;
    int parts() const { return (int) starts.size() - 1; }
    int outputs() const { return starts.back(); }
};

const std::vector<Matrix> MATRICES = {{HIDDEN, {0, 4096, 5120, 6144}}, {HIDDEN, {0, HIDDEN}}, {HIDDEN, {0, INNER, 2 * INNER}}, {INNER, {0, HIDDEN}}};

class Step {
public:
    Step(int rows, int context) : rows(rows), blocksEach(divideUp(context, 16)) {
        for (const Matrix& m : MATRICES) {
            plans.push_back(blas.plan(m.outputs(), m.inputs, rows));
            starts.emplace_back(m.starts);
            weightElements += (size_t) m.inputs * m.outputs();
            loraElements += (size_t) SLOTS * RANK * (m.parts() * m.inputs + m.outputs());
        }
        layerCache = (size_t) blocksEach * rows * 2 * KV_HEADS * 16 * HEAD_DIM;
        weights.emplace(filled(weightElements * LAYERS, 0.02f)), adapters.emplace(filled(loraElements * LAYERS, 0.02f)), cache.emplace(filled(layerCache * LAYERS, 1.f));
        Ints slots, sequences, contexts(rows, context), table, positions(rows, context - 1);
        for (int r = 0; r < rows; r++) {
            sequences.push_back(r), slots.push_back((r * blocksEach + blocksEach - 1) * 16 + (context - 1) % 16);
            for (int b = 0; b < blocksEach; b++) {
                table.push_back(r * blocksEach + b);
            }
        }
        sequences.push_back(rows);
        for (const Ints& one : {positions, slots, sequences, contexts, table}) {
            metadata.emplace_back(one);
        }
        cosSin.emplace(ones((size_t) context * HEAD_DIM));
        splits = std::clamp(divideUp(2 * multiprocessors, rows * KV_HEADS), 1, 32);
        size_t counters = (rows * KV_HEADS * 4 + 255) / 256 * 256;
        attentionSpace.emplace(counters + (size_t) splits * rows * KV_HEADS * 16 * (HEAD_DIM + 2) * 4);
        REQUIRE(cudaMemset(attentionSpace->address, 0, counters));
        REQUIRE(cudaStreamCreateWithFlags(&beside, cudaStreamNonBlocking));
        REQUIRE(cudaEventCreateWithFlags(&inputsReady, cudaEventDisableTiming));
        REQUIRE(cudaEventCreateWithFlags(&shrunk, cudaEventDisableTiming));
    }

    /** Microseconds of a step whose rows have so many adapters in turn, 0 for the base model. */
    double time(int distinct) {
        Ints slotOf;
        for (int r = 0; r < rows; r++) {
            slotOf.push_back(r % std::max(distinct, 1));
        }
        AdapterTiles arranged(slotOf, SLOTS);
        Buffer tiles(arranged.tiles), order(arranged.order);
        adapted = {distinct > 0, arranged.count, tiles.address, order.address};
        return microseconds([&] { record(); }, 9);
    }

private:
    struct Adapted {
        bool any;
        int tileCount;
        const void *tiles, *order;
    };

    void record() {
        nextWeights = (char*) weights->address, nextAdapters = (char*) adapters->address;
        for (int layer = 0; layer < LAYERS; layer++) {
            char* cacheOfLayer = (char*) cache->address + layerCache * 2 * layer;
            Arguments r, a;
            normalize();
            product(0, hidden, qkv, false);
            r.p(qkv).p(nullptr).p(metadata[0]).p(metadata[1]).p(*cosSin).i(HEAD_DIM).i(0).p(nullptr).p(nullptr).f(1e-5f).p(cacheOfLayer).i(HEADS).i(KV_HEADS).f(1).f(1);
            rope.launch(rows, 128, 0, r, stream);
            a.p(qkv).p(cacheOfLayer).p(metadata[2]).p(metadata[3]).p(metadata[4]).i(blocksEach).i(HEADS).i(KV_HEADS).f(0.088f).i(0).f(0).f(1).f(1).p(*attentionSpace).i(splits).p(attended);
            attention.launch(dim3(splits, KV_HEADS, rows), 128, 2048 * 3 * (HEAD_DIM / 8 | 1), a, stream);
            product(1, attended, residual, true);
            normalize();
            product(2, hidden, gateUp, false);
            if (!adapted.any) {
                Arguments g;
                g.p(gateUp).i(0).i(INNER).p(inner);
                gated.launch(dim3(rows, divideUp(INNER / 8, 256)), 256, 0, g, stream);
            }
            product(3, inner, residual, true);
        }
    }

    void normalize() {
        Arguments a;
        a.p(residual).p(norm).f(1e-5f).i(HIDDEN).p(hidden);
        rms.launch(rows, 256, 0, a, stream);
    }

    /** With what adapters add; of gate and up with the activation too. */
    void product(int index, const Buffer& x, const Buffer& y, bool add) {
        const Matrix& m = MATRICES[index];
        REQUIRE(cudaEventRecord(inputsReady, stream));
        blas.multiply(plans[index], nextWeights, x.address, y.address, add);
        nextWeights += 2ull * m.inputs * m.outputs();
        if (!adapted.any) {
            return;
        }
        int parts = m.parts(), depths = divideUp(m.inputs, LORA_DEPTH);
        char *a = nextAdapters, *b = a + 2ull * SLOTS * parts * RANK * m.inputs;
        nextAdapters = b + 2ull * SLOTS * RANK * m.outputs();
        Arguments s, e;
        REQUIRE(cudaStreamWaitEvent(beside, inputsReady));
        s.p(a).p(ranks).p(x).p(adapted.tiles).p(adapted.order).i(rows).i(parts).i(RANK).i(m.inputs).i(LORA_DEPTH).p(h);
        shrink.launch(dim3(parts * RANK / 16, adapted.tileCount, depths), 256, 0, s, beside);
        REQUIRE(cudaEventRecord(shrunk, beside));
        REQUIRE(cudaStreamWaitEvent(stream, shrunk));
        e.p(b).p(ranks).p(scales).p(starts[index]).p(h).i(depths).p(adapted.tiles).p(adapted.order).i(rows);
        if (index == 2) {
            e.i(RANK).p(y).i(0).p(inner);
            expandGated.launch(dim3(divideUp(INNER, 256), adapted.tileCount), 128, 2 * depths * 512, e, stream);
        } else {
            e.i(parts).i(RANK).p(y);
            expand.launch(dim3(divideUp(m.starts[1], 256), adapted.tileCount, parts), 128, depths * 512, e, stream);
        }
    }

    int rows, blocksEach, splits;
    size_t weightElements = 0, loraElements = 0, layerCache;
    Blas blas;
    std::vector<Blas::Plan> plans;
    std::vector<Buffer> starts, metadata;
    std::optional<Buffer> weights, adapters, cache, cosSin, attentionSpace;
    Buffer norm = ones(HIDDEN), residual = filled((size_t) rows * HIDDEN, 1.f), hidden = filled((size_t) rows * HIDDEN, 1.f), qkv = filled((size_t) rows * 6144, 1.f),
           attended = filled((size_t) rows * HIDDEN, 1.f), gateUp = filled((size_t) rows * 2 * INNER, 1.f), inner = filled((size_t) rows * INNER, 1.f);
    Buffer ranks = Buffer(Ints(SLOTS * 3, RANK)), scales = ones(SLOTS * 3), h = Buffer((size_t) divideUp(INNER, LORA_DEPTH) * rows * 3 * RANK * 4);
    Kernel rms{"rms_norm", macros(BFLOAT16), "rms_norm_narrow"}, rope{"rope_whole_heads", macros(BFLOAT16, HEAD_DIM), "rope_whole_heads"},
        attention{"attention_decode", macros(BFLOAT16, HEAD_DIM), "attention_decode"}, gated{"gated_activation", macros(BFLOAT16), "gated_activation"},
        shrink{"lora_shrink", macros(BFLOAT16), "lora_shrink_8"}, expand{"lora_expand_8", macros(BFLOAT16), "lora_expand_8"},
        expandGated{"lora_expand_8", macros(BFLOAT16), "lora_expand_gated_8"};
    cudaStream_t beside;
    cudaEvent_t inputsReady, shrunk;
    Adapted adapted = {};
    char *nextWeights = nullptr, *nextAdapters = nullptr;
};

}

void speedOfAdapters() {
    Step step(64, 640);
    double base = step.time(0);
    printf("a decode step of Llama-3.1-8B, 64 rows, context 640: %.0f us\n", base);
    for (int distinct : {1, 4, 16}) {
        double us = step.time(distinct);
        printf("  with %2d adapters of rank %d: %.0f us, %.0f more, %.1f a layer, %.0f%% of the base's speed\n", distinct, RANK, us, us - base, (us - base) / LAYERS, 100 * base / us);
    }
}
