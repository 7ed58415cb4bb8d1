// Kernels, buffers and launches for the checks: kernels are loaded as CUBINs, one module for each source and set of macros, as the product does.
#pragma once
#include <cuda_runtime.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#define REQUIRE(call)                                                                                          \
    do {                                                                                                       \
        cudaError_t status = (call);                                                                           \
        if (status != cudaSuccess) {                                                                           \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, cudaGetErrorString(status));         \
            exit(2);                                                                                           \
        }                                                                                                      \
    } while (0)

enum Type { FLOAT32, BFLOAT16, FLOAT16 };

inline const char* name(Type type) { return type == FLOAT32 ? "fp32" : type == BFLOAT16 ? "bf16" : "fp16"; }
inline size_t bytes(Type type) { return type == FLOAT32 ? 4 : 2; }

inline uint16_t encode(float x, Type type) {
    uint32_t bits;
    memcpy(&bits, &x, 4);
    if (type == BFLOAT16) {
        return (uint16_t) ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }
    _Float16 half = (_Float16) x;
    uint16_t result;
    memcpy(&result, &half, 2);
    return result;
}

inline float decode(uint16_t x, Type type) {
    if (type == BFLOAT16) {
        uint32_t bits = (uint32_t) x << 16;
        float f;
        memcpy(&f, &bits, 4);
        return f;
    }
    _Float16 half;
    memcpy(&half, &x, 2);
    return (float) half;
}

inline float roundTo(float x, Type type) { return type == FLOAT32 ? x : decode(encode(x, type), type); }

typedef std::vector<float> Floats;
typedef std::vector<int> Ints;

/** Random numbers as the type can hold them. */
inline Floats random(size_t count, Type type, float scale = 1.f) {
    static std::mt19937 generator(20261121);
    static std::normal_distribution<float> normal;
    Floats x(count);
    for (float& value : x) {
        value = roundTo(normal(generator) * scale, type);
    }
    return x;
}

/** Device memory, poisoned with NaN until something is written. */
class Buffer {
public:
    explicit Buffer(size_t size) : size(size) {
        REQUIRE(cudaMalloc(&address, size == 0 ? 16 : size));
        REQUIRE(cudaMemset(address, 0xFF, size));
    }
    Buffer(const Floats& x, Type type) : Buffer(x.size() * bytes(type)) { write(x, type); }
    explicit Buffer(const Ints& x) : Buffer(x.size() * 4) { REQUIRE(cudaMemcpy(address, x.data(), size, cudaMemcpyHostToDevice)); }
    Buffer(Buffer&& other) : address(other.address), size(other.size) { other.address = nullptr; }
    Buffer(const Buffer&) = delete;
    ~Buffer() { cudaFree(address); }

    void write(const Floats& x, Type type) {
        if (type == FLOAT32) {
            REQUIRE(cudaMemcpy(address, x.data(), x.size() * 4, cudaMemcpyHostToDevice));
            return;
        }
        std::vector<uint16_t> encoded(x.size());
        for (size_t i = 0; i < x.size(); i++) {
            encoded[i] = encode(x[i], type);
        }
        REQUIRE(cudaMemcpy(address, encoded.data(), encoded.size() * 2, cudaMemcpyHostToDevice));
    }

    Floats read(Type type) const {
        Floats x(size / bytes(type));
        if (type == FLOAT32) {
            REQUIRE(cudaMemcpy(x.data(), address, size, cudaMemcpyDeviceToHost));
            return x;
        }
        std::vector<uint16_t> encoded(x.size());
        REQUIRE(cudaMemcpy(encoded.data(), address, size, cudaMemcpyDeviceToHost));
        for (size_t i = 0; i < x.size(); i++) {
            x[i] = decode(encoded[i], type);
        }
        return x;
    }

    void* address = nullptr;
    size_t size;
};

/** A kernel's arguments, held by value until the launch. */
class Arguments {
public:
    Arguments& p(const void* pointer) { return add(pointer); }
    Arguments& p(const Buffer& buffer) { return add((const void*) buffer.address); }
    Arguments& i(int value) { return add(value); }
    Arguments& l(long long value) { return add(value); }
    Arguments& f(float value) { return add(value); }
    void** pointers() {
        addresses.clear();
        for (auto& value : values) {
            addresses.push_back(value.get());
        }
        return addresses.data();
    }

private:
    template <class T>
    Arguments& add(T value) {
        values.emplace_back((char*) aligned_alloc(16, 16), free);
        memcpy(values.back().get(), &value, sizeof value);
        return *this;
    }
    std::vector<std::unique_ptr<char, void (*)(void*)>> values;
    std::vector<void*> addresses;
};

inline std::string cubins = ".";

class Kernel {
public:
    /** @param macros as given to the compiler, without blanks */
    Kernel(const std::string& source, const std::string& macros, const char* entry) : entry(entry) {
        static std::map<std::string, cudaLibrary_t> libraries;
        std::string path = cubins + "/" + source + macros + ".cubin";
        cudaLibrary_t& library = libraries[path];
        if (!library) {
            cudaError_t status = cudaLibraryLoadFromFile(&library, path.c_str(), nullptr, nullptr, 0, nullptr, nullptr, 0);
            if (status != cudaSuccess) {
                fprintf(stderr, "cannot load %s: %s\n", path.c_str(), cudaGetErrorString(status));
                exit(2);
            }
        }
        REQUIRE(cudaLibraryGetKernel(&kernel, library, entry));
    }

    void launch(dim3 grid, int block, size_t shared, Arguments& arguments, cudaStream_t stream = nullptr, bool overlapping = true) {
        if (allowed == 0) { // or kernels of different carveouts would never share a multiprocessor
            REQUIRE(cudaFuncSetAttribute((const void*) kernel, cudaFuncAttributePreferredSharedMemoryCarveout, cudaSharedmemCarveoutMaxShared));
            allowed = 1;
        }
        if (shared > 40 * 1024 && shared > allowed) {
            REQUIRE(cudaFuncSetAttribute((const void*) kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int) shared));
            allowed = shared;
        }
        cudaLaunchAttribute attribute;
        attribute.id = cudaLaunchAttributeProgrammaticStreamSerialization;
        attribute.val.programmaticStreamSerializationAllowed = 1;
        cudaLaunchConfig_t config = {};
        config.gridDim = grid;
        config.blockDim = dim3(block);
        config.dynamicSmemBytes = shared;
        config.stream = stream;
        config.attrs = &attribute;
        config.numAttrs = overlapping ? 1 : 0;
        cudaError_t status = cudaLaunchKernelExC(&config, (const void*) kernel, arguments.pointers());
        if (status != cudaSuccess) {
            fprintf(stderr, "%s: grid %u %u %u, block %d, shared %zu: %s\n", entry, grid.x, grid.y, grid.z, block, shared, cudaGetErrorString(status));
            exit(2);
        }
    }

private:
    const char* entry;
    cudaKernel_t kernel = nullptr;
    size_t allowed = 0;
};

inline std::string macros(Type element) { return "-DELEMENT=" + std::to_string((int) element); }
inline std::string macros(Type element, int headDim, bool fp8 = false) {
    return macros(element) + "-DHEAD_DIM=" + std::to_string(headDim) + "-DKV_FP8=" + (fp8 ? "1" : "0");
}

inline int divideUp(int a, int b) { return (a + b - 1) / b; }

/** Rows by adapter, those of the base model last, as the host passes them to the LoRA kernels: the number of tiles depends on rows and slots alone. */
struct AdapterTiles {
    std::vector<int> tiles, order;
    int tileRows, count;

    /** @param slotOf a row's slot, -1 for none */
    AdapterTiles(const Ints& slotOf, int slots) {
        int rows = (int) slotOf.size();
        tileRows = rows <= 256 ? 8 : 64;
        count = divideUp(rows, tileRows) + std::min(slots, rows);
        for (int slot = 0; slot <= slots; slot++) {
            int first = (int) order.size();
            for (int r = 0; r < rows; r++) {
                if (slotOf[r] == (slot < slots ? slot : -1)) {
                    order.push_back(r);
                }
            }
            for (int from = first; from < (int) order.size(); from += tileRows) {
                int these = std::min(tileRows, (int) order.size() - from);
                tiles.insert(tiles.end(), {slot % slots, from, slot < slots ? these : 0, these});
            }
        }
        tiles.resize(count * 4);
    }
};

/** Inputs of a split of lora_shrink. */
const int LORA_DEPTH = 1024;

/** The GEMV for up to 8 rows: entry point and shared memory, as its header says. */
struct GemvChoice {
    const char* entry;
    const char* qkvEntry;
    size_t shared, qkvShared;
    bool staged;
};

inline GemvChoice gemvFor(int rows, int inputs) {
    size_t staged = (size_t) rows * (divideUp(inputs, 64) * 64 + 32) * 2;
    size_t ring = (rows == 1 ? 10 : 7) * 16384 + 8704;
    bool fits = staged <= (rows == 1 ? 56u : 100u) * 1024;
    size_t qkvShared = (rows == 1 ? ring - 3 * 16384 : ring) + (fits ? staged : 0);
    return {rows == 1 ? "gemv_1" : "gemv_8", rows == 1 ? "gemv_qkv_1" : "gemv_qkv_8", ring + (fits ? staged : 0), qkvShared, fits};
}

/** How the quantised GEMV is compiled and launched, as its header says. */
struct QuantizedGemvChoice {
    int spans;
    size_t shared;
    int mostRows; // of a launch
};

inline QuantizedGemvChoice quantizedGemvFor(int kind, int groupSize, int rows, int inputs) {
    int unit = kind == 4 ? 256 : 128, spans = groupSize >= inputs ? 1 : unit / std::min(unit, groupSize & -groupSize);
    size_t ring = 3 * 16 * (kind == 4 ? 2304 + 128 * spans : 2560 + 64 * spans) + 17408, rowBytes = (divideUp(inputs, unit) * unit + 32) * 2;
    return {spans, std::max<size_t>(ring + rows * rowBytes, 120 * 1024), (int) std::min<size_t>(8, (226 * 1024 - ring) / rowBytes)};
}

/** How the quantised product of up to 64 rows is compiled and launched, as its header says. */
struct QuantizedMatmulChoice {
    int spans, splits;
    std::string entry;
    size_t shared;
};

inline QuantizedMatmulChoice quantizedMatmulFor(int kind, int groupSize, int rows, int outputs, int inputs, int multiprocessors) {
    int unit = kind == 4 ? 128 : 64, spans = groupSize >= inputs ? 1 : unit / std::min(unit, groupSize & -groupSize), slots = rows <= 16 ? 16 : rows <= 32 ? 32 : 64;
    int splits = std::clamp(multiprocessors / divideUp(outputs, 256), 1, std::max(1, inputs / 128));
    size_t stage = 256 * (kind == 4 ? 80 : 96) + spans * (kind == 4 ? 2048 : 1024) + slots * (unit * 2 + 64);
    return {spans, splits, "quantized_matmul_" + std::to_string(slots), std::max<size_t>(4 * stage, 120 * 1024)};
}
