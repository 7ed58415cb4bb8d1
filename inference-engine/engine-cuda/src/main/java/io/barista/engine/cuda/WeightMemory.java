package io.barista.engine.cuda;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Weight;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Brings a model's weights to the device: allocates for them and copies them. Nothing may be launched before {@link #finish}. */
final class WeightMemory implements AutoCloseable {

    private final Element element;
    private final DeviceMemory memory;
    private final Stream stream;
    private final Matmul matmul;
    private final @Nullable RandomFill random;
    private @Nullable Uploader uploader;

    /** @param random draws matrices in place of copying them */
    WeightMemory(Element element, DeviceMemory memory, Stream stream, Matmul matmul, @Nullable RandomFill random) {
        this.element = element;
        this.memory = memory;
        this.stream = stream;
        this.matmul = matmul;
        this.random = random;
    }

    CudaVector vector(HostTensor given) {
        HostTensor tensor = random == null ? given : RandomFill.ones(given);
        long floats = upload(tensor, DType.FLOAT32);
        long rounded = element == Element.FLOAT32 ? floats : upload(tensor, element.dtype());
        return new CudaVector(tensor.name(), tensor.elements(), floats, rounded);
    }

    /** Parts are stacked by output. */
    CudaMatrix matrix(String name, List<? extends Weight> parts) {
        int inputs = parts.getFirst().inputs();
        long elements = 0;
        for (Weight part : parts) {
            if (part.inputs() != inputs) {
                throw new IllegalArgumentException("%s: %s has %d inputs, %s has %d".formatted(name,
                        parts.getFirst().name(), inputs, part.name(), part.inputs()));
            }
            elements += Math.multiplyExact((long) part.outputs(), (long) inputs);
        }
        int outputs = Math.toIntExact(elements / inputs);
        long address = memory.allocate(name, elements * element.bytes());
        long target = address;
        for (Weight part : parts) {
            switch (part) {
                case Weight.Dense dense -> dense(dense.tensor(), target);
                case Weight.Int4 _ -> throw Unsupported.of("int4 weights");
                case Weight.Fp8 _ -> throw Unsupported.of("fp8 weights");
                case Weight.Int8 _ -> throw Unsupported.of("int8 weights");
            }
            target += (long) part.outputs() * inputs * element.bytes();
        }
        return new CudaMatrix(name, outputs, inputs, address, matmul.shape(outputs, inputs));
    }

    private void dense(HostTensor tensor, long address) {
        if (random == null) {
            write(tensor, element.dtype(), address);
        } else {
            random.fill(address, tensor.elements());
        }
    }

    long upload(HostTensor tensor, DType as) {
        long address = memory.allocate(tensor.name(), tensor.elements() * as.bytes());
        write(tensor, as, address);
        return address;
    }

    void write(HostTensor tensor, DType as, long address) {
        if (uploader == null) {
            uploader = new Uploader(stream);
        }
        uploader.copy(tensor, as, address);
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
