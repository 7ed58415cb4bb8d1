package io.barista.engine.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.bytedeco.cuda.cublas.cublasLtContext;
import org.bytedeco.cuda.cublas.cublasLtMatmulAlgo_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulDescOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatrixLayoutOpaque_t;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** cuBLASLt: a handle, its workspace and the calls that are made. Confined to the thread that opened the device. */
final class BlasLibrary implements AutoCloseable {

    /** What NVIDIA recommends for Hopper; split-k algorithms use it. */
    private static final long WORKSPACE_BYTES = 64L << 20;

    private final cublasLtContext handle = new cublasLtContext();
    private final Stream stream;
    private final Arena arena = Arena.ofConfined();
    private final BlasAlgorithms algorithms = new BlasAlgorithms(handle, WORKSPACE_BYTES);
    private final Address workspace;
    private final Address one;
    private final Address zero;
    private final MemorySegment cell = arena.allocate(8, 8);
    private final Address cellPointer = new Address().at(cell.address());

    private final Address a = new Address();
    private final Address b = new Address();
    private final Address d = new Address();

    BlasLibrary(Stream stream, DeviceMemory memory) {
        this.stream = stream;
        check("cublasLtCreate", cublas.cublasLtCreate(handle));
        this.workspace = new Address().at(memory.allocate("cuBLASLt's workspace", WORKSPACE_BYTES));
        this.one = new Address().at(arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1f).address());
        this.zero = new Address().at(arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0f).address());
    }

    BlasAlgorithms algorithms() {
        return algorithms;
    }

    Stream stream() {
        return stream;
    }

    /**
     * A product xᵀ·W as the library sees it, in columns: A is W [inputs, outputs] transposed, B is x [inputs, rows]. It is computed as the
     * library itself thinks fastest.
     */
    MatmulPlan plan(int outputs, int inputs, int rows, Element element, MatmulKind kind) {
        cublasLtMatmulDescOpaque_t operation = operation();
        set(operation, cublas.CUBLASLT_MATMUL_DESC_TRANSA, cublas.CUBLAS_OP_T);
        int outType = (kind == MatmulKind.TO_FLOATS ? Element.FLOAT32 : element).blasType();
        if (kind.isBiased()) {
            set(operation, cublas.CUBLASLT_MATMUL_DESC_EPILOGUE, cublas.CUBLASLT_EPILOGUE_BIAS);
            set(operation, cublas.CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE, outType);
        }
        cublasLtMatrixLayoutOpaque_t weights = layout(element.blasType(), inputs, outputs);
        cublasLtMatrixLayoutOpaque_t x = layout(element.blasType(), inputs, rows);
        cublasLtMatrixLayoutOpaque_t out = layout(outType, outputs, rows);
        return new MatmulPlan(operation, weights, x, out,
                algorithms.suggested(operation, weights, x, out, 1).getFirst());
    }

    /** At most so many ways to compute it, beginning with the plan's own. */
    List<cublasLtMatmulAlgo_t> suggested(MatmulPlan plan, int most) {
        return algorithms.suggested(plan.operation(), plan.weights(), plan.x(), plan.out(), most);
    }

    /**
     * @param bias address, 0 without
     * @param add  whether the product is added to what is in {@code out}
     */
    void multiply(MatmulPlan plan, long weights, long x, long bias, long out, boolean add) {
        stream.requireTaking("a product by cuBLASLt");
        if (bias != 0) {
            cell.set(ValueLayout.JAVA_LONG, 0, bias);
            check("cublasLtMatmulDescSetAttribute", cublas.cublasLtMatmulDescSetAttribute(plan.operation(),
                    cublas.CUBLASLT_MATMUL_DESC_BIAS_POINTER, cellPointer, Long.BYTES));
        }
        d.at(out);
        check("cublasLtMatmul", cublas.cublasLtMatmul(handle, plan.operation(), one, a.at(weights), plan.weights(),
                b.at(x), plan.x(), add ? one : zero, d, plan.out(), d, plan.out(), plan.algorithm(), workspace,
                WORKSPACE_BYTES,
                stream.handle()));
    }

    private cublasLtMatmulDescOpaque_t operation() {
        try (PointerPointer<Pointer> out = new PointerPointer<>(1)) {
            // float32 sums of exact products; never TensorFloat-32.
            check("cublasLtMatmulDescCreate", cublas.cublasLtMatmulDescCreate(out, cublas.CUBLAS_COMPUTE_32F,
                    Element.FLOAT32.blasType()));
            return new cublasLtMatmulDescOpaque_t(out.get(Pointer.class, 0));
        }
    }

    private void set(cublasLtMatmulDescOpaque_t operation, int attribute, int value) {
        cell.set(ValueLayout.JAVA_INT, 0, value);
        check("cublasLtMatmulDescSetAttribute",
                cublas.cublasLtMatmulDescSetAttribute(operation, attribute, cellPointer, Integer.BYTES));
    }

    private static cublasLtMatrixLayoutOpaque_t layout(int type, int rows, int columns) {
        try (PointerPointer<Pointer> out = new PointerPointer<>(1)) {
            check("cublasLtMatrixLayoutCreate", cublas.cublasLtMatrixLayoutCreate(out, type, rows, columns, rows));
            return new cublasLtMatrixLayoutOpaque_t(out.get(Pointer.class, 0));
        }
    }

    static void check(String call, int code) {
        if (code != 0) {
            throw new DeviceFailure(call, code, "a cublasStatus_t");
        }
    }

    @Override
    public void close() {
        check("cublasLtDestroy", cublas.cublasLtDestroy(handle));
        arena.close();
    }
}
