package io.barista.engine.cuda;

import io.barista.engine.backend.AttentionSpec;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rotates queries and keys and writes keys and values to the cache. Whole heads of a power of two go to {@code rope_whole_heads.cu}, which
 * is twice as fast; both kernels take the same arguments.
 */
final class RopeKernels {

    private static final int BLOCK = 128;
    private static final int HEADS_PER_BLOCK = 4;
    private static final int NOT_INTERLEAVED = 0;
    private static final float NO_SCALE = 1;

    private final Kernel anyHeads;
    private final @Nullable Kernel wholeHeads;
    private final int headDim;

    RopeKernels(KernelLoader loader, Map<String, Integer> macros, Element element, int headDim) {
        this.anyHeads = loader.load("rope_and_cache", "rope_and_cache", BLOCK, macros);
        int lanes = headDim * element.bytes() / 32; // of a head: each has 16 bytes of either half
        this.wholeHeads = Integer.bitCount(headDim) == 1 && lanes >= 1 && lanes <= 32
                ? loader.load("rope_whole_heads", "rope_whole_heads", BLOCK, macros)
                : null;
        this.headDim = headDim;
    }

    void run(long qkv, StepMemory step, CudaRopeTable rope, @Nullable CudaVector qNorm, @Nullable CudaVector kNorm,
            float eps, long layer, AttentionSpec attention, int tokens) {
        int heads = attention.heads() + 2 * attention.kvHeads();
        if (wholeHeads != null && rope.rotaryDim() == headDim) {
            arguments(wholeHeads, qkv, step, rope, qNorm, kNorm, eps, layer, attention).launch(tokens, 1, 1);
        } else {
            arguments(anyHeads, qkv, step, rope, qNorm, kNorm, eps, layer, attention).launch(tokens,
                    Math.ceilDiv(heads, HEADS_PER_BLOCK), 1);
        }
    }

    private static Kernel arguments(Kernel kernel, long qkv, StepMemory step, CudaRopeTable rope,
            @Nullable CudaVector qNorm, @Nullable CudaVector kNorm, float eps, long layer, AttentionSpec attention) {
        return kernel.pointer(qkv).pointer(0).pointer(step.ropeRows()).pointer(step.slots())
                .pointer(rope.address()).integer(rope.rotaryDim()).integer(NOT_INTERLEAVED)
                .pointer(qNorm == null ? 0 : qNorm.address()).pointer(kNorm == null ? 0 : kNorm.address()).real(eps)
                .pointer(layer).integer(attention.heads()).integer(attention.kvHeads()).real(NO_SCALE).real(NO_SCALE);
    }
}
