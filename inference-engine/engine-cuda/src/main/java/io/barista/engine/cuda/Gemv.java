package io.barista.engine.cuda;

import org.jspecify.annotations.Nullable;

/** {@code gemv.cu}: a few rows times a matrix at the speed at which the matrix can be read. */
final class Gemv {

    /** From here on cuBLASLt is as fast. */
    private static final int MOST_ROWS = 4;

    private static final int RING_STAGE = 16_384;
    private static final int PARTIALS = 8_704;
    private static final int SINGLE_STAGES = 10;
    private static final int SINGLE_STAGED_LIMIT = 56 << 10;
    private static final int SEVERAL_STAGES = 7;
    private static final int SEVERAL_STAGED_LIMIT = 100 << 10;

    private static final int TO_ELEMENTS = 0;
    private static final int TO_FLOATS = 1;

    private final Kernel single;
    private final Kernel several;
    private final int blocks;

    Gemv(KernelLoader loader, int multiprocessors) {
        this.single = loader.load("gemv", "gemv_1", 256);
        this.several = loader.load("gemv", "gemv_8", 256);
        this.blocks = multiprocessors;
    }

    boolean takes(int rows, int inputs) {
        return rows >= 1 && rows <= MOST_ROWS && inputs % 8 == 0;
    }

    void multiply(CudaMatrix w, @Nullable CudaVector bias, long x, int rows, long out, boolean floatOut) {
        Kernel kernel = rows == 1 ? single : several;
        kernel.sharedMemory(sharedBytes(rows, w.inputs()));
        kernel.pointer(w.address()).pointer(bias == null ? 0 : bias.address()).pointer(x).pointer(0).pointer(out)
                .integer(rows).integer(w.outputs()).integer(w.inputs()).integer(floatOut ? TO_FLOATS : TO_ELEMENTS)
                .integer(0).pointer(0).real(0).launch(blocks, 1, 1);
    }

    /** As the kernel's head says. */
    private static int sharedBytes(int rows, int inputs) {
        int staged = rows * (Math.ceilDiv(inputs, 64) * 64 + 32) * 2;
        int stages = rows == 1 ? SINGLE_STAGES : SEVERAL_STAGES;
        int limit = rows == 1 ? SINGLE_STAGED_LIMIT : SEVERAL_STAGED_LIMIT;
        return stages * RING_STAGE + PARTIALS + (staged <= limit ? staged : 0);
    }
}
