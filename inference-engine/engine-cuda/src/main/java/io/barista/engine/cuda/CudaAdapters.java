package io.barista.engine.cuda;

import io.barista.engine.backend.AdapterMatrix;
import io.barista.engine.backend.AdapterShape;
import io.barista.engine.backend.AdapterUpdate;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.StepInputs;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** LoRA adapters on the device; takes no memory and compiles nothing until there is room for one. */
final class CudaAdapters implements AutoCloseable {

    private final Device device;
    private final Element element;
    private final DeviceMemory memory;
    private final KernelLoader loader;
    private final Stream stream;
    private final CurrentStep step;

    private @Nullable AdapterMemory slots;
    private @Nullable AdapterKernels kernels;
    private @Nullable AdapterTiles tiles;

    CudaAdapters(Device device, Element element, DeviceMemory memory, KernelLoader loader, Stream stream,
            CurrentStep step) {
        this.device = device;
        this.element = element;
        this.memory = memory;
        this.loader = loader;
        this.stream = stream;
        this.step = step;
    }

    AdapterMatrix allocate(AdapterShape shape) {
        if (slots == null || kernels == null) {
            slots = new AdapterMemory(device, element, memory);
            kernels = new AdapterKernels(loader, element, memory, stream);
        }
        if (tiles == null || !tiles.holds(shape.slots())) {
            tiles = new AdapterTiles(shape.slots());
            step.arrangeAdapters(tiles);
        }
        CudaAdapterMatrix matrix = slots.allocate(shape);
        kernels.serve(matrix);
        return matrix;
    }

    void write(int slot, List<AdapterUpdate> updates) {
        if (slots == null) {
            throw new IllegalStateException("no room was asked for");
        }
        slots.write(slot, updates);
    }

    /** Whether the step has rows to which that room's adapters add. */
    boolean addTo(@Nullable AdapterMatrix room) {
        return room != null && step.inputs().adapterTokens > 0;
    }

    /**
     * Adds to what the product writes, whose inputs x are.
     *
     * @param product queues it
     */
    void around(AdapterMatrix room, DeviceBuffer x, DeviceBuffer out, Runnable product) {
        if (kernels == null || tiles == null) {
            throw new IllegalStateException("no room was asked for");
        }
        CudaAdapterMatrix matrix = (CudaAdapterMatrix) room;
        StepInputs inputs = step.inputs();
        AdapterShape shape = matrix.shape();
        long target = CudaChecks.address(out, inputs.tokens, shape.width());
        kernels.shrink(matrix, tiles, step.metadata(), inputs, CudaChecks.address(x, inputs.tokens, shape.inputs()));
        product.run();
        kernels.expand(matrix, tiles, step.metadata(), inputs, target);
    }

    @Override
    public void close() {
        if (slots != null) {
            slots.close();
        }
        if (kernels != null) {
            kernels.close();
        }
    }
}
