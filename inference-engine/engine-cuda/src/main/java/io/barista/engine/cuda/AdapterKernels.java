package io.barista.engine.cuda;

import io.barista.engine.backend.AdapterShape;

/**
 * What adapters add to a product, in two launches. The first needs the product's inputs only and so runs beside the product, on a
 * stream of its own; the second adds to what the product has written.
 */
final class AdapterKernels implements AutoCloseable {

    private static final int DEPTH = 1_024; // inputs of a split
    private static final int EXPAND_OUTPUTS = 512; // of a block
    private static final int PLAIN_OUTPUTS = 256;
    private static final int PLAIN_BLOCK = 256;

    private final DeviceMemory memory;
    private final Stream stream;
    private final Stream beside = new Stream();
    private final StreamEvent inputsReady = new StreamEvent();
    private final StreamEvent shrunk = new StreamEvent();
    private final boolean plain;
    private final Kernel[] shrink; // for small tiles, for large ones
    private final Kernel[] expand;

    private long sumsOfRow; // floats of the largest matrix
    private long sums;
    private long room;

    AdapterKernels(KernelLoader loader, Element element, DeviceMemory memory, Stream stream) {
        this.memory = memory;
        this.stream = stream;
        this.plain = element == Element.FLOAT32;
        this.shrink = plain
                ? both(loader.loadBeside("lora_plain", "lora_shrink", PLAIN_BLOCK, beside))
                : new Kernel[]{loader.loadBeside("lora_shrink", "lora_shrink_16", 256, beside),
                    loader.loadBeside("lora_shrink", "lora_shrink_64", 256, beside)};
        this.expand = plain
                ? both(loader.loadBeside("lora_plain", "lora_expand", PLAIN_BLOCK, stream))
                : new Kernel[]{loader.loadBeside("lora_expand", "lora_expand_16", 128, stream),
                    loader.loadBeside("lora_expand", "lora_expand_64", 128, stream)};
    }

    private static Kernel[] both(Kernel kernel) {
        return new Kernel[]{kernel, kernel};
    }

    /** To be called for every matrix before the first step, which allocates room for sums. */
    void serve(CudaAdapterMatrix matrix) {
        sumsOfRow = Math.max(sumsOfRow, (long) splits(matrix) * matrix.shape().parts() * matrix.rank());
    }

    private static int splits(CudaAdapterMatrix matrix) {
        return Math.ceilDiv(matrix.shape().inputs(), DEPTH);
    }

    /**
     * Starts to multiply x by A, once everything that was queued so far is done.
     *
     * @param mostRows of any product
     */
    void shrink(CudaAdapterMatrix matrix, AdapterRows rows, int mostRows, long x) {
        requireRoom(mostRows);
        AdapterShape shape = matrix.shape();
        inputsReady.record(stream);
        inputsReady.await(beside);
        ofSize(shrink, rows).pointer(matrix.a()).pointer(matrix.ranks()).pointer(x).pointer(rows.tiles())
                .pointer(rows.order()).integer(rows.count()).integer(shape.parts()).integer(matrix.rank())
                .integer(shape.inputs()).integer(DEPTH).pointer(sums)
                .launch(shape.parts() * matrix.rank() / CudaAdapterMatrix.RANK_MULTIPLE, rows.tileCount(),
                        splits(matrix));
        shrunk.record(beside);
    }

    /** Adds the product of B and what {@link #shrink} made, which was called last for the same matrix. */
    void expand(CudaAdapterMatrix matrix, AdapterRows rows, long out) {
        AdapterShape shape = matrix.shape();
        shrunk.await(stream);
        Kernel kernel = ofSize(expand, rows);
        kernel.sharedMemory(plain ? 0 : AdapterTiles.tileRows(rows.count()) * (matrix.rank() + 16) * 4);
        kernel.pointer(matrix.b()).pointer(matrix.ranks()).pointer(matrix.scales()).pointer(matrix.starts())
                .pointer(sums).integer(splits(matrix)).pointer(rows.tiles()).pointer(rows.order())
                .integer(rows.count()).integer(shape.parts()).integer(matrix.rank()).pointer(out)
                .launch(Math.ceilDiv(matrix.widest(), plain ? PLAIN_OUTPUTS : EXPAND_OUTPUTS), rows.tileCount(),
                        shape.parts());
    }

    private static Kernel ofSize(Kernel[] kernels, AdapterRows rows) {
        return kernels[AdapterTiles.tileRows(rows.count()) == AdapterTiles.tileRows(1) ? 0 : 1];
    }

    /** Once, at the first step: then the largest step is known. */
    private void requireRoom(int rows) {
        long needed = rows * sumsOfRow;
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
