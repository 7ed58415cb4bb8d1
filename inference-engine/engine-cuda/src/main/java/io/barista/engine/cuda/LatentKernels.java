package io.barista.engine.cuda;

import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.StepInputs;
import java.util.HashMap;
import java.util.Map;

/** {@code latent_attention.cu}, compiled for each width of rows and size of blocks that occurs; most steps are {@link LatentTiles}' work. */
final class LatentKernels {

    /** Its kernel holds so many partial sums in shared memory. */
    private static final int LARGEST_RANK = 1_024;

    private final KernelLoader loader;
    private final Element element;
    private final DeviceMemory memory;
    private final Map<Variant, Kernels> kernels = new HashMap<>();
    private final Map<TilesVariant, LatentTiles> tiles = new HashMap<>();

    private record Variant(int rank, int ropeDim, int blockTokens) {}

    private record TilesVariant(LatentAttentionSpec spec, int blockTokens) {}

    private record Kernels(Kernel ropeAndCache, Kernel attention) {}

    LatentKernels(KernelLoader loader, Element element, DeviceMemory memory) {
        this.loader = loader;
        this.element = element;
        this.memory = memory;
    }

    CudaLatentWorkspace allocate(LatentAttentionSpec spec, int maxRows) {
        return LatentTiles.takes(spec, element, loader.device().blockSharedBytes())
                ? CudaLatentWorkspace.allocate(spec, maxRows, element, memory)
                : CudaLatentWorkspace.none(spec, maxRows);
    }

    /** @throws io.barista.engine.backend.UnsupportedOnBackend for sizes that the kernels do not take */
    void requirePossible(LatentAttentionSpec spec) {
        if (spec.rank() > LARGEST_RANK || spec.ropeDim() % 2 != 0) {
            throw Unsupported.of("latents of %d and %d dimensions".formatted(spec.rank(), spec.ropeDim()));
        }
    }

    void ropeAndCache(long queries, long rows, LatentAttentionSpec spec, CudaRopeTable rope, CudaVector norm, float eps,
            CudaLatentCache cache, int layer, StepMemory step, int tokens) {
        kernels(spec, cache).ropeAndCache().pointer(queries).pointer(rows).pointer(step.ropeRows())
                .pointer(step.slots())
                .pointer(rope.address()).integer(code(spec.pairs())).pointer(norm.address()).real(eps)
                .pointer(cache.layer(layer)).integer(spec.heads()).integer(spec.plainDim()).launch(tokens, 1, 1);
    }

    void attend(long queries, LatentAttentionSpec spec, CudaLatentMatrix weight, CudaLatentCache cache, int layer,
            StepInputs inputs, StepMemory step, CudaLatentWorkspace room, long out) {
        if (room.isForTiles()) {
            tiles.computeIfAbsent(new TilesVariant(spec, cache.shape().blockTokens()),
                    variant -> new LatentTiles(loader, variant.spec(), variant.blockTokens()))
                    .attend(queries, spec, weight, cache, layer, inputs, step, room, out);
            return;
        }
        kernels(spec, cache).attention().pointer(queries).pointer(weight.address()).pointer(cache.layer(layer))
                .pointer(step.queryStarts()).pointer(step.contextLengths()).pointer(step.blockTables())
                .integer(inputs.maxBlocksPerSequence()).integer(inputs.sequences).integer(spec.heads())
                .integer(spec.plainDim()).integer(spec.valueDim()).real(spec.scale()).pointer(out)
                .launch(inputs.tokens, spec.heads(), 1);
    }

    /** @throws IllegalArgumentException if the cache has not the spec's rows, or not that layer */
    static void requireFits(LatentAttentionSpec spec, CudaLatentCache cache, int layer) {
        KvCache.Shape shape = cache.shape();
        if (layer < 0 || layer >= shape.layers() || shape.kvHeads() != 1 || shape.headDim() != spec.rowWidth()) {
            throw new IllegalArgumentException("layer %d with %s over a cache of %s".formatted(layer, spec, shape));
        }
    }

    private Kernels kernels(LatentAttentionSpec spec, CudaLatentCache cache) {
        return kernels.computeIfAbsent(new Variant(spec.rank(), spec.ropeDim(), cache.shape().blockTokens()),
                this::load);
    }

    private Kernels load(Variant variant) {
        Map<String, Integer> macros = Map.of("RANK", variant.rank(), "ROPE_DIM", variant.ropeDim(), "BLOCK_TOKENS",
                variant.blockTokens());
        return new Kernels(loader.load("latent_attention", "latent_rope_and_cache", 256, macros),
                loader.load("latent_attention", "latent_attention", 256, macros));
    }

    private static int code(LatentAttentionSpec.Pairs pairs) {
        return switch (pairs) {
            case HALVES -> 0;
            case NEIGHBOURS -> 1;
        };
    }
}
