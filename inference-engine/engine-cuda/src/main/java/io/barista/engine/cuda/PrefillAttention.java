package io.barista.engine.cuda;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.StepInputs;
import java.util.Map;

/** {@code attention_prefill.cu}: several queries per sequence, on tensor cores; leaves single queries to {@link DecodeAttention}. */
final class PrefillAttention {

    private static final float NO_SCALE = 1;
    private static final int ROWS = 128;
    private static final int LEAST_QUERIES = 2;

    private final Kernel kernel;

    PrefillAttention(KernelLoader loader, Map<String, Integer> macros, int headDim) {
        this.kernel = loader.load("attention_prefill", "attention_prefill", 256, macros);
        kernel.sharedMemory(sharedBytes(headDim));
    }

    void attend(long qkv, AttentionSpec spec, long layer, StepInputs inputs, StepMemory step, long out) {
        int group = spec.heads() / spec.kvHeads();
        kernel.pointer(qkv).pointer(layer).pointer(step.queryStarts()).pointer(step.contextLengths())
                .pointer(step.blockTables()).integer(inputs.maxBlocksPerSequence()).integer(inputs.sequences)
                .integer(spec.heads()).integer(spec.kvHeads()).real(spec.scale()).integer(spec.window())
                .real(spec.softCap()).real(NO_SCALE).real(NO_SCALE).integer(LEAST_QUERIES).pointer(out)
                .launch(Math.ceilDiv(inputs.tokens * group, ROWS) + inputs.sequences, spec.kvHeads(), 1);
    }

    /** As the kernel's head says. */
    private static int sharedBytes(int headDim) {
        int keys = headDim <= 128 ? 64 : 32;
        int rowUnits = headDim / 8 | 1;
        return 16 * (2 * 2 * keys * rowUnits + (headDim > 128 ? ROWS * rowUnits : 0));
    }
}
