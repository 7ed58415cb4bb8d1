package io.barista.engine.cpu;

import io.barista.engine.testkit.FamilyParityKit;
import org.junit.jupiter.api.Nested;

class VectorOpsFamilyTest {

    @Nested
    class InFloat32 extends FamilyParityKit {
        InFloat32() {
            super(VectorComparison.IN_FLOAT32);
        }
    }

    @Nested
    class InBfloat16 extends FamilyParityKit {
        InBfloat16() {
            super(VectorComparison.IN_BFLOAT16);
        }
    }
}
