package io.barista.engine.cuda;

import io.barista.engine.backend.DeviceSensors;
import java.util.Optional;
import org.bytedeco.cuda.global.nvml;
import org.bytedeco.cuda.nvml.nvmlDevice_st;
import org.bytedeco.cuda.nvml.nvmlMemory_t;
import org.bytedeco.cuda.nvml.nvmlUtilization_t;
import org.bytedeco.javacpp.BytePointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** NVML's view of one GPU. Its library comes with the driver, but containers may lack it. */
final class NvmlSensors implements DeviceSensors, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NvmlSensors.class);

    private final String device;
    private final nvmlDevice_st handle;
    // Kept, since native memory is not given back by the garbage collector here.
    private final nvmlMemory_t memory = new nvmlMemory_t();
    private final nvmlUtilization_t utilization = new nvmlUtilization_t();
    private final int[] number = new int[1];
    private boolean closed;

    private NvmlSensors(String device, nvmlDevice_st handle) {
        this.device = device;
        this.handle = handle;
    }

    /** Empty, with the reason logged, where NVML is not there or does not know the device. */
    static Optional<NvmlSensors> open(String device, String pciBusId) {
        try {
            int code = nvml.nvmlInit_v2();
            if (code != nvml.NVML_SUCCESS) {
                return unavailable("nvmlInit says " + code);
            }
            nvmlDevice_st handle = new nvmlDevice_st();
            try (BytePointer id = new BytePointer(pciBusId)) {
                code = nvml.nvmlDeviceGetHandleByPciBusId_v2(id, handle);
            }
            return code == nvml.NVML_SUCCESS
                    ? Optional.of(new NvmlSensors(device, handle))
                    : unavailable("it does not know the device at %s (%d)".formatted(pciBusId, code));
        } catch (LinkageError e) {
            return unavailable(e.toString());
        }
    }

    private static Optional<NvmlSensors> unavailable(String reason) {
        LOG.warn("no metrics of the GPU's memory, utilization, temperature and power: NVML is not available, {}",
                reason);
        return Optional.empty();
    }

    @Override
    public String device() {
        return device;
    }

    @Override
    public synchronized double memoryUsed() {
        return !closed && nvml.nvmlDeviceGetMemoryInfo(handle, memory) == nvml.NVML_SUCCESS
                ? memory.used()
                : Double.NaN;
    }

    @Override
    public synchronized double memoryTotal() {
        return !closed && nvml.nvmlDeviceGetMemoryInfo(handle, memory) == nvml.NVML_SUCCESS
                ? memory.total()
                : Double.NaN;
    }

    @Override
    public synchronized double utilization() {
        return !closed && nvml.nvmlDeviceGetUtilizationRates(handle, utilization) == nvml.NVML_SUCCESS
                ? utilization.gpu() / 100.0
                : Double.NaN;
    }

    @Override
    public synchronized double temperature() {
        return !closed && nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU, number) == nvml.NVML_SUCCESS
                ? number[0]
                : Double.NaN;
    }

    @Override
    public synchronized double power() {
        return !closed && nvml.nvmlDeviceGetPowerUsage(handle, number) == nvml.NVML_SUCCESS
                ? number[0] / 1000.0
                : Double.NaN;
    }

    /** From then on everything is NaN. */
    @Override
    public synchronized void close() {
        closed = true;
        nvml.nvmlShutdown();
        memory.close();
        utilization.close();
    }
}
