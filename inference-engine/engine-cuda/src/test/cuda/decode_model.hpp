// Models by their shape, and steps of them with random weights and caches.
#pragma once
#include "speeds.hpp"

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
