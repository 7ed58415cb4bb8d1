package io.barista.engine.cuda;

import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.StepInputs;
import java.util.Map;

/**
 * {@code latent_tiles.cu}: latent attention on tensor cores. Three launches for each part of a step that the workspace has room for:
 * queries into the space of latents, attention there, results out of it.
 */
final class LatentTiles {

    private static final int BLOCK = 256;
    private static final int TOKENS = 64; // of a block that multiplies by a projection
    private static final int RANKS = 64;
    private static final int VALUES = 32;
    private static final int FEW = 16; // pairs of a token and a head in a block
    private static final int MANY = 64;
    private static final int PAD = 8;
    private static final int LARGEST_PLAIN_DIM = 160;

    private final Kernel absorb;
    private final Kernel attendFew;
    private final Kernel attendMany;
    private final Kernel expand;

    /** For specs that it {@link #takes}. */
    LatentTiles(KernelLoader loader, LatentAttentionSpec spec, int blockTokens) {
        Map<String, Integer> macros = Map.of("RANK", spec.rank(), "ROPE_DIM", spec.ropeDim(), "PLAIN_DIM",
                spec.plainDim(), "VALUE_DIM", spec.valueDim(), "BLOCK_TOKENS", blockTokens);
        this.absorb = loader.load("latent_tiles", "latent_absorb", BLOCK, macros);
        this.attendFew = loader.load("latent_tiles", "latent_attend_16", BLOCK, macros);
        this.attendMany = loader.load("latent_tiles", "latent_attend_64", BLOCK, macros);
        this.expand = loader.load("latent_tiles", "latent_expand", BLOCK, macros);
        attendFew.sharedMemory(sharedBytes(spec, FEW));
        attendMany.sharedMemory(sharedBytes(spec, MANY));
        expand.sharedMemory((TOKENS + VALUES) * (spec.rank() + PAD) * 2);
    }

    /** @param blockSharedBytes shared memory that a block may have on the device */
    static boolean takes(LatentAttentionSpec spec, Element element, int blockSharedBytes) {
        return element != Element.FLOAT32 && spec.rank() % 128 == 0 && spec.ropeDim() % 32 == 0
                && spec.valueDim() % VALUES == 0 && spec.plainDim() % 16 == 0 && spec.plainDim() <= LARGEST_PLAIN_DIM
                && Math.max(sharedBytes(spec, FEW), sharedBytes(spec, MANY)) <= blockSharedBytes;
    }

    /** As the kernel's head says. */
    static int sharedBytes(LatentAttentionSpec spec, int pairs) {
        int keys = pairs == MANY ? 32 : 64;
        return (pairs + 2 * keys) * (spec.rowWidth() + PAD) * 2 + pairs * (keys + PAD) * 2 + pairs * (keys + 1) * 4
                + pairs * 4;
    }

    void attend(long queries, LatentAttentionSpec spec, CudaLatentMatrix weight, CudaLatentCache cache, int layer,
            StepInputs inputs, StepMemory step, CudaLatentWorkspace room, long out) {
        for (int first = 0; first < inputs.tokens; first += room.rowsAtATime()) {
            int tokens = Math.min(room.rowsAtATime(), inputs.tokens - first);
            int blocks = Math.ceilDiv(tokens, TOKENS);
            absorb.pointer(queries).pointer(weight.address()).integer(first).integer(tokens).integer(spec.heads())
                    .pointer(room.absorbed()).launch(blocks, spec.heads(), spec.rank() / RANKS);
            attend(spec, cache.layer(layer), first, tokens, inputs, step, room);
            expand.pointer(room.latents()).pointer(weight.address()).integer(first).integer(tokens)
                    .integer(spec.heads()).pointer(out).launch(blocks, spec.heads(), spec.valueDim() / VALUES);
        }
    }

    /** A block's pairs are of one sequence: where each has one token there are no more than its heads. */
    private void attend(LatentAttentionSpec spec, long rows, int first, int tokens, StepInputs inputs, StepMemory step,
            CudaLatentWorkspace room) {
        boolean few = inputs.tokens == inputs.sequences && spec.heads() <= FEW;
        int pairs = few ? FEW : MANY;
        (few ? attendFew : attendMany).pointer(room.absorbed()).pointer(rows).pointer(step.queryStarts())
                .pointer(step.contextLengths()).pointer(step.blockTables()).integer(inputs.maxBlocksPerSequence())
                .integer(inputs.sequences).integer(first).integer(tokens).integer(spec.heads()).real(spec.scale())
                .pointer(room.latents())
                .launch(Math.ceilDiv(tokens, Math.max(1, pairs / spec.heads())) + inputs.sequences,
                        Math.ceilDiv(spec.heads(), pairs), 1);
    }
}
