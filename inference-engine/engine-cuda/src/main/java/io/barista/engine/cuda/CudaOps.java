package io.barista.engine.cuda;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AdapterMatrix;
import io.barista.engine.backend.AdapterShape;
import io.barista.engine.backend.AdapterUpdate;
import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.Backend;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.DeviceSensors;
import io.barista.engine.backend.DrawnTokens;
import io.barista.engine.backend.ExpertMatrices;
import io.barista.engine.backend.HeadsInCache;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.LatentMatrix;
import io.barista.engine.backend.LatentWorkspace;
import io.barista.engine.backend.Linear;
import io.barista.engine.backend.Matrix;
import io.barista.engine.backend.MixtureSpec;
import io.barista.engine.backend.MixtureWorkspace;
import io.barista.engine.backend.RopeTable;
import io.barista.engine.backend.SamplingRows;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.backend.Weight;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link TensorOps} on one stream, composed of one part for each family of operations: the parts check sizes, then give addresses to
 * kernels. What a part does not fuse falls back to the interface's own step by step.
 */
final class CudaOps implements TensorOps {

    private static final Logger LOG = LoggerFactory.getLogger(CudaOps.class);

    private final Device device;
    private final Element element;
    private final Stream stream = new Stream();
    private final DeviceMemory memory = new DeviceMemory();
    private final KernelLoader loader;
    private final BlasLibrary blas;
    private final Matmul dense;
    private final QuantizedMatmul quantized;
    private final GroupedMatmul grouped;
    private final CudaStorage storage;
    private final StepRecorder recorder;
    private final CurrentStep step;
    private final CudaAdapters adapters;
    private final Optional<NvmlSensors> sensors;

    private final RowOps rows;
    private final ProductOps products;
    private final FusedOps fused;
    private final AttentionOps attentions;
    private final LatentOps latents;
    private final MixtureOps mixtures;
    private final DrawOps draws;

    CudaOps(Device device, Element element, KernelCompiler compiler, Backend.Options options, WeightSource source) {
        int multiprocessors = device.properties().multiprocessors();
        this.device = device;
        this.element = element;
        this.loader = new KernelLoader(compiler, element, device.properties(), stream);
        this.blas = new BlasLibrary(stream, memory);
        this.dense = new Matmul(element, blas,
                element == Element.FLOAT32 ? null : new Gemv(loader, multiprocessors));
        ScratchMemory scratch = new ScratchMemory(memory, stream);
        this.quantized = new QuantizedMatmul(loader, element, dense, scratch, multiprocessors);
        this.grouped = new GroupedMatmul(loader, element);
        this.storage = new CudaStorage(element, options.kvCache(), stream, memory, scratch, loader, multiprocessors,
                new MemoryBudget(options.memoryUtilization()), new WeightMemory(device, element, memory, stream, dense,
                        source == WeightSource.RANDOM ? new RandomFill(loader) : null));
        this.recorder = new StepRecorder(multiprocessors);
        this.step = new CurrentStep(stream, memory,
                new OneLaunchSteps(loader, element, memory, stream, recorder), options.eager());
        this.adapters = new CudaAdapters(device, element, memory, loader, stream, step);
        this.sensors = NvmlSensors.open(device.properties().name(), device.pciBusId());

        RowKernels rowKernels = new RowKernels(loader, element);
        this.rows = new RowOps(rowKernels, quantized, step);
        this.products = new ProductOps(element, dense, quantized, adapters);
        this.fused = new FusedOps(element, dense, quantized, adapters, rows, step);
        this.attentions = new AttentionOps(step);
        this.latents = new LatentOps(new LatentKernels(loader, element, memory), storage, step);
        this.mixtures = new MixtureOps(element, memory, new MixtureKernels(loader, element, grouped, rowKernels));
        this.draws = new DrawOps(loader, memory, stream, step);
    }

    // The device and its memory.

    @Override
    public DType activationType() {
        return element.dtype();
    }

    @Override
    public DType kvCacheType() {
        return storage.kvCacheType();
    }

    @Override
    public Optional<DeviceSensors> sensors() {
        return sensors.map(DeviceSensors.class::cast);
    }

    @Override
    public long freeBytes() {
        return storage.freeBytes();
    }

    @Override
    public DeviceBuffer allocate(String name, DType dtype, long elements) {
        return storage.allocate(name, dtype, elements);
    }

    @Override
    public DeviceBuffer upload(HostTensor tensor) {
        return storage.vector(tensor);
    }

    @Override
    public Matrix pack(String name, List<? extends Weight> parts) {
        CudaWeights matrix = storage.matrix(name, parts);
        if (matrix instanceof QuantizedMatrix codes) {
            quantized.prepare(codes);
        }
        return matrix;
    }

    @Override
    public ExpertMatrices packExperts(String name, List<? extends List<? extends Weight>> experts) {
        CudaExperts packed = storage.experts(name, experts);
        grouped.prepare(packed.packed());
        return packed;
    }

    @Override
    public LatentMatrix packLatent(HostTensor weight, LatentAttentionSpec attention) {
        return latents.pack(weight, attention);
    }

    @Override
    public MixtureWorkspace allocateMixture(MixtureSpec mixture, int maxRows) {
        return mixtures.allocate(mixture, maxRows);
    }

    @Override
    public LatentWorkspace allocateLatent(LatentAttentionSpec attention, int maxRows) {
        return latents.allocate(attention, maxRows);
    }

    @Override
    public RopeTable uploadRope(float[] cosSin, int positions, int rotaryDim) {
        return storage.rope(cosSin, positions, rotaryDim);
    }

    @Override
    public KvCache allocateKvCache(KvCache.Shape shape) {
        return storage.kvCache(shape);
    }

    @Override
    public AdapterMatrix allocateAdapters(AdapterShape shape) {
        return adapters.allocate(shape);
    }

    @Override
    public void writeAdapter(int slot, List<AdapterUpdate> updates) {
        adapters.write(slot, updates);
    }

    @Override
    public void read(DeviceBuffer source, long offset, float[] target, int count) {
        storage.read(source, offset, target, count);
    }

    @Override
    public void write(DeviceBuffer target, long offset, float[] source, int count) {
        storage.write(target, offset, source, count);
    }

    // A step.

    @Override
    public void warmUp(StepInputs inputs, Runnable run) {
        step.warmUp(inputs, run);
    }

    @Override
    public void begin(StepInputs inputs) {
        storage.finishWeights();
        step.begin(inputs);
    }

    @Override
    public void step(StepInputs inputs, Runnable operations) {
        storage.finishWeights();
        step.run(inputs, operations);
    }

    // Rows.

    @Override
    public void embed(Matrix table, float scale, DeviceBuffer out) {
        if (!recorder.embed(table, scale, out)) {
            rows.embed(table, scale, out);
        }
    }

    @Override
    public void rmsNorm(DeviceBuffer x, DeviceBuffer weight, float eps, int count, int columns, DeviceBuffer out) {
        rows.rmsNorm(x, weight, eps, count, columns, out);
    }

    @Override
    public void gatedActivation(DeviceBuffer gateUp, Activation activation, int count, int inner, DeviceBuffer out) {
        rows.gatedActivation(gateUp, activation, count, inner, out);
    }

    @Override
    public void gatherLogitRows(DeviceBuffer x, int columns, DeviceBuffer out) {
        if (!recorder.gatherLogitRows(x, columns, out)) {
            rows.gatherLogitRows(x, columns, out);
        }
    }

    @Override
    public void continueWithLogitRows() {
        adapters.continueWithLogitRows();
    }

    @Override
    public void addGated(DeviceBuffer x, @Nullable DeviceBuffer gate, int count, int columns, DeviceBuffer sum) {
        rows.addGated(x, gate, count, columns, sum);
    }

    @Override
    public void softCap(DeviceBuffer x, int count, int columns, float cap) {
        rows.softCap(x, count, columns, cap);
    }

    // Products.

    @Override
    public void matmul(Matrix w, @Nullable DeviceBuffer bias, DeviceBuffer x, int count, DeviceBuffer out) {
        products.matmul(w, bias, x, count, out);
    }

    @Override
    public void linear(Linear w, DeviceBuffer x, int count, DeviceBuffer out) {
        products.linear(w, x, count, out);
    }

    @Override
    public void matmulAdd(Linear w, DeviceBuffer x, int count, DeviceBuffer product, DeviceBuffer sum) {
        if (!recorder.matmulAdd(w, x, sum)) {
            products.matmulAdd(w, x, count, sum);
        }
    }

    @Override
    public void addAdapters(AdapterMatrix room, DeviceBuffer x, DeviceBuffer out) {
        adapters.add(room, x, out);
    }

    @Override
    public void normMatmul(DeviceBuffer x, DeviceBuffer norm, float eps, Linear w, int count, DeviceBuffer normalised,
            DeviceBuffer out) {
        if (!recorder.normMatmul(x, norm, eps, w, out) && !fused.normMatmul(x, norm, eps, w, count, out)) {
            TensorOps.super.normMatmul(x, norm, eps, w, count, normalised, out);
        }
    }

    @Override
    public void normMatmulToCache(DeviceBuffer x, DeviceBuffer norm, float eps, Linear qkv, int count,
            DeviceBuffer normalised, DeviceBuffer out, HeadsInCache heads) {
        if (!recorder.normMatmulToCache(x, norm, eps, qkv, out, heads)
                && !fused.normMatmulToCache(x, norm, eps, qkv, count, out, heads)) {
            TensorOps.super.normMatmulToCache(x, norm, eps, qkv, count, normalised, out, heads);
        }
    }

    @Override
    public void normMatmulGated(DeviceBuffer x, DeviceBuffer norm, float eps, Linear w, Activation activation,
            int count, int inner, DeviceBuffer normalised, DeviceBuffer gateUp, DeviceBuffer out) {
        if (recorder.normMatmulGated(x, norm, eps, w, activation, inner, out)
                || fused.normMatmulGated(x, norm, eps, w, activation, count, inner, normalised, out)) {
            return;
        }
        if (adapters.gates(w)) {
            rows.rmsNorm(x, norm, eps, count, w.matrix().inputs(), normalised);
            products.linearGated(w, normalised, activation, count, gateUp, out);
        } else {
            TensorOps.super.normMatmulGated(x, norm, eps, w, activation, count, inner, normalised, gateUp, out);
        }
    }

    // Attention.

    @Override
    public void ropeAndCache(DeviceBuffer qkv, AttentionSpec attention, RopeTable rope, @Nullable DeviceBuffer qNorm,
            @Nullable DeviceBuffer kNorm, float normEps, KvCache cache, int layer) {
        attentions.ropeAndCache(qkv, attention, rope, qNorm, kNorm, normEps, cache, layer);
    }

    @Override
    public void pagedAttention(DeviceBuffer qkv, AttentionSpec attention, KvCache cache, int layer, DeviceBuffer out) {
        if (!recorder.pagedAttention(qkv, attention, cache, layer, out)) {
            attentions.attend(qkv, attention, cache, layer, out);
        }
    }

    @Override
    public void latentRopeAndCache(DeviceBuffer queries, DeviceBuffer latentRows, LatentAttentionSpec attention,
            RopeTable rope, DeviceBuffer latentNorm, float normEps, KvCache cache, int layer) {
        latents.ropeAndCache(queries, latentRows, attention, rope, latentNorm, normEps, cache, layer);
    }

    @Override
    public void latentAttention(DeviceBuffer queries, LatentAttentionSpec attention, LatentMatrix weight,
            KvCache cache, int layer, LatentWorkspace workspace, DeviceBuffer out) {
        latents.attend(queries, attention, weight, cache, layer, workspace, out);
    }

    // Mixtures of experts.

    @Override
    public void route(DeviceBuffer logits, @Nullable DeviceBuffer correction, int count, MixtureWorkspace workspace) {
        mixtures.route(logits, correction, count, workspace);
    }

    @Override
    public void experts(ExpertMatrices gateUp, ExpertMatrices down, DeviceBuffer x, int count,
            MixtureWorkspace workspace, DeviceBuffer out) {
        mixtures.experts(gateUp, down, x, count, workspace, out);
    }

    // Tokens.

    @Override
    public boolean drawsTokens() {
        return true;
    }

    @Override
    public void draw(DeviceBuffer logits, int columns, SamplingRows sampling) {
        draws.draw(logits, columns, sampling);
    }

    @Override
    public void drawn(DrawnTokens result) {
        draws.fetch(result);
    }

    @Override
    public void close() {
        sensors.ifPresent(NvmlSensors::close);
        try {
            stream.await();
        } catch (DeviceFailure e) {
            LOG.warn("the device has failed, so its memory is left to the end of the process: {}", e.getMessage());
            return;
        }
        storage.close();
        step.close();
        adapters.close();
        draws.close();
        dense.close();
        blas.close();
        loader.close();
        memory.close();
        stream.close();
        device.close();
    }
}
