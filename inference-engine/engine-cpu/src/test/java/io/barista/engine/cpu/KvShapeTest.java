package io.barista.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.testkit.TinyModel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KvShapeTest {

    @TempDir
    Path temporary;

    @Test
    void aTokenOfLatentAttentionLeavesOneRowInEachLayer() {
        KvCache.Shape shape = shape(TinyModel.DEEPSEEK_V3_MLA_MOE);

        assertThat(shape).isEqualTo(new KvCache.Shape(3, 0, 16, 1, 32 + 16, true));
        assertThat(shape.blockElements()).isEqualTo(16 * 3 * 48);
    }

    @Test
    void aTokenOfGroupedAttentionLeavesKeysAndValuesOfEveryKvHead() {
        assertThat(shape(TinyModel.MISTRAL_SLIDING).blockElements()).isEqualTo(16 * 3 * 2 * 2 * 16);
    }

    @Test
    void theCpuKeepsALatentRowInTwoLayouts() {
        try (TensorOps ops = new ScalarOps(DType.FLOAT32)) {
            assertThat(ops.kvBlockBytes(shape(TinyModel.DEEPSEEK_V3_MLA_MOE))).isEqualTo(2 * 4 * 16 * 3 * 48);
            assertThat(ops.kvBlockBytes(shape(TinyModel.MISTRAL_SLIDING))).isEqualTo(4 * 16 * 3 * 2 * 2 * 16);
        }
    }

    private KvCache.Shape shape(TinyModel model) {
        return ModelFolder.open(model.unpackInto(temporary)).decoder().kvShape(16);
    }
}
