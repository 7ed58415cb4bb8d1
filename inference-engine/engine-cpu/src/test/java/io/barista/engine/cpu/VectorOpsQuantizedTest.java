package io.barista.engine.cpu;

import io.barista.engine.testkit.QuantizedParityKit;
import org.junit.jupiter.api.Nested;

class VectorOpsQuantizedTest {

    @Nested
    class InFloat32 extends QuantizedParityKit {
        InFloat32() {
            super(VectorComparison.IN_FLOAT32);
        }
    }

    @Nested
    class InBfloat16 extends QuantizedParityKit {
        InBfloat16() {
            super(VectorComparison.IN_BFLOAT16);
        }
    }
}
