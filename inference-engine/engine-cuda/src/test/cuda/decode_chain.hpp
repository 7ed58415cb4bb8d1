// A decode step as a chain of kernels.
#pragma once
#include "decode_model.hpp"

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
