package io.barista.engine.cuda;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.StepInputs;
import java.util.Map;

/**
 * Several queries per sequence, on tensor cores; leaves single queries to {@link DecodeAttention}. By {@code attention_prefill_wgmma.cu} where device,
 * head size and cache allow it, which is twice as fast, else by {@code attention_prefill.cu}; both take the same arguments.
 */
final class PrefillAttention {

    private static final float NO_SCALE = 1;
    private static final int ROWS = 128;
    private static final int LEAST_QUERIES = 2;

    private final Kernel kernel;

    PrefillAttention(KernelLoader loader, Map<String, Integer> macros, int headDim) {
        boolean warpgroups = loader.device().multipliesByWarpgroups() && (headDim == 64 || headDim == 128)
                && macros.getOrDefault("KV_FP8", 0) == 0;
        this.kernel = warpgroups
                ? loader.load("attention_prefill_wgmma", "attention_prefill_wgmma", 384, macros)
                : loader.load("attention_prefill", "attention_prefill", 256, macros);
        kernel.sharedMemory(
                warpgroups
                        ? warpgroupSharedBytes(headDim)
                        : sharedBytes(headDim, macros.getOrDefault("KV_FP8", 0) == 1));
    }

    void attend(long qkv, AttentionSpec spec, long layer, StepInputs inputs, StepMemory step, long out) {
        int group = spec.heads() / spec.kvHeads();
        kernel.pointer(qkv).pointer(layer).pointer(step.queryStarts()).pointer(step.contextLengths())
                .pointer(step.blockTables()).integer(inputs.maxBlocksPerSequence()).integer(inputs.sequences)
                .integer(spec.heads()).integer(spec.kvHeads()).real(spec.scale()).integer(spec.window())
                .real(spec.softCap()).real(NO_SCALE).real(NO_SCALE).integer(LEAST_QUERIES).pointer(out)
                .launch(Math.ceilDiv(inputs.tokens * group, ROWS) + inputs.sequences, spec.kvHeads(), 1);
    }

    private static int warpgroupSharedBytes(int headDim) {
        return 1_024 + 1_280 * headDim;
    }

    /** As the kernel's head says. */
    static int sharedBytes(int headDim, boolean fp8) {
        int keys = headDim <= 128 ? 64 : 32;
        int rowUnits = headDim / 8 | 1;
        int cached = fp8 ? 2 * (headDim / 16 | 1) + rowUnits : 2 * rowUnits;
        return 16 * (2 * keys * cached + (headDim > 128 ? ROWS * rowUnits : 0));
    }
}
