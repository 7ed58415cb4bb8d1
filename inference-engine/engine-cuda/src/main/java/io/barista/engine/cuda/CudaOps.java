package io.barista.engine.cuda;

import static io.barista.engine.cuda.CudaChecks.address;
import static io.barista.engine.cuda.CudaChecks.requireDifferent;
import static io.barista.engine.cuda.CudaChecks.requireFits;
import static io.barista.engine.cuda.CudaChecks.vector;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.Backend;
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
import io.barista.engine.backend.SamplingRows;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.backend.Weight;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@link TensorOps} as launches on one stream: sizes are checked here, then a kernel gets addresses. */
final class CudaOps implements TensorOps {

    private final Device device;
    private final Element element;
    private final Stream stream;
    private final DeviceMemory memory = new DeviceMemory();
    private final KernelLoader loader;
    private final RowKernels rows;
    private final BlasLibrary blas;
    private final Matmul matmul;
    private final WeightMemory weights;
    private final HostReader reader;
    private final MemoryBudget budget;
    private final boolean eager;

    private @Nullable StepGraphs graphs;
    private @Nullable DeviceSampler sampler;
    private @Nullable StepMemory step;
    private @Nullable StepInputs inputs;

    CudaOps(Device device, Element element, KernelCompiler compiler, Backend.Options options,
            WeightSource source) {
        this.device = device;
        this.element = element;
        this.stream = new Stream();
        this.budget = new MemoryBudget(options.memoryUtilization());
        this.loader = new KernelLoader(compiler, element, device.properties(), stream);
        this.rows = new RowKernels(loader, element);
        this.blas = new BlasLibrary(stream, memory);
        this.matmul = new Matmul(element, blas,
                element == Element.FLOAT32 ? null : new Gemv(loader, device.properties().multiprocessors()));
        this.weights = new WeightMemory(element, memory, stream, matmul,
                source == WeightSource.RANDOM ? new RandomFill(loader) : null);
        this.reader = new HostReader(stream);
        this.eager = options.eager();
    }

    @Override
    public DType activationType() {
        return element.dtype();
    }

    @Override
    public long freeBytes() {
        weights.finish();
        return budget.freeBytes();
    }

    @Override
    public DeviceBuffer allocate(String name, DType dtype, long elements) {
        return new CudaBuffer(name, dtype, elements,
                memory.allocate(name, Math.multiplyExact(elements, (long) dtype.bytes())));
    }

    @Override
    public DeviceBuffer upload(HostTensor tensor) {
        return weights.vector(tensor);
    }

    @Override
    public Matrix pack(String name, List<? extends Weight> parts) {
        return weights.matrix(name, parts);
    }

    @Override
    public RopeTable uploadRope(float[] cosSin, int positions, int rotaryDim) {
        if (rotaryDim < 2 || rotaryDim % 2 != 0 || cosSin.length != Math.multiplyExact(positions, rotaryDim)) {
            throw new IllegalArgumentException("rope table of %d floats for %d positions of rotary dimension %d"
                    .formatted(cosSin.length, positions, rotaryDim));
        }
        HostTensor table = new HostTensor("rope", DType.FLOAT32, List.of((long) cosSin.length),
                MemorySegment.ofArray(cosSin));
        return new CudaRopeTable(positions, rotaryDim, weights.upload(table, DType.FLOAT32));
    }

    @Override
    public KvCache allocateKvCache(KvCache.Shape shape) {
        if (shape.latent()) {
            throw Unsupported.of("latent attention");
        }
        CudaKvCache.requirePossible(shape, element);
        weights.finish();
        long bytes = Math.multiplyExact(shape.blockElements() * element.bytes(), (long) shape.blocks());
        long address = memory.allocate("the KV cache", bytes);
        // Masked keys are multiplied by zero, which must not meet a NaN.
        Driver.fill(address, (byte) 0, bytes, stream.handle());
        Map<String, Integer> macros = Map.of("HEAD_DIM", shape.headDim(), "BLOCK_TOKENS", shape.blockTokens(),
                "KV_FP8", 0);
        return new CudaKvCache(shape, address, bytes / shape.layers(),
                loader.load("rope_and_cache", "rope_and_cache", 128, macros),
                new PagedAttention(loader, macros, element, shape.headDim(), device.properties().multiprocessors(),
                        memory, stream));
    }

    @Override
    public void begin(StepInputs inputs) {
        weights.finish();
        CudaChecks.requireSound(inputs);
        this.inputs = inputs;
        roomFor(inputs).copy(inputs);
    }

    private StepMemory roomFor(StepInputs inputs) {
        if (step == null || !step.holds(inputs)) {
            if (step != null) {
                stream.await();
                step.close();
            }
            step = new StepMemory(stream, memory, inputs);
        }
        return step;
    }

    private StepInputs inputs() {
        if (inputs == null) {
            throw new IllegalStateException("begin() was not called");
        }
        return inputs;
    }

    private StepMemory step() {
        if (step == null) {
            throw new IllegalStateException("begin() was not called");
        }
        return step;
    }

    @Override
    public void step(StepInputs inputs, Runnable operations) {
        if (eager || !graphs(inputs).takes(inputs)) {
            begin(inputs);
            operations.run();
            return;
        }
        graphs(inputs).pad(inputs);
        begin(inputs);
        graphs(inputs).run(inputs, operations);
    }

    private StepGraphs graphs(StepInputs inputs) {
        if (graphs == null) {
            graphs = new StepGraphs(stream, Math.min(inputs.maxSequences(), inputs.maxTokens()));
        }
        return graphs;
    }

    @Override
    public void embed(Matrix table, float scale, DeviceBuffer out) {
        CudaMatrix matrix = (CudaMatrix) table;
        int tokens = inputs().tokens;
        rows.embed(step().tokenIds(), matrix, scale, tokens, address(out, tokens, table.inputs()));
    }

    @Override
    public void rmsNorm(DeviceBuffer x, DeviceBuffer weight, float eps, int rowCount, int columns, DeviceBuffer out) {
        rows.rmsNorm(address(x, rowCount, columns), vector(weight, columns), eps, rowCount, columns,
                address(out, rowCount, columns));
    }

    @Override
    public void addRmsNorm(DeviceBuffer residual, DeviceBuffer x, DeviceBuffer weight, float eps, int rowCount,
            int columns, DeviceBuffer out) {
        requireDifferent("addRmsNorm", residual, out);
        rows.addRmsNorm(address(residual, rowCount, columns), address(x, rowCount, columns), vector(weight, columns),
                eps, rowCount, columns, address(out, rowCount, columns));
    }

    @Override
    public void matmul(Matrix w, @Nullable DeviceBuffer bias, DeviceBuffer x, int rowCount, DeviceBuffer out) {
        requireDifferent(w.name(), x, out);
        matmul.multiply((CudaMatrix) w, bias == null ? null : vector(bias, w.outputs()),
                address(x, rowCount, w.inputs()), rowCount, address(out, rowCount, w.outputs()),
                out.dtype() == DType.FLOAT32 && element != Element.FLOAT32);
    }

    @Override
    public void ropeAndCache(DeviceBuffer qkv, AttentionSpec attention, RopeTable rope, @Nullable DeviceBuffer qNorm,
            @Nullable DeviceBuffer kNorm, float normEps, KvCache cache, int layer) {
        requireFits(attention, cache, layer);
        int tokens = inputs().tokens;
        rows.ropeAndCache((CudaKvCache) cache, layer, address(qkv, tokens, attention.qkvWidth()), step(),
                (CudaRopeTable) rope, qNorm == null ? null : vector(qNorm, attention.headDim()),
                kNorm == null ? null : vector(kNorm, attention.headDim()), normEps, attention, tokens);
    }

    @Override
    public void pagedAttention(DeviceBuffer qkv, AttentionSpec attention, KvCache cache, int layer, DeviceBuffer out) {
        requireFits(attention, cache, layer);
        requireDifferent("pagedAttention", qkv, out);
        int tokens = inputs().tokens;
        CudaKvCache paged = (CudaKvCache) cache;
        paged.attention().attend(address(qkv, tokens, attention.qkvWidth()), attention, paged.layer(layer), inputs(),
                step(), address(out, tokens, attention.queryWidth()));
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
        rows.gatherRows(address(x, inputs().tokens, columns), step().logitIndices(), inputs().logitRows, columns,
                address(out, inputs().logitRows, columns));
    }

    @Override
    public void read(DeviceBuffer source, long offset, float[] target, int count) {
        reader.read((CudaBuffer) source, offset, target, count);
    }

    @Override
    public boolean sample(DeviceBuffer logits, int columns, SamplingRows draws, int[] tokens) {
        sampler(draws.rows).sample(address(logits, draws.rows, columns), columns, draws, tokens);
        return true;
    }

    private DeviceSampler sampler(int rowCount) {
        if (sampler == null || !sampler.holds(rowCount)) {
            if (sampler != null) {
                sampler.close();
            }
            sampler = new DeviceSampler(loader, memory, stream, reader,
                    Math.max(rowCount, inputs().maxSequences()));
        }
        return sampler;
    }

    @Override
    public void write(DeviceBuffer target, long offset, float[] source, int count) {
        CudaBuffer buffer = (CudaBuffer) target;
        CudaChecks.requireRange(buffer, offset, count, source.length);
        HostTensor values = new HostTensor(buffer.name(), DType.FLOAT32, List.of((long) count),
                MemorySegment.ofArray(source));
        weights.write(values, buffer.dtype(), buffer.address() + offset * buffer.dtype().bytes());
    }

    // What has no kernels here yet is refused when the model is loaded.

    @Override
    public ExpertMatrices packExperts(String name, List<? extends List<? extends Weight>> experts) {
        throw Unsupported.of("mixtures of experts");
    }

    @Override
    public LatentMatrix packLatent(HostTensor weight, LatentAttentionSpec attention) {
        throw Unsupported.of("latent attention");
    }

    @Override
    public MixtureWorkspace allocateMixture(MixtureSpec mixture, int maxRows) {
        throw Unsupported.of("mixtures of experts");
    }

    @Override
    public LatentWorkspace allocateLatent(LatentAttentionSpec attention, int maxRows) {
        throw Unsupported.of("latent attention");
    }

    @Override
    public void latentRopeAndCache(DeviceBuffer queries, DeviceBuffer latents, LatentAttentionSpec attention,
            RopeTable rope, DeviceBuffer latentNorm, float normEps, KvCache cache, int layer) {
        throw Unsupported.of("latent attention");
    }

    @Override
    public void latentAttention(DeviceBuffer queries, LatentAttentionSpec attention, LatentMatrix weight,
            KvCache cache, int layer, LatentWorkspace workspace, DeviceBuffer out) {
        throw Unsupported.of("latent attention");
    }

    @Override
    public void route(DeviceBuffer logits, @Nullable DeviceBuffer correction, int rowCount,
            MixtureWorkspace workspace) {
        throw Unsupported.of("mixtures of experts");
    }

    @Override
    public void experts(ExpertMatrices gateUp, ExpertMatrices down, DeviceBuffer x, int rowCount,
            MixtureWorkspace workspace, DeviceBuffer out) {
        throw Unsupported.of("mixtures of experts");
    }

    @Override
    public void addGated(DeviceBuffer x, @Nullable DeviceBuffer gate, int rowCount, int columns, DeviceBuffer sum) {
        throw Unsupported.of("mixtures of experts");
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
        stream.await();
        weights.close();
        reader.close();
        if (step != null) {
            step.close();
        }
        if (graphs != null) {
            graphs.close();
        }
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
