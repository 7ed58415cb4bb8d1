package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NvmlSensorsTest {

    /** Twice, since a library that cannot be loaded fails in another way the second time. */
    @Test
    void aDeviceThatNvmlDoesNotKnowOrNoNvmlAtAllGivesNoSensors() {
        assertThat(NvmlSensors.open("no device", "ffff:ff:1f.7")).isEmpty();
        assertThat(NvmlSensors.open("no device", "ffff:ff:1f.7")).isEmpty();
    }
}
