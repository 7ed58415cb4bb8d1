package io.barista.engine.cpu;

import io.barista.engine.testkit.AdapterParityKit;
import org.junit.jupiter.api.Nested;

class VectorOpsAdapterTest {

    @Nested
    class InFloat32 extends AdapterParityKit {
        InFloat32() {
            super(VectorComparison.IN_FLOAT32);
        }
    }

    @Nested
    class InBfloat16 extends AdapterParityKit {
        InBfloat16() {
            super(VectorComparison.IN_BFLOAT16);
        }
    }
}
