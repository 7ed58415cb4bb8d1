package io.barista.engine.cuda;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.HeadsInCache;
import org.jspecify.annotations.Nullable;

/**
 * {@code gemv.cu}: a few rows times a matrix at the speed at which the matrix can be read, with what stands before and after the
 * product in the same launch. Addresses of what is left out are 0.
 */
final class Gemv implements NormProducts<CudaMatrix> {

    private static final int MOST_ROWS = 8;

    private final Kernel single;
    private final Kernel several;
    private final Kernel singleToCache;
    private final Kernel severalToCache;
    private final int mostShared;
    private final int blocks;

    /** How much of a multiprocessor's shared memory a kernel takes, as its head says. */
    enum Form {

        /** For one row. */
        SINGLE(10, 56 << 10),
        /** For one row whose keys and values go to the cache. */
        SINGLE_TO_CACHE(7, 56 << 10),
        /** For a few rows, or one where there is less shared memory. */
        SEVERAL(7, 100 << 10);

        private static final int RING_STAGE = 16_384;
        private static final int PARTIALS = 8_704;

        private final int stages;
        private final int stagedLimit;

        Form(int stages, int stagedLimit) {
            this.stages = stages;
            this.stagedLimit = stagedLimit;
        }

        /** Of a product into a buffer. */
        static Form of(int rows, int inputs, int mostShared) {
            return rows == 1 && SINGLE.sharedBytes(rows, inputs) <= mostShared ? SINGLE : SEVERAL;
        }

        static Form toCache(int rows) {
            return rows == 1 ? SINGLE_TO_CACHE : SEVERAL;
        }

        boolean stages(int rows, int inputs) {
            return stagedBytes(rows, inputs) <= stagedLimit;
        }

        int sharedBytes(int rows, int inputs) {
            return stages * RING_STAGE + PARTIALS + (stages(rows, inputs) ? stagedBytes(rows, inputs) : 0);
        }

        private static int stagedBytes(int rows, int inputs) {
            return rows * (Math.ceilDiv(inputs, 64) * 64 + 32) * 2;
        }
    }

    Gemv(KernelLoader loader, int multiprocessors) {
        this.mostShared = loader.device().dynamicSharedBytes();
        this.single = loader.load("gemv", "gemv_1", 256);
        this.several = loader.load("gemv", "gemv_8", 256);
        this.singleToCache = loader.load("gemv", "gemv_qkv_1", 256);
        this.severalToCache = loader.load("gemv", "gemv_qkv_8", 256);
        this.blocks = multiprocessors;
    }

    /** Whether it is the fastest way: with more rows, or rows too long for shared memory, cuBLASLt is as fast. */
    boolean takes(int rows, int inputs) {
        return takes(rows, inputs, mostShared);
    }

    static boolean takes(int rows, int inputs, int mostShared) {
        Form form = Form.of(rows, inputs, mostShared);
        return rows >= 1 && rows <= MOST_ROWS && inputs % 8 == 0 && (rows == 1 || form.stages(rows, inputs))
                && form.sharedBytes(rows, inputs) <= mostShared;
    }

    /** Whether rows can be normalised on the way. */
    boolean takesNorm(int rows, int inputs) {
        return takesNorm(rows, inputs, mostShared);
    }

    static boolean takesNorm(int rows, int inputs, int mostShared) {
        Form toCache = Form.toCache(rows);
        return takes(rows, inputs, mostShared) && Form.of(rows, inputs, mostShared).stages(rows, inputs)
                && toCache.stages(rows, inputs) && toCache.sharedBytes(rows, inputs) <= mostShared;
    }

    void multiply(CudaMatrix w, @Nullable CudaVector bias, long x, int rows, long out, boolean floatOut) {
        launch(w, bias, x, 0, out, rows, ProductOutput.of(floatOut), 0, null, 0);
    }

    void add(CudaMatrix w, @Nullable CudaVector bias, long x, int rows, long sum) {
        launch(w, bias, x, sum, sum, rows, ProductOutput.ELEMENTS, 0, null, 0);
    }

    @Override
    public void normMultiply(CudaMatrix w, @Nullable CudaVector bias, long x, CudaVector norm, float eps, int rows,
            long out,
            boolean floatOut) {
        launch(w, bias, x, 0, out, rows, ProductOutput.of(floatOut), 0, norm, eps);
    }

    @Override
    public void normMultiplyGated(CudaMatrix w, @Nullable CudaVector bias, long x, CudaVector norm, float eps,
            Activation activation, int rows, long out) {
        launch(w, bias, x, 0, out, rows, ProductOutput.GATED, RowKernels.code(activation), norm, eps);
    }

    private void launch(CudaMatrix w, @Nullable CudaVector bias, long x, long addend, long out, int rows,
            ProductOutput output, int activation, @Nullable CudaVector norm, float eps) {
        Form form = Form.of(rows, w.inputs(), mostShared);
        Kernel kernel = form == Form.SINGLE ? single : several;
        kernel.sharedMemory(form.sharedBytes(rows, w.inputs()));
        kernel.pointer(w.address()).pointer(bias == null ? 0 : bias.address()).pointer(x).pointer(addend).pointer(out)
                .integer(rows).integer(w.outputs()).integer(w.inputs()).integer(output.mode()).integer(activation)
                .pointer(norm == null ? 0 : norm.address()).real(eps).launch(blocks, 1, 1);
    }

    @Override
    public void normMultiplyToCache(CudaMatrix w, @Nullable CudaVector bias, long x, CudaVector norm, float eps,
            int rows,
            long out, HeadsInCache heads, StepMemory step) {
        Kernel kernel = rows == 1 ? singleToCache : severalToCache;
        kernel.sharedMemory(Form.toCache(rows).sharedBytes(rows, w.inputs()));
        kernel.pointer(w.address()).pointer(bias == null ? 0 : bias.address()).pointer(x).pointer(out).integer(rows)
                .integer(w.inputs()).pointer(norm.address()).real(eps);
        WholeHeads.give(kernel, heads, step).launch(blocks, 1, 1);
    }
}
