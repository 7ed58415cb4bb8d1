// A decode step as one launch of decode_step.cu.
#pragma once
#include "decode_model.hpp"

enum Kind { EMBED, LINEAR, ADD, GATED, LOGITS, ATTEND };

struct Operation {
    const void *memory, *bias, *norm, *cosSin;
    int kind, detail, outputs, inputs, source, target, addend, first, tiles, tileWidth, upper, width;
};
static_assert(sizeof(Operation) == 80);

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
