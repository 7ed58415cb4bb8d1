package io.barista.engine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.config.DtypeChoice;
import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.EngineObserver;
import io.barista.engine.LlmEngine;
import io.barista.engine.backend.Backend;
import io.barista.engine.model.ModelFolder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The demo model on a backend: every answer of its golden, token by token. A backend's test extends this. */
public abstract class DemoModelKit {

    protected abstract Backend backend();

    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void theDemoModelAnswersExactlyAsInItsGolden(int batch) {
        DemoGolden golden = DemoGolden.load();
        try (LlmEngine engine = start(golden, batch)) {
            List<Generation> generations = new ArrayList<>();
            for (DemoGolden.Case asked : golden.cases()) {
                generations.add(Generation.greedy(engine, asked.name(), asked.promptIds(), asked.limit(), false));
            }
            for (int i = 0; i < generations.size(); i++) {
                assertThat(generations.get(i).await().tokens()).as(golden.cases().get(i).name())
                        .isEqualTo(golden.cases().get(i).outputIds());
            }
        }
    }

    private LlmEngine start(DemoGolden golden, int batch) {
        EngineConfig config = EngineConfig.empty().with(EngineOptions.DTYPE, DtypeChoice.FLOAT32)
                .with(EngineOptions.MAX_NUM_SEQS, batch);
        return LlmEngine.start(ModelFolder.open(golden.folder()), config, List.of(backend()), EngineObserver.NONE);
    }
}
