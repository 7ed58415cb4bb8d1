package io.barista.engine.cpu;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.Matrix;
import io.barista.engine.backend.Weight;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The oracle's fast twin, on the Vector API and several threads. What it computes for a row is the same bits however many rows,
 * sequences or chunks stand beside it.
 */
final class VectorOps extends CpuOps {

    private static final Logger LOG = LoggerFactory.getLogger(VectorOps.class);

    private final Consumer<DType> onWeights;
    private final WorkerPool pool;
    private final PanelPacker packer;
    private final VectorMatmul matmul;
    private final OneDnnProbe probe;
    private final Map<OneDnnShape.Kind, Boolean> trusted = new EnumMap<>(OneDnnShape.Kind.class);
    private @Nullable OneDnnMatmul oneDnn;
    private final VectorRounding rounding;
    private final VectorAttention attention;
    private final VectorAdapters adapters;
    private final VectorRmsNorm rmsNorm;
    private final VectorRope rope;
    private final VectorGatedActivation gatedActivation;

    VectorOps(DType compute, int threads) {
        this(compute, threads, _ -> {}, OneDnn::load);
    }

    /**
     * @param onWeights hears the type of every matrix that is packed
     * @param loader    gives oneDNN, or an error where it does not load
     */
    VectorOps(DType compute, int threads, Consumer<DType> onWeights, Supplier<OneDnn> loader) {
        super(compute);
        this.onWeights = onWeights;
        pool = new WorkerPool(threads);
        packer = new PanelPacker(arena, pool, compute);
        matmul = new VectorMatmul(pool, arena);
        probe = new OneDnnProbe(compute, loader);
        rounding = new VectorRounding(pool);
        attention = new VectorAttention(pool);
        adapters = new VectorAdapters(pool);
        rmsNorm = new VectorRmsNorm(pool);
        rope = new VectorRope(pool);
        gatedActivation = new VectorGatedActivation(pool);
    }

    static int vectorBits() {
        return Lanes.FLOATS.vectorBitSize();
    }

    @Override
    public Matrix pack(String name, List<? extends Weight> parts) {
        WeightRows.requireStackable(name, parts);
        Optional<OneDnnShape.Kind> kind = probe.kindFor(parts).filter(this::trusted);
        if (kind.isPresent()) {
            try {
                return oneDnn().pack(name, kind.get(), parts);
            } catch (OneDnnShape.TooSlow e) {
                LOG.info("cpu backend: own kernels for {} (oneDNN: {})", name, e.getMessage());
            }
        }
        Panels panels = packer.pack(name, parts);
        if (panels instanceof PanelMatrix matrix) {
            onWeights.accept(matrix.dtype());
        }
        return panels;
    }

    /** Whether oneDNN's products of that kind are right here; tried once. */
    private boolean trusted(OneDnnShape.Kind kind) {
        return trusted.computeIfAbsent(kind, untried -> {
            try {
                OneDnnSelfTest.run(oneDnn(), untried);
                return true;
            } catch (IllegalStateException | OneDnnShape.TooSlow e) {
                LOG.info("cpu backend: own kernels for {} (oneDNN refused: {})", untried, e.getMessage());
                return false;
            }
        });
    }

    private OneDnnMatmul oneDnn() {
        if (oneDnn == null) {
            oneDnn = new OneDnnMatmul(probe.library().orElseThrow(), pool, arena);
        }
        return oneDnn;
    }

    @Override
    void round(float[] values, int count) {
        rounding.round(values, count);
    }

    @Override
    public KvCache allocateKvCache(KvCache.Shape shape) {
        return PagedKvCache.allocate(shape, arena);
    }

    @Override
    void embed(Matrix table, int[] tokenIds, int tokens, float scale, float[] out) {
        for (int t = 0; t < tokens; t++) {
            if (table instanceof OneDnnMatrix matrix) {
                oneDnn().row(matrix, tokenIds[t], scale, out, t * table.inputs());
            } else {
                ((Panels) table).row(tokenIds[t], scale, out, t * table.inputs());
            }
        }
    }

    @Override
    void rmsNorm(float[] x, float[] weight, float eps, int rows, int columns, float[] out) {
        rmsNorm.normalize(x, weight, eps, rows, columns, out);
    }

    @Override
    void matmul(Matrix w, float @Nullable [] bias, float[] x, int rows, float[] out) {
        if (w instanceof OneDnnMatrix matrix) {
            oneDnn().multiply(matrix, bias, x, rows, out);
        } else {
            matmul.multiply((Panels) w, bias, x, rows, out);
        }
    }

    @Override
    void addAdapters(CpuAdapters matrix, int[] slots, int rows, float[] x, float[] out) {
        adapters.add(matrix, slots, rows, x, out);
    }

    @Override
    void rotate(float[] qkv, AttentionSpec attention, CpuRopeTable table, float @Nullable [] qNorm,
            float @Nullable [] kNorm, float normEps) {
        rope.rotate(step(), qkv, attention, table, qNorm, kNorm, normEps);
    }

    @Override
    void store(float[] rows, int stride, int keys, int values, KvCache cache, int layer) {
        for (int t = 0; t < step().tokens; t++) {
            store((PagedKvCache) cache, layer, step().slots[t], rows, t * stride + keys, t * stride + values);
        }
    }

    private static void store(PagedKvCache cache, int layer, int slot, float[] qkv, int key, int value) {
        int headDim = cache.shape().headDim();
        int block = slot / cache.shape().blockTokens();
        int token = slot % cache.shape().blockTokens();
        for (int h = 0; h < cache.shape().kvHeads(); h++) {
            long keyAt = cache.keys(layer, block, h) + (long) token * Float.BYTES;
            long keyStride = (long) cache.paddedTokens() * Float.BYTES;
            for (int d = 0; d < headDim; d++) {
                cache.keys().set(ValueLayout.JAVA_FLOAT, keyAt + d * keyStride, qkv[key + h * headDim + d]);
            }
            long valueAt = cache.values(layer, block, h) + (long) token * cache.paddedDim() * Float.BYTES;
            MemorySegment.copy(qkv, value + h * headDim, cache.values(), ValueLayout.JAVA_FLOAT, valueAt, headDim);
        }
    }

    @Override
    void pagedAttention(float[] qkv, AttentionSpec spec, KvCache cache, int layer, float[] out) {
        attention.attend(step(), qkv, spec, (PagedKvCache) cache, layer, out);
    }

    @Override
    void gatedActivation(float[] gateUp, Activation activation, int rows, int inner, float[] out) {
        gatedActivation.apply(gateUp, activation, rows, inner, out);
    }

    @Override
    public void close() {
        pool.close();
        super.close();
    }
}
