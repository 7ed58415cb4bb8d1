package io.barista.engine.cpu;

import io.barista.engine.testkit.BackendParityKit;
import org.junit.jupiter.api.Nested;

class VectorOpsTest {

    @Nested
    class InFloat32 extends BackendParityKit {
        InFloat32() {
            super(VectorComparison.IN_FLOAT32);
        }
    }

    @Nested
    class InBfloat16 extends BackendParityKit {
        InBfloat16() {
            super(VectorComparison.IN_BFLOAT16);
        }
    }
}
