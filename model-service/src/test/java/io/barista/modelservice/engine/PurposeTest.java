package io.barista.modelservice.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.config.ModelConversion;
import io.barista.config.ModelRunner;
import io.barista.config.ModelTask;
import io.barista.engine.EngineException;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.testkit.EmbeddingGolden;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PurposeTest {

    @TempDir
    private Path temporary;

    @Test
    void theFolderDecidesUnlessAsked() {
        assertThat(Purpose.of(EngineConfig.empty(), demo())).isEqualTo(Purpose.TEXT);
        assertThat(Purpose.of(EngineConfig.empty(), sentenceTransformers())).isEqualTo(Purpose.EMBEDDINGS);
    }

    @Test
    void everyNameOfTheKnobCounts() {
        EngineConfig empty = EngineConfig.empty();
        assertThat(Purpose.of(empty.with(EngineOptions.TASK, ModelTask.EMBED), demo())).isEqualTo(Purpose.EMBEDDINGS);
        assertThat(Purpose.of(empty.with(EngineOptions.RUNNER, ModelRunner.POOLING), demo()))
                .isEqualTo(Purpose.EMBEDDINGS);
        assertThat(Purpose.of(empty.with(EngineOptions.CONVERT, ModelConversion.EMBED), demo()))
                .isEqualTo(Purpose.EMBEDDINGS);
        assertThat(Purpose.of(empty.with(EngineOptions.RUNNER, ModelRunner.GENERATE), sentenceTransformers()))
                .isEqualTo(Purpose.TEXT);
    }

    @Test
    void contradictionsAreRefused() {
        EngineConfig both = EngineConfig.empty().with(EngineOptions.TASK, ModelTask.GENERATE)
                .with(EngineOptions.RUNNER, ModelRunner.POOLING);
        assertThatThrownBy(() -> Purpose.of(both, demo())).isInstanceOf(EngineException.class)
                .hasMessageContaining("task: generate, runner: pooling");
    }

    private static ModelFolder demo() {
        return ModelFolder.open(Path.of(System.getProperty("barista.root"), "models/barista-demo"));
    }

    private ModelFolder sentenceTransformers() {
        return ModelFolder.open(EmbeddingGolden.unpackInto(temporary));
    }
}
