package io.barista.engine.cuda;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.RopeTable;
import io.barista.engine.backend.Weight;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What lies on the device from start to end: activations, weights, tables and the cache; and what crosses to and from them. */
final class CudaStorage implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CudaStorage.class);

    private final Element element;
    private final DType kvCacheType;
    private final Stream stream;
    private final DeviceMemory memory;
    private final ScratchMemory scratch;
    private final KernelLoader loader;
    private final int multiprocessors;
    private final MemoryBudget budget;
    private final WeightMemory weights;
    private final HostReader reader;

    CudaStorage(Element element, DType kvCacheType, Stream stream, DeviceMemory memory, ScratchMemory scratch,
            KernelLoader loader,
            int multiprocessors, MemoryBudget budget, WeightMemory weights) {
        this.element = element;
        this.kvCacheType = kvCacheType;
        this.stream = stream;
        this.memory = memory;
        this.scratch = scratch;
        this.loader = loader;
        this.multiprocessors = multiprocessors;
        this.budget = budget;
        this.weights = weights;
        this.reader = new HostReader(stream);
    }

    DType kvCacheType() {
        return kvCacheType;
    }

    long freeBytes() {
        weights.finish();
        scratch.allocate();
        Driver.Memory now = Driver.memory();
        LOG.info("device memory: {}", budget.describe(now, memory.allocatedBytes()));
        return budget.freeBytes(now);
    }

    /** Returns when all weights have arrived. */
    void finishWeights() {
        weights.finish();
    }

    DeviceBuffer allocate(String name, DType dtype, long elements) {
        return new CudaBuffer(name, dtype, elements,
                memory.allocate(name, Math.multiplyExact(elements, (long) dtype.bytes())));
    }

    DeviceBuffer vector(HostTensor tensor) {
        return weights.vector(tensor);
    }

    CudaWeights matrix(String name, List<? extends Weight> parts) {
        return weights.matrix(name, parts);
    }

    CudaExperts experts(String name, List<? extends List<? extends Weight>> experts) {
        return weights.experts(name, experts);
    }

    CudaLatentMatrix latentMatrix(HostTensor weight, LatentAttentionSpec attention) {
        return new CudaLatentMatrix(weight.name(), attention, weights.elements(weight));
    }

    RopeTable rope(float[] cosSin, int positions, int rotaryDim) {
        if (rotaryDim < 2 || rotaryDim % 2 != 0 || cosSin.length != Math.multiplyExact(positions, rotaryDim)) {
            throw new IllegalArgumentException("rope table of %d floats for %d positions of rotary dimension %d"
                    .formatted(cosSin.length, positions, rotaryDim));
        }
        HostTensor table = new HostTensor("rope", DType.FLOAT32, List.of((long) cosSin.length),
                MemorySegment.ofArray(cosSin));
        return new CudaRopeTable(positions, rotaryDim, weights.upload(table, DType.FLOAT32));
    }

    KvCache kvCache(KvCache.Shape shape) {
        weights.finish();
        boolean fp8 = kvCacheType == DType.FLOAT8_E4M3;
        long bytes = Math.multiplyExact(shape.blockElements() * kvCacheType.bytes(), (long) shape.blocks());
        if (shape.latent()) {
            CudaLatentCache.requirePossible(fp8);
            return new CudaLatentCache(shape, memory.allocate("the KV cache", bytes), bytes / shape.layers());
        }
        CudaKvCache.requirePossible(shape, element);
        long address = memory.allocate("the KV cache", bytes);
        // Masked keys are multiplied by zero, which must not meet a NaN.
        Driver.fill(address, (byte) 0, bytes, stream.handle());
        Map<String, Integer> macros = Map.of("HEAD_DIM", shape.headDim(), "BLOCK_TOKENS", shape.blockTokens(),
                "KV_FP8", fp8 ? 1 : 0);
        return new CudaKvCache(shape, address, bytes / shape.layers(), fp8,
                new RopeKernels(loader, macros, element, shape.headDim()),
                new PagedAttention(loader, macros, element, shape.headDim(), multiprocessors, memory, stream));
    }

    void read(DeviceBuffer source, long offset, float[] target, int count) {
        reader.read((CudaBuffer) source, offset, target, count);
    }

    void write(DeviceBuffer target, long offset, float[] source, int count) {
        CudaBuffer buffer = (CudaBuffer) target;
        CudaChecks.requireRange(buffer, offset, count, source.length);
        HostTensor values = new HostTensor(buffer.name(), DType.FLOAT32, List.of((long) count),
                MemorySegment.ofArray(source));
        weights.write(values, buffer.dtype(), buffer.address() + offset * buffer.dtype().bytes());
        weights.settle();
    }

    @Override
    public void close() {
        weights.close();
        reader.close();
    }
}
