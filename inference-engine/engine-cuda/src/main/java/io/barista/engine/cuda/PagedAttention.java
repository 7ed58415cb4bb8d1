package io.barista.engine.cuda;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.StepInputs;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Attention over a paged cache of one head size. Sequences with one query and sequences with several have a kernel each, which skips
 * the others', so a mixed step launches both; float32 has one kernel that is plain.
 */
final class PagedAttention {

    /** fp8 caches are scaled; others are stored as they are. */
    private static final float NO_SCALE = 1;

    private final Kernel plain;
    private final @Nullable DecodeAttention decode;
    private final @Nullable PrefillAttention prefill;

    PagedAttention(KernelLoader loader, Map<String, Integer> macros, Element element, int headDim, int multiprocessors,
            DeviceMemory memory, Stream stream) {
        this.plain = loader.load("attention_plain", "attention_plain", 128, macros);
        this.decode = element == Element.FLOAT32
                ? null
                : new DecodeAttention(loader, macros, headDim, multiprocessors, memory, stream);
        this.prefill = element == Element.FLOAT32 ? null : new PrefillAttention(loader, macros, headDim);
    }

    void attend(long qkv, AttentionSpec spec, long layer, StepInputs inputs, StepMemory step, long out) {
        if (decode != null && prefill != null) {
            decode.attend(qkv, spec, layer, inputs, step, out);
            if (inputs.tokens > inputs.sequences) {
                prefill.attend(qkv, spec, layer, inputs, step, out);
            }
        } else {
            plain.pointer(qkv).pointer(layer).pointer(step.queryStarts()).pointer(step.contextLengths())
                    .pointer(step.blockTables()).integer(inputs.maxBlocksPerSequence()).integer(inputs.sequences)
                    .integer(spec.heads()).integer(spec.kvHeads()).real(spec.scale()).integer(spec.window())
                    .real(spec.softCap()).real(NO_SCALE).real(NO_SCALE).pointer(out)
                    .launch(inputs.tokens, spec.heads(), 1);
        }
    }
}
