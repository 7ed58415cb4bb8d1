// Times products by quantised weights at the shapes of Llama-3.1-8B, each launch another copy of the matrix.
#include "speeds.hpp"

static Buffer randomCodes(int kind, size_t bytes) {
    Buffer codes(bytes);
    Arguments f;
    f.p(codes).l((long long) codes.size / 4).i(kind).i((int) 0xBFBFBFBF);
    Kernel("fill_random", macros(BFLOAT16), "fill_codes").launch(4096, 256, 0, f);
    REQUIRE(cudaDeviceSynchronize());
    return codes;
}

static void quantized(int kind, int rows, int outputs, int inputs, int groupSize) {
    size_t codeBytes = (size_t) outputs * inputs / (kind == 4 ? 2 : 1);
    int copies = (int) std::min<size_t>(40, (1ull << 30) / codeBytes + 2), groups = inputs / groupSize;
    Buffer codes = randomCodes(kind, codeBytes * copies), scales(Floats((size_t) outputs * groups, 0.01f), FLOAT32), zeros((size_t) outputs * groups), x = filled((size_t) rows * inputs, 1.f),
        out((size_t) rows * outputs * 2);
    REQUIRE(cudaMemset(zeros.address, 8, zeros.size));
    QuantizedGemvChoice choice = quantizedGemvFor(kind, groupSize, rows, inputs);
    if (rows > choice.mostRows) {
        return;
    }
    Kernel kernel("quantized_gemv", macros(BFLOAT16) + "-DWEIGHT=" + std::to_string(kind) + "-DSPANS=" + std::to_string(choice.spans), "quantized_gemv");
    double us = microseconds([&] {
        for (int i = 0; i < copies; i++) {
            Arguments a;
            a.p((char*) codes.address + codeBytes * i).p(scales).p(kind == 4 ? zeros.address : nullptr).p(nullptr).i(groupSize).p(nullptr).p(x).p(nullptr).p(out).i(rows).i(outputs).i(inputs)
                .i(0).i(0).p(nullptr).f(0);
            kernel.launch(multiprocessors, 512, choice.shared, a, stream);
        }
    }) / copies;
    double bytes = (double) codeBytes + (double) outputs * groups * (kind == 4 ? 5 : 4);
    printf("quantized_gemv %s %2d rows %6dx%-6d %9.2f us, %.2f TB/s\n", kind == 4 ? "int4" : kind == 8 ? "int8" : "e4m3", rows, outputs, inputs, us, bytes / us / 1e6);
}

static void manyRows(int kind, int rows, int outputs, int inputs, int groupSize) {
    size_t codeBytes = (size_t) outputs * inputs / (kind == 4 ? 2 : 1);
    int copies = (int) std::min<size_t>(40, (1ull << 30) / codeBytes + 2), groups = inputs / groupSize;
    Buffer codes = randomCodes(kind, codeBytes * copies), scales(Floats((size_t) outputs * groups, 0.01f), FLOAT32), zeros((size_t) outputs * groups),
        x = filled((size_t) rows * inputs, 1.f), out((size_t) rows * outputs * 2);
    REQUIRE(cudaMemset(zeros.address, 8, zeros.size));
    QuantizedMatmulChoice choice = quantizedMatmulFor(kind, groupSize, rows, outputs, inputs, multiprocessors);
    Buffer partials((size_t) choice.splits * rows * outputs * 4);
    std::string all = macros(BFLOAT16) + "-DWEIGHT=" + std::to_string(kind) + "-DSPANS=" + std::to_string(choice.spans);
    Kernel kernel("quantized_matmul", all, choice.entry.c_str()), sum("quantized_matmul", all, "sum_splits");
    double us = microseconds([&] {
        for (int i = 0; i < copies; i++) {
            Arguments a, b;
            a.p((char*) codes.address + codeBytes * i).p(scales).p(kind == 4 ? zeros.address : nullptr).i(groupSize).p(nullptr).p(x).p(nullptr).p(out).p(partials).i(rows).i(outputs)
                .i(inputs).i(0).i(0);
            kernel.launch(dim3(divideUp(outputs, 256), choice.splits), 256, choice.shared, a, stream);
            if (choice.splits > 1) {
                b.p(partials).i(choice.splits).p(nullptr).p(nullptr).p(out).i(outputs).i(0).i(0);
                sum.launch(dim3(divideUp(outputs, 256), rows), 256, 0, b, stream);
            }
        }
    }) / copies;
    double bytes = (double) codeBytes + (double) outputs * groups * (kind == 4 ? 5 : 4), operations = 2.0 * rows * outputs * inputs;
    printf("quantized_matmul %s %2d rows %6dx%-6d %9.2f us, %.2f TB/s, %.0f TFLOP/s\n", kind == 4 ? "int4" : kind == 8 ? "int8" : "e4m3", rows, outputs, inputs, us, bytes / us / 1e6,
           operations / us / 1e6);
}

void speedOfCodes() {
    for (int kind : {4, 8, 9}) {
        for (auto [outputs, inputs] : {std::pair{6144, 4096}, {4096, 4096}, {28672, 4096}, {4096, 14336}}) {
            for (int rows : {1, 4, 8}) {
                quantized(kind, rows, outputs, inputs, kind == 4 ? 128 : inputs);
            }
        }
    }
    quantized(4, 1, 28672, 4096, 32);
    quantized(9, 1, 28672, 4096, 128);
    for (int kind : {4, 9}) {
        for (auto [outputs, inputs] : {std::pair{6144, 4096}, {4096, 4096}, {28672, 4096}, {4096, 14336}}) {
            for (int rows : {8, 16, 32, 64}) {
                manyRows(kind, rows, outputs, inputs, kind == 4 ? 128 : inputs);
            }
        }
    }
}
