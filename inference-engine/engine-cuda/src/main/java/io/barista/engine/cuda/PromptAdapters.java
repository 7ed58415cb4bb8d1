package io.barista.engine.cuda;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AdapterShape;

/** What adapters add where rows are many: kernels that read and write each row of a product once. Elements have 16 bits. */
final class PromptAdapters {

    private static final int SHRINK_BLOCK = 256;
    private static final int HALVES = 2; // of a tile, each a block's
    private static final int STAGE_BYTES = 32_768;
    private static final int SHRINK_BYTES = 33_792; // of shared memory, beside stages
    private static final int MANY_STAGES = 4;
    private static final int FEW_STAGES = 2;
    private static final int EXPAND_BLOCK = 256;
    private static final int EXPAND_OUTPUTS = 2_048; // of a block

    private final Kernel shrink;
    private final Kernel expand;
    private final Kernel[] gated; // by the activation's code
    private final int stages;

    /** @param beside where x is multiplied by A */
    PromptAdapters(KernelLoader loader, Stream stream, Stream beside) {
        this.shrink = loader.loadBeside("lora_shrink_prompts", "lora_shrink_prompts", SHRINK_BLOCK, beside);
        this.expand = loader.loadBeside("lora_expand_prompts", "lora_expand_prompts", EXPAND_BLOCK, stream);
        this.gated = new Kernel[Activation.values().length];
        for (Activation activation : Activation.values()) {
            gated[RowKernels.code(activation)] = loader.loadBeside("lora_expand_prompts", function(activation),
                    EXPAND_BLOCK, stream);
        }
        this.stages = stages(loader.device().dynamicSharedBytes());
        shrink.sharedMemory(stages * STAGE_BYTES);
    }

    private static String function(Activation activation) {
        return switch (activation) {
            case SILU -> "lora_expand_silu";
            case GELU -> "lora_expand_gelu";
            case GELU_TANH -> "lora_expand_gelu_tanh";
        };
    }

    static int stages(int mostShared) {
        return MANY_STAGES * STAGE_BYTES + SHRINK_BYTES <= mostShared ? MANY_STAGES : FEW_STAGES;
    }

    /**
     * @param depth inputs that are added up at a time
     * @param h     of each row and rank 4 bytes
     */
    void shrink(CudaAdapterMatrix matrix, AdapterRows rows, int depth, long x, long h) {
        AdapterShape shape = matrix.shape();
        shrink.pointer(matrix.a()).pointer(matrix.ranks()).pointer(matrix.scales()).pointer(x).pointer(rows.tiles())
                .pointer(rows.order()).integer(shape.parts()).integer(matrix.rank()).integer(shape.inputs())
                .integer(depth).integer(stages).pointer(h)
                .launch(HALVES * shape.parts() * matrix.rank() / CudaAdapterMatrix.RANK_MULTIPLE, rows.tileCount(), 1);
    }

    void expand(CudaAdapterMatrix matrix, AdapterRows rows, long h, long out) {
        AdapterShape shape = matrix.shape();
        expand.pointer(matrix.b()).pointer(matrix.ranks()).pointer(matrix.starts()).pointer(h).pointer(rows.tiles())
                .pointer(rows.order()).integer(shape.parts()).integer(matrix.rank()).pointer(out)
                .launch(Math.ceilDiv(matrix.widest(), EXPAND_OUTPUTS), rows.tileCount(), shape.parts());
    }

    void expandGated(CudaAdapterMatrix matrix, AdapterRows rows, long h, long gateUp, Activation activation, long out) {
        gated[RowKernels.code(activation)].pointer(matrix.b()).pointer(matrix.ranks()).pointer(h)
                .pointer(rows.tiles()).pointer(rows.order()).integer(matrix.rank()).pointer(gateUp)
                .integer(matrix.widest()).pointer(out)
                .launch(Math.ceilDiv(matrix.widest(), EXPAND_OUTPUTS), rows.tileCount(), 1);
    }
}
