package io.barista.engine.cuda;

import static io.barista.engine.cuda.CudaChecks.address;
import static io.barista.engine.cuda.CudaChecks.requireDifferent;
import static io.barista.engine.cuda.CudaChecks.requireFits;
import static io.barista.engine.cuda.CudaChecks.vector;

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

/** {@link TensorOps} as launches on one stream: sizes are checked here, then a kernel gets addresses. */
final class CudaOps implements TensorOps {

    private static final Logger LOG = LoggerFactory.getLogger(CudaOps.class);

    private final Device device;
    private final Element element;
    private final Stream stream = new Stream();
    private final DeviceMemory memory = new DeviceMemory();
    private final KernelLoader loader;
    private final RowKernels rows;
    private final BlasLibrary blas;
    private final Matmul matmul;
    private final QuantizedMatmul quantized;
    private final GroupedMatmul grouped;
    private final MixtureKernels mixtures;
    private final LatentKernels latents;
    private final CudaStorage storage;
    private final CurrentStep step;
    private final CudaAdapters adapters;

    private final Optional<NvmlSensors> sensors;

    private @Nullable DeviceSampler sampler;

    CudaOps(Device device, Element element, KernelCompiler compiler, Backend.Options options,
            WeightSource source) {
        int multiprocessors = device.properties().multiprocessors();
        this.device = device;
        this.element = element;
        this.loader = new KernelLoader(compiler, element, device.properties(), stream);
        this.rows = new RowKernels(loader, element);
        this.blas = new BlasLibrary(stream, memory);
        this.matmul = new Matmul(element, blas,
                element == Element.FLOAT32 ? null : new Gemv(loader, multiprocessors));
        ScratchMemory scratch = new ScratchMemory(memory, stream);
        this.quantized = new QuantizedMatmul(loader, element, matmul, scratch, multiprocessors);
        this.grouped = new GroupedMatmul(loader, element);
        this.mixtures = new MixtureKernels(loader, element, grouped, rows);
        this.latents = new LatentKernels(loader);
        this.storage = new CudaStorage(element, options.kvCache(), stream, memory, scratch, loader, multiprocessors,
                new MemoryBudget(options.memoryUtilization()), new WeightMemory(element, memory, stream, matmul,
                        source == WeightSource.RANDOM ? new RandomFill(loader) : null));
        this.step = new CurrentStep(stream, memory, options.eager());
        this.adapters = new CudaAdapters(device, element, memory, loader, stream, step);
        this.sensors = NvmlSensors.open(device.properties().name(), device.pciBusId());
    }

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
    public RopeTable uploadRope(float[] cosSin, int positions, int rotaryDim) {
        return storage.rope(cosSin, positions, rotaryDim);
    }

    @Override
    public KvCache allocateKvCache(KvCache.Shape shape) {
        return storage.kvCache(shape);
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

    @Override
    public void embed(Matrix table, float scale, DeviceBuffer out) {
        int tokens = step.inputs().tokens;
        long target = address(out, tokens, table.inputs());
        switch ((CudaWeights) table) {
            case CudaMatrix dense -> rows.embed(step.metadata(), dense, scale, tokens, target);
            case QuantizedMatrix codes -> quantized.embed(step.metadata(), codes, scale, tokens, target);
        }
    }

    @Override
    public void rmsNorm(DeviceBuffer x, DeviceBuffer weight, float eps, int rowCount, int columns, DeviceBuffer out) {
        rows.rmsNorm(address(x, rowCount, columns), vector(weight, columns), eps, rowCount, columns,
                address(out, rowCount, columns));
    }

    @Override
    public void matmul(Matrix w, @Nullable DeviceBuffer bias, DeviceBuffer x, int rowCount, DeviceBuffer out) {
        requireDifferent(w.name(), x, out);
        CudaVector added = bias == null ? null : vector(bias, w.outputs());
        long source = address(x, rowCount, w.inputs());
        long target = address(out, rowCount, w.outputs());
        switch ((CudaWeights) w) {
            case CudaMatrix dense -> matmul.multiply(dense, added, source, rowCount, target, isFloatsOf(out));
            case QuantizedMatrix codes ->
                quantized.multiply(codes, added, source, rowCount, target, isFloatsOf(out));
        }
    }

    private boolean isFloatsOf(DeviceBuffer out) {
        return out.dtype() == DType.FLOAT32 && element != Element.FLOAT32;
    }

    @Override
    public void normMatmul(DeviceBuffer x, DeviceBuffer norm, float eps, Linear w, int rowCount,
            DeviceBuffer normalised, DeviceBuffer out) {
        Gemv gemv = matmul.inOneLaunch(rowCount, w.matrix().inputs());
        if (gemv == null || isAdapted(w) || !(w.matrix() instanceof CudaMatrix matrix)) {
            TensorOps.super.normMatmul(x, norm, eps, w, rowCount, normalised, out);
            return;
        }
        requireDifferent(matrix.name(), x, out);
        gemv.normMultiply(matrix, bias(w), address(x, rowCount, matrix.inputs()), vector(norm, matrix.inputs()), eps,
                rowCount, address(out, rowCount, matrix.outputs()), isFloatsOf(out));
    }

    @Override
    public void matmulAdd(Linear w, DeviceBuffer x, int rowCount, DeviceBuffer product, DeviceBuffer sum) {
        requireDifferent(w.matrix().name(), x, sum);
        AdapterMatrix room = adaptersOf(w);
        if (room != null) {
            adapters.begin(room, x);
        }
        long source = address(x, rowCount, w.matrix().inputs());
        long target = address(sum, rowCount, w.matrix().outputs());
        switch ((CudaWeights) w.matrix()) {
            case CudaMatrix dense -> matmul.add(dense, bias(w), source, rowCount, target);
            case QuantizedMatrix codes -> quantized.add(codes, bias(w), source, rowCount, target);
        }
        if (room != null) {
            adapters.finish(room, sum);
        }
    }

    @Override
    public void normMatmulToCache(DeviceBuffer x, DeviceBuffer norm, float eps, Linear qkv, int rowCount,
            DeviceBuffer normalised, DeviceBuffer out, HeadsInCache heads) {
        Gemv gemv = matmul.inOneLaunch(rowCount, qkv.matrix().inputs());
        if (gemv == null || isAdapted(qkv) || !Gemv.takesHeads(heads) || !(qkv.matrix() instanceof CudaMatrix matrix)) {
            TensorOps.super.normMatmulToCache(x, norm, eps, qkv, rowCount, normalised, out, heads);
            return;
        }
        requireFits(heads.attention(), heads.cache(), heads.layer());
        gemv.normMultiplyToCache(matrix, bias(qkv), address(x, rowCount, matrix.inputs()),
                vector(norm, matrix.inputs()), eps, rowCount, address(out, rowCount, heads.attention().qkvWidth()),
                heads,
                step.metadata());
    }

    @Override
    public void normMatmulGated(DeviceBuffer x, DeviceBuffer norm, float eps, Linear w, Activation activation,
            int rowCount, int inner, DeviceBuffer normalised, DeviceBuffer gateUp, DeviceBuffer out) {
        if (!isAdapted(w) && w.matrix() instanceof QuantizedMatrix codes && quantized.takes(codes, rowCount)) {
            rmsNorm(x, norm, eps, rowCount, codes.inputs(), normalised);
            requireDifferent(codes.name(), normalised, out);
            quantized.multiplyGated(codes, bias(w), activation, address(normalised, rowCount, codes.inputs()), rowCount,
                    address(out, rowCount, inner));
            return;
        }
        Gemv gemv = matmul.inOneLaunch(rowCount, w.matrix().inputs());
        if (gemv == null || isAdapted(w) || !(w.matrix() instanceof CudaMatrix matrix)) {
            TensorOps.super.normMatmulGated(x, norm, eps, w, activation, rowCount, inner, normalised, gateUp, out);
            return;
        }
        requireDifferent(matrix.name(), x, out);
        gemv.normMultiplyGated(matrix, bias(w), address(x, rowCount, matrix.inputs()), vector(norm, matrix.inputs()),
                eps, activation, rowCount, address(out, rowCount, inner));
    }

    /** What adapters add stands between the parts of a layer that else are one launch. */
    private boolean isAdapted(Linear w) {
        return adaptersOf(w) != null;
    }

    /** Null in a step of the base model alone. */
    private @Nullable AdapterMatrix adaptersOf(Linear w) {
        return step.inputs().adapterTokens > 0 ? w.adapters() : null;
    }

    /** What an adapter makes of x is computed beside the product. */
    @Override
    public void linear(Linear w, DeviceBuffer x, int rowCount, DeviceBuffer out) {
        AdapterMatrix room = adaptersOf(w);
        if (room != null) {
            adapters.begin(room, x);
        }
        matmul(w.matrix(), w.bias(), x, rowCount, out);
        if (room != null) {
            adapters.finish(room, out);
        }
    }

    private static @Nullable CudaVector bias(Linear w) {
        return w.bias() == null ? null : vector(w.bias(), w.matrix().outputs());
    }

    @Override
    public void ropeAndCache(DeviceBuffer qkv, AttentionSpec attention, RopeTable rope, @Nullable DeviceBuffer qNorm,
            @Nullable DeviceBuffer kNorm, float normEps, KvCache cache, int layer) {
        requireFits(attention, cache, layer);
        int tokens = step.inputs().tokens;
        rows.ropeAndCache((CudaKvCache) cache, layer, address(qkv, tokens, attention.qkvWidth()), step.metadata(),
                (CudaRopeTable) rope, qNorm == null ? null : vector(qNorm, attention.headDim()),
                kNorm == null ? null : vector(kNorm, attention.headDim()), normEps, attention, tokens);
    }

    @Override
    public void pagedAttention(DeviceBuffer qkv, AttentionSpec attention, KvCache cache, int layer, DeviceBuffer out) {
        requireFits(attention, cache, layer);
        requireDifferent("pagedAttention", qkv, out);
        int tokens = step.inputs().tokens;
        CudaKvCache paged = (CudaKvCache) cache;
        paged.attention().attend(address(qkv, tokens, attention.qkvWidth()), attention, paged.layer(layer),
                step.inputs(),
                step.metadata(), address(out, tokens, attention.queryWidth()));
    }

    @Override
    public void gatedActivation(DeviceBuffer gateUp, Activation activation, int rowCount, int inner,
            DeviceBuffer out) {
        requireDifferent("gatedActivation", gateUp, out);
        rows.gatedActivation(address(gateUp, rowCount, 2 * inner), activation, rowCount, inner,
                address(out, rowCount, inner));
    }

    @Override
    public void gatherLogitRows(DeviceBuffer x, int columns, DeviceBuffer out) {
        requireDifferent("gatherLogitRows", x, out);
        rows.gatherRows(address(x, step.inputs().tokens, columns), step.metadata().logitIndices(),
                step.inputs().logitRows, columns,
                address(out, step.inputs().logitRows, columns));
    }

    @Override
    public void read(DeviceBuffer source, long offset, float[] target, int count) {
        storage.read(source, offset, target, count);
    }

    @Override
    public boolean drawsTokens() {
        return true;
    }

    @Override
    public void draw(DeviceBuffer logits, int columns, SamplingRows draws) {
        sampler().draw(address(logits, draws.rows, columns), columns, draws, step.metadata().drawn());
    }

    @Override
    public void drawn(DrawnTokens result) {
        sampler().fetch(result);
    }

    /** Made when the first step has shown how large steps are. */
    private DeviceSampler sampler() {
        if (sampler == null) {
            sampler = new DeviceSampler(loader, memory, stream, step.inputs().maxTokens());
        }
        return sampler;
    }

    @Override
    public void write(DeviceBuffer target, long offset, float[] source, int count) {
        storage.write(target, offset, source, count);
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
    public void addAdapters(AdapterMatrix room, DeviceBuffer x, DeviceBuffer out) {
        if (step.inputs().adapterTokens > 0) {
            adapters.begin(room, x);
            adapters.finish(room, out);
        }
    }

    // What has no kernels here yet is refused when the model is loaded.

    @Override
    public ExpertMatrices packExperts(String name, List<? extends List<? extends Weight>> experts) {
        CudaExperts packed = storage.experts(name, experts);
        grouped.prepare(packed.packed());
        return packed;
    }

    @Override
    public MixtureWorkspace allocateMixture(MixtureSpec mixture, int maxRows) {
        mixtures.requirePossible(mixture);
        return CudaMixture.allocate(mixture, maxRows, element, memory);
    }

    @Override
    public void route(DeviceBuffer logits, @Nullable DeviceBuffer correction, int rowCount,
            MixtureWorkspace workspace) {
        CudaMixture mixture = (CudaMixture) workspace;
        int experts = mixture.spec().router().experts();
        mixture.requireRoom(rowCount);
        mixtures.route(address(logits, rowCount, experts), correction == null ? null : vector(correction, experts),
                rowCount, mixture);
    }

    @Override
    public void experts(ExpertMatrices gateUp, ExpertMatrices down, DeviceBuffer x, int rowCount,
            MixtureWorkspace workspace, DeviceBuffer out) {
        requireDifferent("experts", x, out);
        CudaMixture mixture = (CudaMixture) workspace;
        int hidden = mixture.spec().hidden();
        mixture.requireFits((CudaExperts) gateUp, (CudaExperts) down, rowCount);
        mixtures.experts((CudaExperts) gateUp, (CudaExperts) down, address(x, rowCount, hidden), rowCount, mixture,
                address(out, rowCount, hidden));
    }

    @Override
    public LatentMatrix packLatent(HostTensor weight, LatentAttentionSpec attention) {
        latents.requirePossible(attention);
        return storage.latentMatrix(weight, attention);
    }

    @Override
    public LatentWorkspace allocateLatent(LatentAttentionSpec attention, int maxRows) {
        return new CudaLatentWorkspace(attention, maxRows);
    }

    @Override
    public void latentRopeAndCache(DeviceBuffer queries, DeviceBuffer latentRows, LatentAttentionSpec attention,
            RopeTable rope, DeviceBuffer latentNorm, float normEps, KvCache cache, int layer) {
        CudaLatentCache rowsOfAll = (CudaLatentCache) cache;
        LatentKernels.requireFits(attention, rowsOfAll, layer);
        int tokens = step.inputs().tokens;
        latents.ropeAndCache(address(queries, tokens, attention.queryWidth()),
                address(latentRows, tokens, attention.rowWidth()), attention, (CudaRopeTable) rope,
                vector(latentNorm, attention.rank()), normEps, rowsOfAll, layer, step.metadata(), tokens);
    }

    @Override
    public void latentAttention(DeviceBuffer queries, LatentAttentionSpec attention, LatentMatrix weight,
            KvCache cache, int layer, LatentWorkspace workspace, DeviceBuffer out) {
        CudaLatentCache rowsOfAll = (CudaLatentCache) cache;
        LatentKernels.requireFits(attention, rowsOfAll, layer);
        requireDifferent("latentAttention", queries, out);
        int tokens = step.inputs().tokens;
        latents.attend(address(queries, tokens, attention.queryWidth()), attention, (CudaLatentMatrix) weight,
                rowsOfAll, layer, step.inputs(), step.metadata(), address(out, tokens, attention.outputWidth()));
    }

    @Override
    public void addGated(DeviceBuffer x, @Nullable DeviceBuffer gate, int rowCount, int columns, DeviceBuffer sum) {
        requireDifferent("addGated", x, sum);
        rows.addGated(address(x, rowCount, columns), gate == null ? 0 : address(gate, rowCount, 1), rowCount, columns,
                address(sum, rowCount, columns));
    }

    @Override
    public void softCap(DeviceBuffer x, int rowCount, int columns, float cap) {
        if (x.dtype() != DType.FLOAT32) {
            throw new IllegalArgumentException("soft caps are for logits, which are FLOAT32; this is " + x.dtype());
        }
        rows.softCap(address(x, rowCount, columns), rowCount, columns, cap);
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
        if (sampler != null) {
            sampler.close();
        }
        matmul.close();
        blas.close();
        loader.close();
        memory.close();
        stream.close();
        device.close();
    }
}
