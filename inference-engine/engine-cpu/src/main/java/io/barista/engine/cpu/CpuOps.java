package io.barista.engine.cpu;

import static io.barista.engine.cpu.CpuChecks.requireContexts;
import static io.barista.engine.cpu.CpuChecks.requireDifferent;
import static io.barista.engine.cpu.CpuChecks.requireFits;
import static io.barista.engine.cpu.CpuChecks.requirePlaces;
import static io.barista.engine.cpu.CpuChecks.requireRoom;
import static io.barista.engine.cpu.CpuChecks.values;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AdapterMatrix;
import io.barista.engine.backend.AdapterShape;
import io.barista.engine.backend.AdapterUpdate;
import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.ExpertMatrices;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.LatentMatrix;
import io.barista.engine.backend.LatentWorkspace;
import io.barista.engine.backend.Matrix;
import io.barista.engine.backend.MixtureSpec;
import io.barista.engine.backend.MixtureWorkspace;
import io.barista.engine.backend.RopeTable;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.backend.Weight;
import java.lang.foreign.Arena;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The border of both CPU implementations: checks sizes once, so that what lies behind is nothing but {@link CpuMaths}, and rounds results
 * to bfloat16 where that is what activations are computed in.
 */
abstract sealed class CpuOps extends CpuMaths implements TensorOps permits ScalarOps, VectorOps {

    /** Weights and the KV cache lie outside the heap, so that -Xmx need not grow with the model. */
    final Arena arena = Arena.ofShared();
    private final CpuStorage storage;
    private final AdapterRows adapterRows = new AdapterRows();
    private @Nullable StepInputs inputs;

    CpuOps(DType compute) {
        super(compute);
        this.storage = new CpuStorage(compute);
    }

    @Override
    public final DType activationType() {
        return compute();
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
        return storage.allocate(name, dtype, elements);
    }

    @Override
    public final DeviceBuffer upload(HostTensor vector) {
        return storage.vector(vector);
    }

    @Override
    public final RopeTable uploadRope(float[] cosSin, int positions, int rotaryDim) {
        return storage.rope(cosSin, positions, rotaryDim);
    }

    @Override
    public final void write(DeviceBuffer target, long offset, float[] source, int count) {
        storage.write(target, offset, source, count);
    }

    @Override
    public final void read(DeviceBuffer source, long offset, float[] target, int count) {
        storage.read(source, offset, target, count);
    }

    @Override
    public final ExpertMatrices packExperts(String name, List<? extends List<? extends Weight>> experts) {
        return new CpuExpertMatrices(name, experts.stream().map(parts -> pack(name, parts)).toList());
    }

    @Override
    public final LatentMatrix packLatent(HostTensor weight, LatentAttentionSpec attention) {
        return CpuLatentMatrix.pack(weight, attention, part -> pack(part.name(), List.of(new Weight.Dense(part))));
    }

    @Override
    public final MixtureWorkspace allocateMixture(MixtureSpec mixture, int maxRows) {
        return new CpuMixture(mixture, maxRows);
    }

    @Override
    public final LatentWorkspace allocateLatent(LatentAttentionSpec attention, int maxRows) {
        return new CpuLatents(attention, maxRows);
    }

    @Override
    public final AdapterMatrix allocateAdapters(AdapterShape shape) {
        return new CpuAdapters(shape);
    }

    @Override
    public final void writeAdapter(int slot, List<AdapterUpdate> updates) {
        updates.forEach(update -> ((CpuAdapters) update.matrix()).write(slot, update, this));
    }

    @Override
    public final void addAdapters(AdapterMatrix adapters, DeviceBuffer x, DeviceBuffer out) {
        if (step().adapterTokens == 0) {
            return;
        }
        AdapterShape shape = adapters.shape();
        requireDifferent("addAdapters", x, out);
        adapterRows.requireSlotsOf(shape);
        int rows = adapterRows.count();
        int width = ((CpuAdapters) adapters).width();
        float[] target = values(out, rows, width);
        addAdapters((CpuAdapters) adapters, adapterRows.slots(), rows, values(x, rows, shape.inputs()), target);
        rounded(target, rows * width);
    }

    /** A latent row is kept as key and as value, in the layout that each is read in. */
    @Override
    public final long kvBlockBytes(KvCache.Shape shape) {
        return Math.multiplyExact(shape.blockElements(), (shape.latent() ? 2L : 1L) * Float.BYTES);
    }

    @Override
    public void begin(StepInputs begun) {
        CpuChecks.requireSound(begun);
        inputs = begun;
        adapterRows.takeTokens(begun);
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
        CpuChecks.requireIds(step, table);
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
        requireFits(attention, cache, layer, false);
        CpuChecks.requireRotary(rope, 2, attention.headDim());
        requirePlaces(step, rope, cache.shape());
        float[] rows = values(qkv, step.tokens, attention.qkvWidth());
        rotate(rows, attention, (CpuRopeTable) rope, qNorm == null ? null : values(qNorm, 1, attention.headDim()),
                kNorm == null ? null : values(kNorm, 1, attention.headDim()), normEps);
        rounded(rows, step.tokens * attention.qkvWidth());
        int keys = attention.queryWidth();
        int values = keys + attention.kvHeads() * attention.headDim();
        store(rows, attention.qkvWidth(), keys, values, cache, layer);
    }

    @Override
    public final void pagedAttention(DeviceBuffer qkv, AttentionSpec attention, KvCache cache, int layer,
            DeviceBuffer out) {
        StepInputs step = step();
        requireFits(attention, cache, layer, false);
        requireDifferent("pagedAttention", qkv, out);
        requireContexts(step, cache.shape());
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
    public final void latentRopeAndCache(DeviceBuffer queries, DeviceBuffer rows, LatentAttentionSpec attention,
            RopeTable rope, DeviceBuffer latentNorm, float normEps, KvCache cache, int layer) {
        StepInputs step = step();
        requireFits(CpuLatents.attention(attention), cache, layer, true);
        CpuChecks.requireRotary(rope, attention.ropeDim(), attention.ropeDim());
        requirePlaces(step, rope, cache.shape());
        float[] heads = values(queries, step.tokens, attention.queryWidth());
        float[] latents = values(rows, step.tokens, attention.rowWidth());
        float[] norm = values(latentNorm, 1, attention.rank());
        CpuLatentRope.rotate(step, heads, latents, attention, (CpuRopeTable) rope, norm, normEps);
        rounded(heads, step.tokens * attention.queryWidth());
        rounded(latents, step.tokens * attention.rowWidth());
        store(latents, attention.rowWidth(), 0, 0, cache, layer);
    }

    @Override
    public final void latentAttention(DeviceBuffer queries, LatentAttentionSpec attention, LatentMatrix weight,
            KvCache cache, int layer, LatentWorkspace workspace, DeviceBuffer out) {
        StepInputs step = step();
        CpuLatents latents = (CpuLatents) workspace;
        requireFits(latents.attention, cache, layer, true);
        requireDifferent("latentAttention", queries, out);
        requireRoom("the workspace", step.tokens, latents.maxRows());
        requireContexts(step, cache.shape());
        float[] target = values(out, step.tokens, attention.outputWidth());
        latents.absorb(this, values(queries, step.tokens, attention.queryWidth()), (CpuLatentMatrix) weight,
                step.tokens);
        pagedAttention(latents.queries, latents.attention, cache, layer, latents.attended);
        rounded(latents.attended, step.tokens * latents.attention.queryWidth());
        latents.expand(this, (CpuLatentMatrix) weight, step.tokens, target);
    }

    @Override
    public final void route(DeviceBuffer logits, @Nullable DeviceBuffer correction, int rows,
            MixtureWorkspace workspace) {
        int experts = workspace.spec().router().experts();
        requireRoom("the workspace", rows, workspace.maxRows());
        ((CpuMixture) workspace).choice.choose(values(logits, rows, experts),
                correction == null ? null : values(correction, 1, experts), rows);
    }

    @Override
    public final void experts(ExpertMatrices gateUp, ExpertMatrices down, DeviceBuffer x, int rows,
            MixtureWorkspace workspace, DeviceBuffer out) {
        MixtureSpec mixture = workspace.spec();
        requireDifferent("experts", x, out);
        requireRoom("the workspace", rows, workspace.maxRows());
        ((CpuMixture) workspace).requireFits(gateUp, down);
        float[] target = values(out, rows, mixture.hidden());
        ((CpuMixture) workspace).compute(this, (CpuExpertMatrices) gateUp, (CpuExpertMatrices) down,
                values(x, rows, mixture.hidden()), rows, target);
        rounded(target, rows * mixture.hidden());
    }

    @Override
    public final void addGated(DeviceBuffer x, @Nullable DeviceBuffer gate, int rows, int columns, DeviceBuffer sum) {
        requireDifferent("addGated", x, sum);
        float[] added = values(x, rows, columns);
        float[] target = values(sum, rows, columns);
        if (gate == null) {
            add(added, rows * columns, target);
        } else {
            addGated(added, values(gate, rows, 1), rows, columns, target);
        }
        rounded(target, rows * columns);
    }

    @Override
    public final void softCap(DeviceBuffer x, int rows, int columns, float cap) {
        softCap(values(x, rows, columns), rows * columns, cap);
    }

    @Override
    public final void gatherLogitRows(DeviceBuffer x, int columns, DeviceBuffer out) {
        StepInputs step = step();
        requireDifferent("gatherLogitRows", x, out);
        CpuChecks.requireLogitRows(step);
        float[] source = values(x, step.tokens, columns);
        float[] target = values(out, step.logitRows, columns);
        for (int row = 0; row < step.logitRows; row++) {
            System.arraycopy(source, step.logitIndices[row] * columns, target, row * columns, columns);
        }
    }

    @Override
    public final void continueWithLogitRows() {
        adapterRows.takeLogitRows(step());
    }

    @Override
    public void close() {
        arena.close();
    }
}
