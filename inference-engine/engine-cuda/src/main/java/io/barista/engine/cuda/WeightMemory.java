package io.barista.engine.cuda;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Weight;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Brings a model's weights to the device: allocates for them and copies them. Nothing may be launched before {@link #finish}. */
final class WeightMemory implements WeightTarget, AutoCloseable {

    private final Device device;
    private final Element element;
    private final DeviceMemory memory;
    private final Stream stream;
    private final Matmul matmul;
    private final @Nullable RandomFill random;
    private final WeightPacking packing;
    private @Nullable Uploader uploader;

    /** @param random draws matrices in place of copying them */
    WeightMemory(Device device, Element element, DeviceMemory memory, Stream stream, Matmul matmul,
            @Nullable RandomFill random) {
        this.device = device;
        this.element = element;
        this.memory = memory;
        this.stream = stream;
        this.matmul = matmul;
        this.random = random;
        this.packing = new WeightPacking(this, element);
    }

    CudaVector vector(HostTensor given) {
        HostTensor tensor = random == null ? given : RandomFill.ones(given);
        long floats = upload(tensor, DType.FLOAT32);
        long rounded = element == Element.FLOAT32 ? floats : upload(tensor, element.dtype());
        return new CudaVector(tensor.name(), tensor.elements(), floats, rounded);
    }

    /** Parts are stacked by output. */
    CudaWeights matrix(String name, List<? extends Weight> parts) {
        PackedWeights packed = packing.pack(name, List.of(parts));
        MatmulShape shape = matmul.shape(packed.outputs(), packed.inputs());
        return packed.kind() == WeightKind.DENSE
                ? new CudaMatrix(name, packed.outputs(), packed.inputs(), packed.weights(), shape)
                : new QuantizedMatrix(name, packed, shape);
    }

    /** As {@link #matrix} for each expert. */
    CudaExperts experts(String name, List<? extends List<? extends Weight>> experts) {
        return new CudaExperts(name, packing.pack(name, experts));
    }

    /** A matrix as it is on disk, in the activations' type. */
    long elements(HostTensor tensor) {
        return packing.pack(tensor.name(), List.of(List.of(new Weight.Dense(tensor)))).weights();
    }

    /** The weights themselves, or random numbers in their place. */
    @Override
    public void writeElements(HostTensor tensor, long address) {
        if (random == null) {
            write(tensor, element.dtype(), address);
        } else {
            random.fill(address, tensor.elements());
        }
    }

    @Override
    public void writeCodes(Weight.Quantized matrix, long codes, long scales) {
        HostTensor given = WeightPacking.asItIs(matrix.name(), DType.INT8, matrix.codes());
        HostTensor scaled = WeightPacking.asItIs(matrix.name(), DType.FLOAT32, matrix.scales());
        if (random == null) {
            write(given, DType.INT8, codes);
            write(scaled, DType.FLOAT32, scales);
        } else {
            WeightKind kind = WeightKind.of(matrix);
            random.fillCodes(kind, codes, given.elements());
            write(RandomFill.scales(kind, matrix.name(), scaled.elements()), DType.FLOAT32, scales);
        }
    }

    @Override
    public long allocate(String what, long bytes) {
        return memory.allocate(what, bytes);
    }

    long upload(HostTensor tensor, DType as) {
        long address = memory.allocate(tensor.name(), tensor.elements() * as.bytes());
        write(tensor, as, address);
        return address;
    }

    @Override
    public void write(HostTensor tensor, DType as, long address) {
        if (uploader == null) {
            uploader = new Uploader(device, stream);
        }
        uploader.copy(tensor, as, address);
    }

    /** Returns when everything that was written has been read, so that its memory may change. */
    void settle() {
        if (uploader != null) {
            uploader.settle();
        }
    }

    /** Returns when everything is on the device, with nothing kept but the weights themselves. */
    void finish() {
        if (uploader != null) {
            uploader.close();
            uploader = null;
        }
    }

    @Override
    public void close() {
        finish();
    }
}
