package io.barista.engine.cuda;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.cuda.cublas.cublasLtMatmulAlgo_t;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides how cuBLASLt computes a product. Its own first suggestion is up to a tenth slower than another of its suggestions, so for products
 * that are worth it they are timed when such a product first occurs, on its own operands: those of long chunks of prompts, and those with
 * large matrices of full batches. Only algorithms that add up all inputs of a result in one go take part, where there is one: they give the same
 * bits, so that it does not matter to the results which of them won.
 */
final class MatmulPlanner implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MatmulPlanner.class);

    private static final int MOST_SUGGESTIONS = 8;
    private static final int MOST_ROUNDS = 4;

    /** Of the fastest so far; what is slower is not tried again. */
    private static final double PROMISING = 1.05;

    /** The library's own choice must be beaten by more than times vary. */
    private static final double CLEARLY = 0.98;

    /** Smaller matrices would be timed in the cache. */
    private static final long LARGE_BYTES = 64L << 20;

    /** Batches of such sizes are timed by themselves, for what suits 256 rows may not suit 250. */
    private static final int FULL_BATCH = 64;

    /** With so many, where the weights are does not matter, and an algorithm that suits some suits half as many more. */
    private static final int MANY_ROWS = 1_024;

    private final Element element;
    private final BlasLibrary library;
    private final CUevent_st began = Driver.createEvent(true);
    private final CUevent_st ended = Driver.createEvent(true);
    private final Map<Product, cublasLtMatmulAlgo_t> chosen = new HashMap<>();

    private record Product(int outputs, int inputs, int rows, MatmulKind kind) {}

    /** Where the operands of a product are. */
    record Operands(long weights, long x, long bias, long out) {}

    MatmulPlanner(Element element, BlasLibrary library) {
        this.element = element;
        this.library = library;
    }

    /** May write to the output, as the product will. */
    MatmulPlan plan(MatmulShape shape, MatmulKind kind, int rows, Operands operands) {
        MatmulPlan plan = library.plan(shape.outputs(), shape.inputs(), rows, element, kind);
        if (!isTimed(shape, kind, rows)) {
            return plan;
        }
        cublasLtMatmulAlgo_t fastest = chosen.computeIfAbsent(
                new Product(shape.outputs(), shape.inputs(), timedRows(rows), kind), key -> fastest(key, operands));
        if (!library.algorithms().suits(fastest, plan)) {
            return plan;
        }
        plan.algorithm().put(fastest);
        return plan;
    }

    /** What is added to its output cannot be tried out. */
    private boolean isTimed(MatmulShape shape, MatmulKind kind, int rows) {
        if (kind.isAdded() || element == Element.FLOAT32) {
            return false;
        }
        long bytes = (long) shape.outputs() * shape.inputs() * element.bytes();
        return rows >= MANY_ROWS || (rows % FULL_BATCH == 0 && bytes >= LARGE_BYTES);
    }

    /** The rows that products of so many are timed with: no more, for there is no memory behind them. */
    static int timedRows(int rows) {
        return rows < MANY_ROWS ? rows : Integer.highestOneBit(rows);
    }

    private cublasLtMatmulAlgo_t fastest(Product product, Operands operands) {
        try (MatmulPlan plan = library.plan(product.outputs, product.inputs, product.rows, element, product.kind)) {
            List<cublasLtMatmulAlgo_t> suggested = library.suggested(plan, MOST_SUGGESTIONS);
            double[] times = times(plan, suggested, operands);
            int best = best(times);
            cublasLtMatmulAlgo_t fastest = new cublasLtMatmulAlgo_t();
            fastest.put(suggested.get(best));
            LOG.debug("{}: suggestion {} of {}, {} ms instead of {}", product, best, times.length, times[best],
                    times[0]);
            suggested.forEach(cublasLtMatmulAlgo_t::close);
            return fastest;
        }
    }

    /** Milliseconds of each, infinite for what may not be chosen. Round by round, so that what the device does meanwhile meets all of them. */
    private double[] times(MatmulPlan plan, List<cublasLtMatmulAlgo_t> suggested, Operands operands) {
        double[] times = new double[suggested.size()];
        Arrays.fill(times, Double.POSITIVE_INFINITY);
        double least = Double.POSITIVE_INFINITY;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            for (int i = 0; i < times.length; i++) {
                boolean promising = round < 2 || i == 0 || times[i] <= least * PROMISING;
                if (promising && !BlasAlgorithms.splitsInputs(suggested.get(i))) {
                    double time = time(plan.by(suggested.get(i)), operands);
                    if (round > 0) { // the first loads kernels
                        times[i] = Math.min(times[i], time);
                        least = Math.min(least, time);
                    }
                }
            }
        }
        return times;
    }

    /** The library's own choice, unless it may not be chosen or another is clearly faster; its own where none may be. */
    static int best(double[] times) {
        int best = 0;
        double limit = times[0] * CLEARLY;
        for (int i = 1; i < times.length; i++) {
            if (times[i] < limit) {
                best = i;
                limit = times[i];
            }
        }
        return best;
    }

    private double time(MatmulPlan plan, Operands operands) {
        Driver.record(began, library.stream().handle());
        library.multiply(plan, operands.weights, operands.x, operands.bias, operands.out, false);
        Driver.record(ended, library.stream().handle());
        Driver.await(ended);
        return Driver.milliseconds(began, ended);
    }

    @Override
    public void close() {
        chosen.values().forEach(cublasLtMatmulAlgo_t::close);
        Driver.destroy(began);
        Driver.destroy(ended);
    }
}
