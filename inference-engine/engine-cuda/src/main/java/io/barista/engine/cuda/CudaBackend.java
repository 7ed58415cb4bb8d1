package io.barista.engine.cuda;

import io.barista.engine.backend.Backend;
import io.barista.engine.backend.TensorOps;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One NVIDIA GPU. Loads without a driver, a device or CUDA's libraries; then {@link #refusal} says what is missing. */
public final class CudaBackend implements Backend {

    private static final Logger LOG = LoggerFactory.getLogger(CudaBackend.class);

    /** The first device that the driver shows; CUDA_VISIBLE_DEVICES chooses among several. */
    private static final int DEVICE = 0;

    private final KernelCache cache;
    private final WeightSource weights;

    /** With compiled kernels kept in the user's cache folder. */
    public CudaBackend() {
        this(WeightSource.FILES);
    }

    private CudaBackend(WeightSource weights) {
        this.cache = KernelCache.ofUser();
        this.weights = weights;
    }

    /** For benchmarks: matrices are drawn on the device, norm weights are one; of a model's files only the headers are read. */
    public static CudaBackend withRandomWeights() {
        return new CudaBackend(WeightSource.RANDOM);
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public Optional<String> refusal() {
        return CudaProbe.refusal();
    }

    /**
     * @throws IllegalArgumentException if activations are to be computed in anything but FLOAT32, BFLOAT16 or FLOAT16
     */
    @Override
    public TensorOps open(Options options) {
        JavaCpp.configure();
        Element element = Element.of(options.compute());
        Device device = Device.open(DEVICE);
        Device.Properties properties = device.properties();
        Driver.Memory memory = Driver.memory();
        LOG.info("cuda backend: {}, {} for {}, driver for CUDA {}.{}, {} of {} MiB free", properties.name(),
                element.dtype(), properties.target(), Driver.version() / 1000, Driver.version() % 1000 / 10,
                memory.free() >> 20, memory.total() >> 20);
        return new CudaOps(device, element, new KernelCompiler(properties.target(), cache), options, weights);
    }
}
