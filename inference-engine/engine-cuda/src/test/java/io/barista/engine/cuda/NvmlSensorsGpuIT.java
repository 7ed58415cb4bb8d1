package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.backend.Backend;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceSensors;
import io.barista.engine.backend.TensorOps;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("gpu")
class NvmlSensorsGpuIT {

    @Test
    void sensorsTellAboutTheDeviceUntilItIsClosed() {
        TensorOps ops = new CudaBackend().open(new Backend.Options(0, DType.BFLOAT16));
        DeviceSensors sensors = ops.sensors().orElseThrow();
        ops.allocate("a gigabyte", DType.BFLOAT16, 1L << 29);

        assertThat(sensors.memoryUsed()).isBetween(1e9, sensors.memoryTotal());
        assertThat(sensors.utilization()).isBetween(0.0, 1.0);
        assertThat(sensors.temperature()).isBetween(5.0, 120.0);
        assertThat(sensors.power()).isBetween(5.0, 2_000.0);

        ops.close();
        assertThat(sensors.power()).isNaN();
    }
}
