package io.barista.engine.cuda;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.StepInputs;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attention over a paged cache of one head size. Sequences with one query and sequences with several have a kernel each, which skips
 * the others', so a mixed step launches both; float32 and heads of odd sizes have one kernel that is plain.
 */
final class PagedAttention {

    private static final Logger LOG = LoggerFactory.getLogger(PagedAttention.class);

    /** The tensor cores' kernels copy heads, and those of the cache, 16 bytes at a time and hold them in shared memory. */
    private static final int HEAD_MULTIPLE = 8;
    private static final int FP8_HEAD_MULTIPLE = 16;

    private static final int LARGEST_HEAD = 256;

    /** fp8 caches are scaled; others are stored as they are. */
    private static final float NO_SCALE = 1;

    private final Kernel plain;
    private final @Nullable DecodeAttention decode;
    private final @Nullable PrefillAttention prefill;

    PagedAttention(KernelLoader loader, Map<String, Integer> macros, Element element, int headDim, int multiprocessors,
            DeviceMemory memory, Stream stream) {
        this.plain = loader.load("attention_plain", "attention_plain", 128, macros);
        int multiple = macros.getOrDefault("KV_FP8", 0) == 1 ? FP8_HEAD_MULTIPLE : HEAD_MULTIPLE;
        boolean suits = headDim % multiple == 0 && headDim <= LARGEST_HEAD;
        boolean fits = fits(headDim, multiple == FP8_HEAD_MULTIPLE, loader.device().dynamicSharedBytes());
        boolean onTensorCores = element != Element.FLOAT32 && suits && fits;
        if (element != Element.FLOAT32 && !suits) {
            LOG.info("attention without tensor cores, which need heads of a multiple of {} up to {}, not of {}",
                    multiple, LARGEST_HEAD, headDim);
        } else if (element != Element.FLOAT32 && !fits) {
            LOG.info(
                    "attention without tensor cores: heads of {} need more shared memory than the {} KiB of this device",
                    headDim, loader.device().blockSharedBytes() >> 10);
        }
        this.decode = onTensorCores
                ? new DecodeAttention(loader, macros, headDim, multiprocessors, memory, stream)
                : null;
        this.prefill = onTensorCores ? new PrefillAttention(loader, macros, headDim) : null;
    }

    static boolean fits(int headDim, boolean fp8, int mostShared) {
        return DecodeAttention.stages(headDim, fp8, mostShared) > 0
                && PrefillAttention.sharedBytes(headDim, fp8) <= mostShared;
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
