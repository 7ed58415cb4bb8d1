package io.barista.engine.cpu;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.Matrix;
import io.barista.engine.backend.RopeTable;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * The border of both CPU implementations: checks sizes once, so that what lies behind is nothing but maths on float arrays, and
 * rounds results to bfloat16 where that is what activations are computed in.
 */
abstract sealed class CpuOps implements TensorOps permits ScalarOps, VectorOps {

    /** Weights and the KV cache lie outside the heap, so that -Xmx need not grow with the model. */
    final Arena arena = Arena.ofShared();
    private final DType compute;
    private @Nullable StepInputs inputs;

    CpuOps(DType compute) {
        this.compute = compute;
    }

    @Override
    public final DType activationType() {
        return compute;
    }

    @Override
    public final DType kvCacheType() {
        return DType.FLOAT32;
    }

    @Override
    public final long freeBytes() {
        return HostMemory.availableBytes();
    }

    @Override
    public final DeviceBuffer allocate(String name, DType dtype, long elements) {
        if (dtype != DType.FLOAT32 && dtype != compute) {
            throw new IllegalArgumentException("%s: expected FLOAT32 or %s, got %s".formatted(name, compute, dtype));
        }
        if (elements < 1 || elements > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "%s: %d elements asked for, 1 to %d are possible".formatted(name, elements, Integer.MAX_VALUE - 8));
        }
        return new CpuBuffer(name, dtype, new float[(int) elements]);
    }

    @Override
    public final DeviceBuffer upload(HostTensor vector) {
        HostTensors.requireFloating(vector);
        float[] values = new float[Math.toIntExact(vector.elements())];
        HostTensors.widen(vector.dtype(), vector.data(), 0, values, values.length);
        rounded(values, values.length);
        return new CpuBuffer(vector.name(), compute, values);
    }

    @Override
    public final RopeTable uploadRope(float[] cosSin, int positions, int rotaryDim) {
        if (rotaryDim < 2 || rotaryDim % 2 != 0 || cosSin.length != Math.multiplyExact(positions, rotaryDim)) {
            throw new IllegalArgumentException("rope table of %d floats for %d positions of rotary dimension %d"
                    .formatted(cosSin.length, positions, rotaryDim));
        }
        return new CpuRopeTable(cosSin.clone(), positions, rotaryDim);
    }

    @Override
    public void begin(StepInputs inputs) {
        if (inputs.tokens < 0 || inputs.tokens > inputs.maxTokens() || inputs.sequences > inputs.maxSequences()
                || inputs.logitRows > inputs.maxTokens()
                || inputs.queryStarts[inputs.sequences] != inputs.tokens) {
            throw new IllegalArgumentException(
                    "step of %d tokens in %d sequences, %d logit rows, room for %d tokens in %d"
                            .formatted(inputs.tokens, inputs.sequences, inputs.logitRows, inputs.maxTokens(),
                                    inputs.maxSequences()));
        }
        this.inputs = inputs;
    }

    final StepInputs step() {
        if (inputs == null) {
            throw new IllegalStateException("begin() was not called");
        }
        return inputs;
    }

    @Override
    public final void embed(Matrix table, float scale, DeviceBuffer out) {
        StepInputs step = step();
        for (int t = 0; t < step.tokens; t++) {
            if (step.tokenIds[t] < 0 || step.tokenIds[t] >= table.outputs()) {
                throw new IllegalArgumentException(
                        "token id %d at row %d, %s has %d rows".formatted(step.tokenIds[t], t,
                                table.name(), table.outputs()));
            }
        }
        float[] target = values(out, step.tokens, table.inputs());
        embed(table, step.tokenIds, step.tokens, scale, target);
        rounded(target, step.tokens * table.inputs());
    }

    @Override
    public final void rmsNorm(DeviceBuffer x, DeviceBuffer weight, float eps, int rows, int columns, DeviceBuffer out) {
        float[] target = values(out, rows, columns);
        rmsNorm(values(x, rows, columns), values(weight, 1, columns), eps, rows, columns, target);
        rounded(target, rows * columns);
    }

    @Override
    public final void addRmsNorm(DeviceBuffer residual, DeviceBuffer x, DeviceBuffer weight, float eps, int rows,
            int columns, DeviceBuffer out) {
        float[] sum = values(residual, rows, columns);
        float[] target = values(out, rows, columns);
        requireDifferent("addRmsNorm", residual, out);
        add(values(x, rows, columns), rows * columns, sum);
        rounded(sum, rows * columns);
        rmsNorm(sum, values(weight, 1, columns), eps, rows, columns, target);
        rounded(target, rows * columns);
    }

    @Override
    public final void matmul(Matrix w, @Nullable DeviceBuffer bias, DeviceBuffer x, int rows, DeviceBuffer out) {
        requireDifferent(w.name(), x, out);
        float[] target = values(out, rows, w.outputs());
        matmul(w, bias == null ? null : values(bias, 1, w.outputs()), values(x, rows, w.inputs()), rows, target);
        rounded(target, rows * w.outputs());
    }

    @Override
    public final void ropeAndCache(DeviceBuffer qkv, AttentionSpec attention, RopeTable rope,
            @Nullable DeviceBuffer qNorm,
            @Nullable DeviceBuffer kNorm, float normEps, KvCache cache, int layer) {
        StepInputs step = step();
        KvCache.Shape shape = requireFits(attention, cache, layer);
        if (rope.rotaryDim() > attention.headDim()) {
            throw new IllegalArgumentException(
                    "rotary dimension %d over head size %d".formatted(rope.rotaryDim(), attention.headDim()));
        }
        long slots = (long) shape.blocks() * shape.blockTokens();
        for (int t = 0; t < step.tokens; t++) {
            if (step.positions[t] < 0 || step.positions[t] >= rope.positions() || step.slots[t] < 0
                    || step.slots[t] >= slots) {
                throw new IllegalArgumentException("row %d: position %d of %d, slot %d of %d".formatted(t,
                        step.positions[t], rope.positions(), step.slots[t], slots));
            }
        }
        float[] rows = values(qkv, step.tokens, attention.qkvWidth());
        rotate(rows, attention, (CpuRopeTable) rope, qNorm == null ? null : values(qNorm, 1, attention.headDim()),
                kNorm == null ? null : values(kNorm, 1, attention.headDim()), normEps);
        rounded(rows, step.tokens * attention.qkvWidth());
        store(rows, attention, cache, layer);
    }

    @Override
    public final void pagedAttention(DeviceBuffer qkv, AttentionSpec attention, KvCache cache, int layer,
            DeviceBuffer out) {
        StepInputs step = step();
        KvCache.Shape shape = requireFits(attention, cache, layer);
        requireDifferent("pagedAttention", qkv, out);
        for (int s = 0; s < step.sequences; s++) {
            int queries = step.queryStarts[s + 1] - step.queryStarts[s];
            if (step.contextLengths[s] < queries
                    || step.contextLengths[s] > (long) step.maxBlocksPerSequence() * shape.blockTokens()) {
                throw new IllegalArgumentException(
                        "sequence %d: %d queries, context of %d, %d blocks of %d tokens at most"
                                .formatted(s, queries, step.contextLengths[s], step.maxBlocksPerSequence(),
                                        shape.blockTokens()));
            }
        }
        float[] target = values(out, step.tokens, attention.queryWidth());
        pagedAttention(values(qkv, step.tokens, attention.qkvWidth()), attention, cache, layer, target);
        rounded(target, step.tokens * attention.queryWidth());
    }

    @Override
    public final void gatedActivation(DeviceBuffer gateUp, Activation activation, int rows, int inner,
            DeviceBuffer out) {
        requireDifferent("gatedActivation", gateUp, out);
        float[] target = values(out, rows, inner);
        gatedActivation(values(gateUp, rows, 2 * inner), activation, rows, inner, target);
        rounded(target, rows * inner);
    }

    @Override
    public final void gatherLogitRows(DeviceBuffer x, int columns, DeviceBuffer out) {
        StepInputs step = step();
        requireDifferent("gatherLogitRows", x, out);
        float[] source = values(x, step.tokens, columns);
        float[] target = values(out, step.logitRows, columns);
        for (int row = 0; row < step.logitRows; row++) {
            int token = step.logitIndices[row];
            if (token < 0 || token >= step.tokens) {
                throw new IllegalArgumentException(
                        "logit row %d names row %d of %d".formatted(row, token, step.tokens));
            }
            System.arraycopy(source, token * columns, target, row * columns, columns);
        }
    }

    @Override
    public final void read(DeviceBuffer source, long offset, float[] target, int count) {
        float[] values = ((CpuBuffer) source).values();
        if (offset < 0 || count < 0 || count > target.length || offset + count > values.length) {
            throw new IllegalArgumentException(
                    "%d elements from %d of %s, which has %d, into %d".formatted(count, offset,
                            source.name(), values.length, target.length));
        }
        System.arraycopy(values, (int) offset, target, 0, count);
    }

    @Override
    public void close() {
        arena.close();
    }

    // The maths. Arrays are row-major and were checked; a bias or a norm weight is absent where the model has none.

    abstract void embed(Matrix table, int[] tokenIds, int tokens, float scale, float[] out);

    abstract void rmsNorm(float[] x, float[] weight, float eps, int rows, int columns, float[] out);

    /** sum += x */
    abstract void add(float[] x, int count, float[] sum);

    abstract void matmul(Matrix w, float @Nullable [] bias, float[] x, int rows, float[] out);

    /** Normalises and rotates the heads of q and k in place. */
    abstract void rotate(float[] qkv, AttentionSpec attention, CpuRopeTable rope, float @Nullable [] qNorm,
            float @Nullable [] kNorm, float normEps);

    /** Writes k and v to the step's slots. */
    abstract void store(float[] qkv, AttentionSpec attention, KvCache cache, int layer);

    abstract void pagedAttention(float[] qkv, AttentionSpec attention, KvCache cache, int layer, float[] out);

    abstract void gatedActivation(float[] gateUp, Activation activation, int rows, int inner, float[] out);

    /** Rounds results as a bfloat16 device stores them; nothing to do in float32. */
    final void rounded(float[] values, int count) {
        if (compute == DType.BFLOAT16) {
            Bfloat16.round(values, 0, count);
        }
    }

    private static float[] values(DeviceBuffer buffer, int rows, int columns) {
        float[] values = ((CpuBuffer) buffer).values();
        if (rows < 0 || (long) rows * columns > values.length) {
            throw new IllegalArgumentException(
                    "%s has %d elements, [%d, %d] needs more".formatted(buffer.name(), values.length, rows, columns));
        }
        return values;
    }

    private static void requireDifferent(String operation, DeviceBuffer source, DeviceBuffer out) {
        if (source == out) {
            throw new IllegalArgumentException(operation + " cannot write over its source " + source.name());
        }
    }

    private static KvCache.Shape requireFits(AttentionSpec attention, KvCache cache, int layer) {
        KvCache.Shape shape = cache.shape();
        if (layer < 0 || layer >= shape.layers() || attention.kvHeads() != shape.kvHeads()
                || attention.headDim() != shape.headDim() || attention.heads() % attention.kvHeads() != 0) {
            throw new IllegalArgumentException(
                    "layer %d with %s over a cache of %s".formatted(layer, attention, shape));
        }
        return shape;
    }
}
