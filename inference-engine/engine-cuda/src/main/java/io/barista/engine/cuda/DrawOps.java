package io.barista.engine.cuda;

import static io.barista.engine.cuda.CudaChecks.address;

import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.DrawnTokens;
import io.barista.engine.backend.SamplingRows;
import org.jspecify.annotations.Nullable;

/** Tokens drawn on the device; takes memory when the first step has shown how large steps are. */
final class DrawOps implements AutoCloseable {

    private final KernelLoader loader;
    private final DeviceMemory memory;
    private final Stream stream;
    private final CurrentStep step;

    private @Nullable DeviceSampler sampler;

    DrawOps(KernelLoader loader, DeviceMemory memory, Stream stream, CurrentStep step) {
        this.loader = loader;
        this.memory = memory;
        this.stream = stream;
        this.step = step;
    }

    void draw(DeviceBuffer logits, int columns, SamplingRows draws) {
        if (sampler == null) {
            sampler = new DeviceSampler(loader, memory, stream, step.inputs().maxTokens());
        }
        sampler.draw(address(logits, draws.rows, columns), columns, draws, step.metadata().drawn());
    }

    void fetch(DrawnTokens result) {
        if (sampler == null) {
            throw new IllegalStateException("nothing was drawn");
        }
        sampler.fetch(result);
    }

    @Override
    public void close() {
        if (sampler != null) {
            sampler.close();
        }
    }
}
