package io.barista.modelservice.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.backend.DeviceSensors;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class DeviceMetricsTest {

    @Test
    void gaugesFollowTheSensors() {
        Sensors sensors = new Sensors();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        DeviceMetrics.bind(registry, sensors);

        assertThat(registry.get("barista.gpu.power").tag("gpu", "NVIDIA Test").gauge().value()).isEqualTo(120.5);
        assertThat(registry.get("barista.gpu.memory.used").gauge().value()).isEqualTo(3e9);
        assertThat(registry.get("barista.gpu.memory.total").gauge().value()).isEqualTo(4e9);
        assertThat(registry.get("barista.gpu.utilization").gauge().value()).isEqualTo(0.75);
        assertThat(registry.get("barista.gpu.temperature").gauge().value()).isEqualTo(40);

        sensors.celsius = Double.NaN;

        assertThat(registry.get("barista.gpu.temperature").gauge().value()).isNaN();
    }

    private static final class Sensors implements DeviceSensors {

        private double celsius = 40;

        @Override
        public String device() {
            return "NVIDIA Test";
        }

        @Override
        public double memoryUsed() {
            return 3e9;
        }

        @Override
        public double memoryTotal() {
            return 4e9;
        }

        @Override
        public double utilization() {
            return 0.75;
        }

        @Override
        public double temperature() {
            return celsius;
        }

        @Override
        public double power() {
            return 120.5;
        }
    }
}
