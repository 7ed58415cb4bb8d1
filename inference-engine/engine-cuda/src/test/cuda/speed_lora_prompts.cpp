// Times what adapters add to prompts, matrix by matrix, at the shape of Llama-3.1-8B.
#include "speeds.hpp"

namespace {

struct Matrix {
    const char* name;
    int inputs;
    Ints starts;

    int parts() const { return (int) starts.size() - 1; }
    int outputs() const { return starts.back(); }
};

const int INNER = 14336, LAYERS = 8, RANK = 16;
const Matrix MATRICES[] = {{"qkv", 4096, {0, 4096, 5120, 6144}}, {"o", 4096, {0, 4096}}, {"gate and up", 4096, {0, INNER, 2 * INNER}}, {"down", INNER, {0, 4096}}};

/** Rows of sequences that lie one after another, each with one of the adapters. */
void time(int rows, int adapters) {
    Ints slotOf;
    for (int r = 0; r < rows; r++) {
        slotOf.push_back((int) ((long long) r * adapters / rows));
    }
    AdapterTiles tiles(slotOf, adapters);
    Buffer x = filled((size_t) rows * INNER, 1.f), y = filled((size_t) rows * 2 * INNER, 1.f), out((size_t) rows * INNER * 2), h((size_t) rows * 3 * RANK * 4),
           dtiles(tiles.tiles), order(tiles.order), ranks(Ints(adapters * 3, RANK)), scales = ones((size_t) adapters * 3);
    Kernel shrink("lora_shrink_prompts", macros(BFLOAT16), "lora_shrink_prompts"), expand("lora_expand_prompts", macros(BFLOAT16), "lora_expand_prompts"),
        gatedExpand("lora_expand_prompts", macros(BFLOAT16), "lora_expand_silu"), activation("gated_activation", macros(BFLOAT16), "gated_activation");
    auto gate = [&] {
        Arguments a;
        a.p(y).i(0).i(INNER).p(out);
        activation.launch(dim3(rows, divideUp(INNER / 8, 256)), 256, 0, a, stream);
    };
    double all = 0;
    printf("\n%d rows, %d adapters of rank %d, us a layer%24s %10s %22s\n", rows, adapters, RANK, "shrink", "expand", "of bytes' floor");
    for (const Matrix& m : MATRICES) {
        int parts = m.parts(), outputs = m.outputs();
        bool gated = parts == 2;
        size_t aSize = (size_t) adapters * RANK * parts * m.inputs, bSize = (size_t) adapters * RANK * outputs;
        Buffer a = filled(aSize * LAYERS, 0.02f), b = filled(bSize * LAYERS, 0.02f), starts(m.starts);
        auto shrinks = [&] {
            for (int layer = 0; layer < LAYERS; layer++) {
                Arguments s;
                s.p((char*) a.address + aSize * 2 * layer).p(ranks).p(scales).p(x).p(dtiles).p(order).i(parts).i(RANK).i(m.inputs).i(LORA_DEPTH).i(4).p(h);
                shrink.launch(dim3(parts * RANK / 8, tiles.count), 256, 4 * 32768, s, stream);
            }
        };
        auto expands = [&] {
            for (int layer = 0; layer < LAYERS; layer++) {
                Arguments e;
                e.p((char*) b.address + bSize * 2 * layer).p(ranks).p(starts).p(h).p(dtiles).p(order).i(parts).i(RANK).p(y);
                expand.launch(dim3(divideUp(m.starts[1], 2048), tiles.count, parts), 256, 0, e, stream);
            }
        };
        auto gates = [&](bool update) {
            for (int layer = 0; layer < LAYERS; layer++) {
                if (!update) {
                    gate();
                    continue;
                }
                Arguments e;
                e.p((char*) b.address + bSize * 2 * layer).p(ranks).p(h).p(dtiles).p(order).i(RANK).p(y).i(INNER).p(out);
                gatedExpand.launch(dim3(divideUp(INNER, 2048), tiles.count), 256, 0, e, stream);
            }
        };
        double toH = microseconds(shrinks, 7) / LAYERS, toY = microseconds(expands, 7) / LAYERS;
        double floorOfH = 2.0 * rows * m.inputs / 4.55e6, floorOfY = 4.0 * rows * outputs / 4.55e6;
        printf("%-45s %20.1f %10.1f %12.1f %8.1f\n", m.name, toH, toY, floorOfH, floorOfY);
        all += toH;
        if (gated) {
            double alone = microseconds([&] { gates(false); }, 7) / LAYERS, together = microseconds([&] { gates(true); }, 7) / LAYERS;
            printf("%-45s %20s %10.1f, without adapters %.1f\n", "gated activation with expand", "", together, alone);
            all += together - alone;
        } else {
            all += toY;
        }
    }
    printf("32 layers, gate and up in the activation: %.2f ms\n", all * 32 / 1000);
}

}

void speedOfAdaptersInPrompts() {
    time(512, 1);
    time(2048, 4);
    time(8192, 1);
    time(8192, 16);
}
