package io.barista.engine.cpu;

import io.barista.engine.testkit.AttentionParityKit;
import org.junit.jupiter.api.Nested;

class VectorOpsAttentionTest {

    @Nested
    class InFloat32 extends AttentionParityKit {
        InFloat32() {
            super(VectorComparison.IN_FLOAT32);
        }
    }

    @Nested
    class InBfloat16 extends AttentionParityKit {
        InBfloat16() {
            super(VectorComparison.IN_BFLOAT16);
        }
    }
}
