// Launches latent attention on tensor cores as the product does.
#pragma once
#include "device.hpp"

#include <algorithm>

struct LatentTiles {
    static const int rank = 512, ropeDim = 64, plainDim = 128, valueDim = 128;
    Kernel absorb, attend, expand;
    int rows;

    /** rows: pairs of a block, 16 or 64. */
    LatentTiles(Type type, int rows)
        : absorb("latent_tiles", macro(type), "latent_absorb"), attend("latent_tiles", macro(type), rows == 16 ? "latent_attend_16" : "latent_attend_64"),
          expand("latent_tiles", macro(type), "latent_expand"), rows(rows) {}

    static std::string macro(Type type) { return macros(type) + "-DRANK=512-DROPE_DIM=64-DPLAIN_DIM=128-DVALUE_DIM=128"; }

    /** absorbed: [tokens, heads, rank + ropeDim] elements, latents: [tokens, heads, rank]. */
    void launch(const Buffer& queries, const void* weight, const void* cache, const Buffer& starts, const Buffer& contexts, const Buffer& tables, int maxBlocks, int sequences,
                int firstToken, int tokens, int heads, float scale, const Buffer& absorbed, const Buffer& latents, const Buffer& out, cudaStream_t stream = nullptr) {
        const int keys = rows == 64 ? 32 : 64, stride = rank + ropeDim + 8;
        Arguments a, b, c;
        a.p(queries).p(weight).i(firstToken).i(tokens).i(heads).p(absorbed);
        absorb.launch(dim3(divideUp(tokens, 64), heads, rank / 64), 256, 0, a, stream);
        b.p(absorbed).p(cache).p(starts).p(contexts).p(tables).i(maxBlocks).i(sequences).i(firstToken).i(tokens).i(heads).f(scale).p(latents);
        size_t shared = (size_t) (rows + 2 * keys) * stride * 2 + rows * (keys + 8) * 2 + rows * (keys + 1) * 4 + rows * 4;
        attend.launch(dim3(divideUp(tokens, std::max(1, rows / heads)) + sequences, divideUp(heads, rows)), 256, shared, b, stream);
        c.p(latents).p(weight).i(firstToken).i(tokens).i(heads).p(out);
        expand.launch(dim3(divideUp(tokens, 64), heads, valueDim / 32), 256, (size_t) 96 * (rank + 8) * 2, c, stream);
    }
};
