package io.barista.engine.cuda;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AdapterMatrix;
import io.barista.engine.backend.AdapterShape;
import io.barista.engine.backend.AdapterUpdate;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.Linear;
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

    private @Nullable StreamEvent read;
    private @Nullable AdapterMemory slots;
    private @Nullable AdapterKernels kernels;
    private @Nullable StepAdapters ofStep;

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
        if (read == null || slots == null || kernels == null) {
            read = new StreamEvent();
            slots = new AdapterMemory(device, element, memory, read);
            kernels = new AdapterKernels(loader, element, memory, stream);
        }
        if (ofStep == null || !ofStep.hold(shape.slots())) {
            ofStep = new StepAdapters(shape.slots());
            step.arrangeAdapters(ofStep, read);
        }
        CudaAdapterMatrix matrix = slots.allocate(shape);
        kernels.serve(matrix);
        return matrix;
    }

    void write(int slot, List<AdapterUpdate> updates) {
        required(slots).write(slot, updates);
    }

    /** What the step's adapters may add to that product; null where none can, as in a step of the base model alone. */
    @Nullable
    AdapterMatrix addedTo(Linear w) {
        return w.adapters() != null && step.inputs().adapterTokens > 0 ? w.adapters() : null;
    }

    /** From here to the step's end products are of the rows whose logits it wants. */
    void continueWithLogitRows() {
        if (ofStep != null) {
            ofStep.continueWithLogitRows(step.inputs());
        }
    }

    /** To a product that has been made. */
    void add(AdapterMatrix room, DeviceBuffer x, DeviceBuffer out) {
        if (step.inputs().adapterTokens > 0) {
            begin();
            finish(room, x, out);
        }
    }

    /** Before a product is queued, and once all that makes its inputs is. */
    void begin() {
        kernels().inputsAreQueued();
    }

    /** After that product is queued: multiplies x by A beside it, then adds to what it writes. */
    void finish(AdapterMatrix room, DeviceBuffer x, DeviceBuffer out) {
        CudaAdapterMatrix matrix = (CudaAdapterMatrix) room;
        AdapterRows rows = rows();
        shrink(matrix, rows, x);
        kernels().expand(matrix, rows, CudaChecks.address(out, rows.count(), matrix.shape().width()));
    }

    /** Whether {@link #finishGated} does it for that product. */
    boolean gates(Linear w) {
        return addedTo(w) instanceof CudaAdapterMatrix matrix && kernels().gates(matrix);
    }

    /** As {@link #finish} of gate and up, then their gated activation: {@code gateUp} stays the product alone. */
    void finishGated(AdapterMatrix room, DeviceBuffer x, DeviceBuffer gateUp, Activation activation, DeviceBuffer out) {
        CudaAdapterMatrix matrix = (CudaAdapterMatrix) room;
        AdapterRows rows = rows();
        shrink(matrix, rows, x);
        kernels().expandGated(matrix, rows, CudaChecks.address(gateUp, rows.count(), matrix.shape().width()),
                activation, CudaChecks.address(out, rows.count(), matrix.widest()));
    }

    private void shrink(CudaAdapterMatrix matrix, AdapterRows rows, DeviceBuffer x) {
        kernels().shrink(matrix, rows, step.inputs().maxTokens(),
                CudaChecks.address(x, rows.count(), matrix.shape().inputs()));
    }

    private AdapterKernels kernels() {
        return required(kernels);
    }

    private AdapterRows rows() {
        return required(ofStep).rows();
    }

    private static <T> T required(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("no room for adapters was asked for");
        }
        return part;
    }

    @Override
    public void close() {
        if (slots != null) {
            slots.close();
        }
        if (kernels != null) {
            kernels.close();
        }
        if (read != null) {
            read.close();
        }
    }
}
