package io.barista.modelservice.metrics;

import io.barista.engine.backend.DeviceSensors;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.function.ToDoubleFunction;

/** Gauges of the device that the model runs on; vLLM leaves these to NVIDIA's own exporter. */
final class DeviceMetrics {

    private final MeterRegistry registry;
    private final DeviceSensors sensors;

    private DeviceMetrics(MeterRegistry registry, DeviceSensors sensors) {
        this.registry = registry;
        this.sensors = sensors;
    }

    static void bind(MeterRegistry registry, DeviceSensors sensors) {
        DeviceMetrics metrics = new DeviceMetrics(registry, sensors);
        metrics.gauge("barista.gpu.memory.used", "bytes", "Memory in use, by whomever", DeviceSensors::memoryUsed);
        metrics.gauge("barista.gpu.memory.total", "bytes", "Memory in all", DeviceSensors::memoryTotal);
        metrics.gauge("barista.gpu.utilization", "ratio", "Share of the last moments in which the GPU computed",
                DeviceSensors::utilization);
        metrics.gauge("barista.gpu.temperature", "celsius", "Temperature of the GPU", DeviceSensors::temperature);
        metrics.gauge("barista.gpu.power", "watts", "Power that the GPU draws", DeviceSensors::power);
    }

    private void gauge(String name, String unit, String description, ToDoubleFunction<DeviceSensors> value) {
        Gauge.builder(name, sensors, value).baseUnit(unit).description(description)
                .tags(Tags.of("gpu", sensors.device())).strongReference(true).register(registry);
    }
}
