package io.barista.engine.cuda;

import io.barista.engine.backend.Activation;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Multiplies by quantised weights: up to some hundred rows by our own kernels, which read the codes once and compute with them exactly;
 * more by cuBLASLt, once the weights were written out as elements. So are float32, rows of codes that are not aligned and groups of
 * less than 32 inputs.
 */
final class QuantizedMatmul {

    /** Of inputs that have an order: reading codes that often takes as long as writing them out once and reading that. */
    private static final int MOST_ORDERED_ROWS = 32;

    private final KernelLoader loader;
    private final Element element;
    private final Matmul dense;
    private final ScratchMemory scratch;
    private final int multiprocessors;
    private final Map<WeightKind, Kernels> kernels = new EnumMap<>(WeightKind.class);

    private record Kernels(@Nullable QuantizedProducts[] products, Kernel dequantize, Kernel embed) {}

    QuantizedMatmul(KernelLoader loader, Element element, Matmul dense, ScratchMemory scratch, int multiprocessors) {
        this.loader = loader;
        this.element = element;
        this.dense = dense;
        this.scratch = scratch;
        this.multiprocessors = multiprocessors;
    }

    /** To be called for every matrix before the first product: compiles what it needs and notes how much memory. */
    void prepare(QuantizedMatrix w) {
        PackedWeights packed = w.packed();
        Kernels own = kernels.computeIfAbsent(packed.kind(), this::load);
        scratch.require((long) w.outputs() * w.inputs() * element.bytes());
        if (!isOurs(packed)) {
            return;
        }
        int place = QuantizedProducts.place(packed);
        if (own.products()[place] == null) {
            own.products()[place] = new QuantizedProducts(
                    new QuantizedGemv(loader, packed.kind(), packed.span(), element, multiprocessors),
                    new QuantizedTiles(loader, packed.kind(), packed.span(), element, multiprocessors, scratch));
        }
    }

    private Kernels load(WeightKind kind) {
        Map<String, Integer> macros = Map.of("WEIGHT", kind.macro());
        return new Kernels(QuantizedProducts.none(), loader.load("dequantize", "dequantize", 128, macros),
                loader.load("embed_quantized", "embed_quantized", 128, macros));
    }

    /** Null where the product of so many normalised rows is more than one launch. */
    @Nullable
    NormProducts<QuantizedMatrix> inOneLaunch(QuantizedMatrix w, int rows) {
        QuantizedProducts products = productsFor(w.packed());
        return products != null && rows <= rowsPerLaunch(w.packed()) ? products.few() : null;
    }

    /** Whether our own kernels are the fastest way for so many rows. */
    boolean takes(QuantizedMatrix w, int rows) {
        return few(w.packed(), rows) != null || many(w.packed(), rows) != null;
    }

    /** @param floatOut whether the output is float32, without a bias */
    void multiply(QuantizedMatrix w, @Nullable CudaVector bias, long x, int rows, long out, boolean floatOut) {
        QuantizedGemv few = few(w.packed(), rows);
        QuantizedTiles many = many(w.packed(), rows);
        if (few != null) {
            few.multiply(w.packed(), bias, x, rows, out, floatOut);
        } else if (many != null) {
            many.multiply(w.packed(), bias, x, rows, out, floatOut);
        } else if (rows > 0) {
            dense.multiplyMany(w.shape(), writtenOut(w.packed()), bias, x, rows, out, floatOut);
        }
    }

    /** sum += x·Wᵀ + b, rounded once. */
    void add(QuantizedMatrix w, @Nullable CudaVector bias, long x, int rows, long sum) {
        QuantizedGemv few = few(w.packed(), rows);
        QuantizedTiles many = many(w.packed(), rows);
        if (few != null) {
            few.add(w.packed(), bias, x, rows, sum);
        } else if (many != null) {
            many.add(w.packed(), bias, x, rows, sum);
        } else if (rows > 0) {
            dense.addMany(w.shape(), writtenOut(w.packed()), bias, x, rows, sum);
        }
    }

    /** Of a gate above an up projection: out: [rows, outputs / 2] = act(gate) · up. For rows that it {@link #takes}. */
    void multiplyGated(QuantizedMatrix w, @Nullable CudaVector bias, Activation activation, long x, int rows,
            long out) {
        QuantizedGemv few = few(w.packed(), rows);
        QuantizedTiles many = many(w.packed(), rows);
        if (few != null) {
            few.multiplyGated(w.packed(), bias, activation, x, rows, out);
        } else if (many != null) {
            many.multiplyGated(w.packed(), bias, activation, x, rows, out);
        } else {
            throw new IllegalArgumentException(w.name() + " is not multiplied by our own kernels");
        }
    }

    private int rowsPerLaunch(PackedWeights w) {
        return QuantizedGemv.rowsPerLaunch(w, loader.device().dynamicSharedBytes());
    }

    /** Inputs that have an order are put in order by the kernel for few rows alone. */
    private @Nullable QuantizedGemv few(PackedWeights w, int rows) {
        QuantizedProducts products = productsFor(w);
        int perLaunch = products == null ? 0 : rowsPerLaunch(w);
        boolean takes = rows >= 1 && perLaunch > 0 && rows <= (w.isOrdered() ? MOST_ORDERED_ROWS : perLaunch);
        return products != null && takes ? products.few() : null;
    }

    private @Nullable QuantizedTiles many(PackedWeights w, int rows) {
        QuantizedProducts products = productsFor(w);
        return products != null && products.many().takes(w, rows) ? products.many() : null;
    }

    private @Nullable QuantizedProducts productsFor(PackedWeights w) {
        return isOurs(w) ? kernelsFor(w.kind()).products()[QuantizedProducts.place(w)] : null;
    }

    private boolean isOurs(PackedWeights w) {
        return element != Element.FLOAT32 && w.inputs() % w.kind().inputsPerRead(element) == 0
                && w.span() >= QuantizedProducts.LEAST_SPAN;
    }

    /** Returns where the weights are elements until the next product. */
    private long writtenOut(PackedWeights w) {
        long elements = scratch.address();
        kernelsFor(w.kind()).dequantize().pointer(w.weights()).pointer(w.scales()).pointer(w.zeros())
                .pointer(w.order()).integer(w.groupSize()).integer(w.outputs()).integer(w.inputs()).pointer(elements)
                .launch(w.outputs(), Math.ceilDiv(Math.ceilDiv(w.inputs(), 8), 128), 1);
        return elements;
    }

    /** out: [tokens, inputs] = rows of the table, times {@code scale}. */
    void embed(StepMemory step, QuantizedMatrix table, float scale, int tokens, long out) {
        PackedWeights w = table.packed();
        kernelsFor(w.kind()).embed().pointer(step.tokenIds()).pointer(step.drawn()).pointer(w.weights())
                .pointer(w.scales()).pointer(w.zeros())
                .pointer(w.order()).integer(w.groupSize()).real(scale).integer(w.inputs()).pointer(out)
                .launch(tokens, 1, 1);
    }

    private Kernels kernelsFor(WeightKind kind) {
        Kernels own = kernels.get(kind);
        if (own == null) {
            throw new IllegalStateException("no kernels were prepared for weights of kind " + kind);
        }
        return own;
    }
}
