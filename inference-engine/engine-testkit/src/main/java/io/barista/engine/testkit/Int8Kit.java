package io.barista.engine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.config.DtypeChoice;
import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.config.QuantizationChoice;
import io.barista.engine.LogitsProbe;
import io.barista.engine.backend.Backend;
import io.barista.engine.model.ModelFolder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code quantization: int8} may cost, on the demo model, which is trained. A backend's test extends this. */
public abstract class Int8Kit {

    protected abstract Backend backend();

    @Test
    void logitsStayWhereBfloat16HasThemAndAnswersStayTheSame() {
        DemoGolden golden = DemoGolden.load();
        int equal = 0;
        try (LogitsProbe plain = open(golden, QuantizationChoice.AUTO);
                LogitsProbe quantized = open(golden, QuantizationChoice.INT8)) {
            for (DemoGolden.Case asked : golden.cases()) {
                LogitsProbe.Result result = quantized.run(asked.promptIds(), asked.outputIds().length);
                equal += Arrays.equals(result.greedy(), asked.outputIds()) ? 1 : 0;
                assertThat(Distance.cosine(result.lastLogits(), plain.run(asked.promptIds(), 1).lastLogits()))
                        .as("cosine of the logits of %s", asked).isGreaterThanOrEqualTo(0.999);
            }
        }
        assertThat(equal).as("unchanged answers of %d", golden.cases().size())
                .isGreaterThanOrEqualTo((int) Math.ceil(0.95 * golden.cases().size()));
    }

    private LogitsProbe open(DemoGolden golden, QuantizationChoice quantization) {
        EngineConfig config = EngineConfig.empty().with(EngineOptions.DTYPE, DtypeChoice.BFLOAT16)
                .with(EngineOptions.NUM_GPU_BLOCKS_OVERRIDE, 2_048)
                .with(EngineOptions.QUANTIZATION, quantization);
        return LogitsProbe.open(ModelFolder.open(golden.folder()), config, List.of(backend()));
    }
}
