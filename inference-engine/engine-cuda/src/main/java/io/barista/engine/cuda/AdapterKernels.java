package io.barista.engine.cuda;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AdapterShape;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What adapters add to a product, in two launches. The first needs the product's inputs only and so runs beside the product, on a
 * stream of its own and on the multiprocessors that the product leaves; the second adds to what the product has written.
 */
final class AdapterKernels implements AutoCloseable {

    private static final int DEPTH = 1_024; // inputs of a split
    private static final int EXPAND_OUTPUTS = 256; // of a block
    private static final int SPLIT_BYTES = 512; // of shared memory
    private static final int PLAIN_BLOCK = 256;

    private final DeviceMemory memory;
    private final Stream stream;
    private final Stream beside = new Stream();
    private final StreamEvent inputsReady = new StreamEvent();
    private final StreamEvent shrunk = new StreamEvent();
    private final boolean plain;
    private final Kernel shrink;
    private final Kernel expand;
    private final @Nullable Kernel expandGated;
    private final @Nullable PromptAdapters prompts; // for large tiles, where the kernels are not plain

    private long sumsOfRow; // floats of the largest matrix, split by split
    private long wholeSumsOfRow;
    private long sums;
    private long room;

    AdapterKernels(KernelLoader loader, Element element, DeviceMemory memory, Stream stream) {
        this.memory = memory;
        this.stream = stream;
        this.plain = element == Element.FLOAT32;
        this.shrink = plain
                ? loader.loadBeside("lora_plain", "lora_shrink", PLAIN_BLOCK, beside)
                : loader.loadBeside("lora_shrink", "lora_shrink_8", 256, beside);
        this.expand = plain
                ? loader.loadBeside("lora_plain", "lora_expand", PLAIN_BLOCK, stream)
                : loader.loadBeside("lora_expand_8", "lora_expand_8", 128, stream);
        this.expandGated = plain ? null : loader.loadBeside("lora_expand_8", "lora_expand_gated_8", 128, stream);
        this.prompts = plain ? null : new PromptAdapters(loader, stream, beside);
    }

    /** To be called for every matrix before the first step, which allocates room for sums. */
    void serve(CudaAdapterMatrix matrix) {
        long ranks = (long) matrix.shape().parts() * matrix.rank();
        sumsOfRow = Math.max(sumsOfRow, splits(matrix) * ranks);
        wholeSumsOfRow = Math.max(wholeSumsOfRow, ranks);
    }

    private static int splits(CudaAdapterMatrix matrix) {
        return Math.ceilDiv(matrix.shape().inputs(), DEPTH);
    }

    /** What {@link #shrink} multiplies is there once all that is queued so far is done: to be called before the product is queued. */
    void inputsAreQueued() {
        inputsReady.record(stream);
    }

    /**
     * Multiplies x by A beside the product that was queued since {@link #inputsAreQueued}. It is queued behind the product: its blocks would
     * take multiprocessors that the product's then wait for.
     *
     * @param mostRows of any product
     */
    void shrink(CudaAdapterMatrix matrix, AdapterRows rows, int mostRows, long x) {
        requireRoom(mostRows);
        inputsReady.await(beside);
        if (prompts != null && !isSmall(rows)) {
            prompts.shrink(matrix, rows, DEPTH, x, sums);
        } else {
            shrinkFew(matrix, rows, x);
        }
        shrunk.record(beside);
    }

    private void shrinkFew(CudaAdapterMatrix matrix, AdapterRows rows, long x) {
        AdapterShape shape = matrix.shape();
        shrink.pointer(matrix.a()).pointer(matrix.ranks()).pointer(x).pointer(rows.tiles())
                .pointer(rows.order()).integer(rows.count()).integer(shape.parts()).integer(matrix.rank())
                .integer(shape.inputs()).integer(DEPTH).pointer(sums)
                .launch(shape.parts() * matrix.rank() / CudaAdapterMatrix.RANK_MULTIPLE, rows.tileCount(),
                        splits(matrix));
    }

    /** Adds the product of B and what {@link #shrink} made, which was called last for the same matrix. */
    void expand(CudaAdapterMatrix matrix, AdapterRows rows, long out) {
        shrunk.await(stream);
        if (prompts != null && !isSmall(rows)) {
            prompts.expand(matrix, rows, sums, out);
            return;
        }
        AdapterShape shape = matrix.shape();
        expand.sharedMemory(plain ? 0 : splits(matrix) * SPLIT_BYTES);
        expand.pointer(matrix.b()).pointer(matrix.ranks()).pointer(matrix.scales()).pointer(matrix.starts())
                .pointer(sums).integer(splits(matrix)).pointer(rows.tiles()).pointer(rows.order())
                .integer(rows.count()).integer(shape.parts()).integer(matrix.rank()).pointer(out)
                .launch(Math.ceilDiv(matrix.widest(), EXPAND_OUTPUTS), rows.tileCount(), shape.parts());
    }

    /** Whether {@link #expandGated} takes a matrix. */
    boolean gates(CudaAdapterMatrix matrix) {
        return expandGated != null && matrix.shape().parts() == 2
                && matrix.shape().width() == 2 * matrix.widest();
    }

    /** As {@link #expand} of gate and up, whose sums are not written: the gated activation of them is. */
    void expandGated(CudaAdapterMatrix matrix, AdapterRows rows, long gateUp, Activation activation, long out) {
        shrunk.await(stream);
        if (prompts != null && !isSmall(rows)) {
            prompts.expandGated(matrix, rows, sums, gateUp, activation, out);
            return;
        }
        Kernel kernel = Objects.requireNonNull(expandGated, "elements of 16 bits");
        kernel.sharedMemory(2 * splits(matrix) * SPLIT_BYTES);
        kernel.pointer(matrix.b()).pointer(matrix.ranks()).pointer(matrix.scales()).pointer(matrix.starts())
                .pointer(sums).integer(splits(matrix)).pointer(rows.tiles()).pointer(rows.order())
                .integer(rows.count()).integer(matrix.rank()).pointer(gateUp).integer(RowKernels.code(activation))
                .pointer(out).launch(Math.ceilDiv(matrix.widest(), EXPAND_OUTPUTS), rows.tileCount(), 1);
    }

    private static boolean isSmall(AdapterRows rows) {
        return AdapterTiles.tileRows(rows.count()) == AdapterTiles.tileRows(1);
    }

    /** Once, at the first step: then the largest step is known. */
    private void requireRoom(int rows) {
        long needed = prompts == null
                ? rows * sumsOfRow
                : Math.max(AdapterTiles.mostInSmallTiles(rows) * sumsOfRow, rows * wholeSumsOfRow);
        if (needed > room) {
            sums = memory.allocate("adapters' sums", needed * 4);
            room = needed;
        }
    }

    @Override
    public void close() {
        beside.await();
        inputsReady.close();
        shrunk.close();
        beside.close();
    }
}
