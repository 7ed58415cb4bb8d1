// Times what only some models need, at the shapes of Qwen3-30B-A3B and DeepSeek-V2-Lite.
#include "latent.hpp"
#include "speeds.hpp"

/** The two products of a layer's experts, each launch of another copy of the experts where that fits; the floor is the weights of experts in use. */
static void experts(int rows, int hidden, int inner, int count, int perToken) {
    std::mt19937 generator(rows);
    Ints all(count), uses(count), starts = {0}, slotRows(rows * perToken);
    std::vector<Ints> rowsOf(count);
    std::iota(all.begin(), all.end(), 0);
    for (int r = 0; r < rows; r++) {
        std::shuffle(all.begin(), all.end(), generator);
        for (int k = 0; k < perToken; k++) {
            rowsOf[all[k]].push_back(r);
        }
    }
    int used = 0;
    for (int e = 0; e < count; e++) {
        std::copy(rowsOf[e].begin(), rowsOf[e].end(), slotRows.begin() + starts.back());
        starts.push_back(starts.back() + (int) rowsOf[e].size());
        used += !rowsOf[e].empty();
    }
    const int copies = 3;
    Buffer dstarts(starts), drows(slotRows), x = filled((size_t) rows * perToken * std::max(hidden, inner), 1.f);
    for (auto [outputs, inputs, name] : {std::tuple{2 * inner, hidden, "gate and up"}, {hidden, inner, "down"}}) {
        size_t size = (size_t) count * outputs * inputs;
        Buffer w = filled(size * copies, 0.02f), out((size_t) rows * perToken * outputs * 2);
        Kernel kernel("grouped_matmul", macros(BFLOAT16), "grouped_matmul");
        double us = microseconds([&] {
            for (int i = 0; i < copies; i++) {
                Arguments a;
                a.p((char*) w.address + size * 2 * i).p(x).p(drows).p(dstarts).i(count).i(outputs).i(inputs).p(out);
                kernel.launch(dim3(divideUp(outputs, 64), std::min(rows * perToken, divideUp(rows * perToken, 64) + count)), 128, 73728, a, stream);
            }
        }) / copies;
        double bytes = 2.0 * used * outputs * inputs, operations = 2.0 * rows * perToken * outputs * inputs;
        printf("grouped_matmul %4d rows, %3d of %3d experts, %-11s %4dx%-5d %9.2f us, %.2f TB/s, %.0f TFLOP/s\n", rows, used, count, name, outputs, inputs, us,
               bytes / us / 1e6, operations / us / 1e6);
    }
}

/** What stands between the router's logits and the products, and after them. */
static void routing(int rows, int hidden, int count, int perToken) {
    int slots = rows * perToken;
    Buffer logits(random((size_t) rows * count, FLOAT32), FLOAT32), chosen(slots * 4), weights(slots * 4), starts((count + 1) * 4), slotRows(slots * 4), slotOf(slots * 4);
    Buffer results = filled((size_t) slots * hidden, 1.f), out((size_t) rows * hidden * 2);
    Kernel route("mixture_route", macros(BFLOAT16), "route"), group("mixture_route", macros(BFLOAT16), "group_rows"), combine("mixture_route", macros(BFLOAT16), "combine");
    double us[3];
    for (int part = 0; part < 3; part++) {
        us[part] = microseconds([&] {
            for (int i = 0; i < 10; i++) {
                Arguments a, b, c;
                a.p(logits).p(nullptr).i(count).i(perToken).i(0).i(1).i(1).i(0).i(1).f(1.f).p(chosen).p(weights);
                route.launch(rows, 32, 0, a, stream);
                if (part > 0) {
                    b.p(chosen).i(slots).i(count).i(perToken).p(starts).p(slotRows).p(slotOf);
                    group.launch(1, 1024, 0, b, stream);
                }
                if (part > 1) {
                    c.p(results).p(slotOf).p(weights).i(perToken).i(hidden).p(out);
                    combine.launch(rows, 128, 0, c, stream);
                }
            }
        }) / 10;
    }
    printf("mixture_route  %4d rows, %3d experts: route %.2f us, group_rows %.2f, combine %.2f\n", rows, count, us[0], us[1] - us[0], us[2] - us[1]);
}

/** Queries are the last of their sequences. */
static void latent(int sequences, int queries, int context, int heads) {
    const int rank = 512, ropeDim = 64, plainDim = 128, valueDim = 128;
    int tokens = sequences * queries, blocksEach = divideUp(context, 16), copies = 4;
    size_t elements = (size_t) sequences * blocksEach * 16 * (rank + ropeDim), weightElements = (size_t) heads * (plainDim + valueDim) * rank;
    Buffer x = filled((size_t) tokens * heads * (plainDim + ropeDim), 1.f), weight = filled(weightElements * copies, 0.05f), cache = filled(elements * copies, 1.f),
           out((size_t) tokens * heads * valueDim * 2);
    Ints starts, contexts(sequences, context), table;
    for (int s = 0; s <= sequences; s++) {
        starts.push_back(s * queries);
    }
    for (int i = 0; i < sequences * blocksEach; i++) {
        table.push_back((int) (i * 7919ll % (sequences * blocksEach)));
    }
    Buffer dstarts(starts), dcontexts(contexts), dtable(table);
    Kernel kernel("latent_attention", macros(BFLOAT16) + "-DRANK=512-DROPE_DIM=64", "latent_attention");
    double us = microseconds([&] {
        for (int i = 0; i < copies; i++) {
            Arguments a;
            a.p(x).p((char*) weight.address + weightElements * 2 * i).p((char*) cache.address + elements * 2 * i).p(dstarts).p(dcontexts).p(dtable).i(blocksEach).i(sequences).i(heads)
                .i(plainDim).i(valueDim).f(0.07f).p(out);
            kernel.launch(dim3(tokens, heads), 256, 0, a, stream);
        }
    }, 5) / copies;
    LatentTiles tiles(BFLOAT16, queries == 1 && heads <= 16 ? 16 : 64);
    Buffer absorbed((size_t) tokens * heads * (rank + ropeDim) * 2), latents((size_t) tokens * heads * rank * 2);
    double tiled = microseconds([&] {
        for (int i = 0; i < copies; i++) {
            tiles.launch(x, (char*) weight.address + weightElements * 2 * i, (char*) cache.address + elements * 2 * i, dstarts, dcontexts, dtable, blocksEach, sequences, 0, tokens, heads, 0.07f,
                         absorbed, latents, out, stream);
        }
    }, 5) / copies;
    double bytes = 2.0 * (elements + weightElements);
    double keys = queries == 1 ? context : context - queries / 2.0, operations = 2.0 * tokens * heads * (keys * (2 * rank + ropeDim) + (plainDim + valueDim) * (double) rank);
    for (auto [name, time] : {std::pair{"latent_attention", us}, {"latent_tiles", tiled}}) {
        printf("%-16s %3d sequences, %4d queries, context %5d: %9.2f us, %.2f TB/s, %.1f TFLOP/s\n", name, sequences, queries, context, time, bytes / time / 1e6, operations / time / 1e6);
    }
}

void speedOfFamilies() {
    for (int rows : {1, 8, 64, 2048}) {
        experts(rows, 2048, 768, 128, 8);
        routing(rows, 2048, 128, 8);
    }
    experts(1, 2048, 1408, 64, 6);
    experts(64, 2048, 1408, 64, 6);
    latent(1, 1, 384, 16);
    latent(1, 1, 4096, 16);
    latent(64, 1, 640, 16);
    latent(1, 2048, 2048, 16);
}
