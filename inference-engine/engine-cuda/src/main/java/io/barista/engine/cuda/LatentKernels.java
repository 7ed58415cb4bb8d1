package io.barista.engine.cuda;

import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.StepInputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code latent_attention.cu}, compiled for each width of rows and size of blocks that occurs; most steps are {@link LatentTiles}' work. */
final class LatentKernels {

    /** Its kernel holds so many partial sums in shared memory. */
    private static final int LARGEST_RANK = 1_024;

    private final KernelLoader loader;
    private final Element element;
    private final DeviceMemory memory;
    private final List<Variant> variants = new ArrayList<>(); // a model has one, which is found without a key

    /** @param tiles null where they do not take the spec */
    private record Variant(LatentAttentionSpec spec, int blockTokens, Kernel ropeAndCache, Kernel attention,
            @Nullable LatentTiles tiles) {

        boolean is(LatentAttentionSpec otherSpec, int otherBlockTokens) {
            return blockTokens == otherBlockTokens && spec.equals(otherSpec);
        }
    }

    LatentKernels(KernelLoader loader, Element element, DeviceMemory memory) {
        this.loader = loader;
        this.element = element;
        this.memory = memory;
    }

    CudaLatentWorkspace allocate(LatentAttentionSpec spec, int maxRows) {
        return tilesTake(spec)
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
        variant(spec, cache).ropeAndCache().pointer(queries).pointer(rows).pointer(step.ropeRows())
                .pointer(step.slots())
                .pointer(rope.address()).integer(code(spec.pairs())).pointer(norm.address()).real(eps)
                .pointer(cache.layer(layer)).integer(spec.heads()).integer(spec.plainDim()).launch(tokens, 1, 1);
    }

    void attend(long queries, LatentAttentionSpec spec, CudaLatentMatrix weight, CudaLatentCache cache, int layer,
            StepInputs inputs, StepMemory step, CudaLatentWorkspace room, long out) {
        Variant own = variant(spec, cache);
        if (own.tiles() != null) {
            own.tiles().attend(queries, spec, weight, cache, layer, inputs, step, room, out);
            return;
        }
        own.attention().pointer(queries).pointer(weight.address()).pointer(cache.layer(layer))
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

    private Variant variant(LatentAttentionSpec spec, CudaLatentCache cache) {
        int blockTokens = cache.shape().blockTokens();
        for (int i = 0; i < variants.size(); i++) {
            if (variants.get(i).is(spec, blockTokens)) {
                return variants.get(i);
            }
        }
        Variant loaded = load(spec, blockTokens);
        variants.add(loaded);
        return loaded;
    }

    private Variant load(LatentAttentionSpec spec, int blockTokens) {
        Map<String, Integer> macros = Map.of("RANK", spec.rank(), "ROPE_DIM", spec.ropeDim(), "BLOCK_TOKENS",
                blockTokens);
        return new Variant(spec, blockTokens,
                loader.load("latent_attention", "latent_rope_and_cache", 256, macros),
                loader.load("latent_attention", "latent_attention", 256, macros),
                tilesTake(spec) ? new LatentTiles(loader, spec, blockTokens) : null);
    }

    private boolean tilesTake(LatentAttentionSpec spec) {
        return LatentTiles.takes(spec, element, loader.device().blockSharedBytes());
    }

    private static int code(LatentAttentionSpec.Pairs pairs) {
        return switch (pairs) {
            case HALVES -> 0;
            case NEIGHBOURS -> 1;
        };
    }
}
