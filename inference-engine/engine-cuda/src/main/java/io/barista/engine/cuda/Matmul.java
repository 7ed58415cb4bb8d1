package io.barista.engine.cuda;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Multiplies by dense weights: few rows by our own kernel, which reads the weights once at full bandwidth, many by cuBLASLt. */
final class Matmul implements AutoCloseable {

    private final BlasLibrary library;
    private final MatmulPlanner planner;
    private final @Nullable Gemv gemv;
    private final Map<Long, MatmulShape> shapes = new HashMap<>();

    Matmul(Element element, BlasLibrary library, @Nullable Gemv gemv) {
        this.library = library;
        this.planner = new MatmulPlanner(element, library);
        this.gemv = gemv;
    }

    /** Shared by all matrices of that shape. */
    MatmulShape shape(int outputs, int inputs) {
        return shapes.computeIfAbsent(((long) outputs << 32) | inputs, _ -> new MatmulShape(outputs, inputs));
    }

    /** @param floatOut whether the output is float32, without a bias */
    void multiply(CudaMatrix w, @Nullable CudaVector bias, long x, int rows, long out, boolean floatOut) {
        if (gemv != null && gemv.takes(rows, w.inputs())) {
            gemv.multiply(w, bias, x, rows, out, floatOut);
        } else if (rows > 0) {
            multiplyMany(w.shape(), w.address(), bias, x, rows, out, floatOut);
        }
    }

    /** sum += x·Wᵀ + b, rounded once. */
    void add(CudaMatrix w, @Nullable CudaVector bias, long x, int rows, long sum) {
        if (gemv != null && gemv.takes(rows, w.inputs())) {
            gemv.add(w, bias, x, rows, sum);
        } else if (rows > 0) {
            addMany(w.shape(), w.address(), bias, x, rows, sum);
        }
    }

    /** Null where the product of so many normalised rows is more than one launch. */
    @Nullable
    NormProducts<CudaMatrix> inOneLaunch(CudaMatrix w, int rows) {
        return gemv != null && gemv.takesNorm(rows, w.inputs()) ? gemv : null;
    }

    /** By cuBLASLt. */
    void multiplyMany(MatmulShape shape, long weights, @Nullable CudaVector bias, long x, int rows, long out,
            boolean floatOut) {
        multiply(shape, MatmulKind.of(bias != null, false, floatOut), weights, bias == null ? 0 : bias.rounded(), x,
                rows, out);
    }

    /** As {@link #multiplyMany}, added to what is there. */
    void addMany(MatmulShape shape, long weights, @Nullable CudaVector bias, long x, int rows, long sum) {
        multiply(shape, MatmulKind.of(bias != null, true, false), weights, bias == null ? 0 : bias.rounded(), x, rows,
                sum);
    }

    private void multiply(MatmulShape shape, MatmulKind kind, long weights, long bias, long x, int rows, long out) {
        MatmulPlan plan = shape.plan(kind, rows);
        if (plan == null) {
            plan = planner.plan(shape, kind, rows, new MatmulPlanner.Operands(weights, x, bias, out));
            shape.keep(kind, rows, plan);
        }
        library.multiply(plan, weights, x, bias, out, kind.isAdded());
    }

    @Override
    public void close() {
        shapes.values().forEach(MatmulShape::close);
        planner.close();
    }
}
