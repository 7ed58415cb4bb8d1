package io.barista.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.config.SchedulingPolicy;
import io.barista.engine.backend.DType;
import io.barista.engine.goldens.SharedGoldens;
import io.barista.engine.lora.AdapterSource;
import io.barista.engine.model.GenerationDefaults;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.runner.ModelRunner;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/** The whole engine around a scripted model, with the demo model's tokenizer. */
final class TestEngine {

    static final ModelFolder FOLDER = ModelFolder.open(SharedGoldens.demoModel());
    static final int END = 2043;
    static final int BLOCK = 4;

    private TestEngine() {}

    static LlmEngine start(ModelRunner runner) {
        return start(runner, EngineObserver.NONE);
    }

    static LlmEngine start(ModelRunner runner, EngineObserver observer) {
        return start(config(64, 4, 1024), runner, observer);
    }

    static LlmEngine start(ResolvedEngineConfig config, ModelRunner runner, EngineObserver observer) {
        GenerationDefaults defaults = new GenerationDefaults(OptionalDouble.empty(), OptionalDouble.empty(),
                OptionalInt.empty(), OptionalDouble.empty(), OptionalDouble.empty(), OptionalInt.empty(), List.of(END));
        return LlmEngine.start(FOLDER, defaults, () -> new EngineAssembly.Parts(config, runner), AdapterSource.NONE,
                observer);
    }

    static ResolvedEngineConfig config(int blocks, int maxNumSeqs, int maxQueued) {
        return new ResolvedEngineConfig("Scripted", "none", Map.of(), DType.FLOAT32, DType.FLOAT32,
                DType.FLOAT32, blocks * BLOCK,
                maxNumSeqs, 64, 0, true, true, SchedulingPolicy.FCFS, maxQueued, BLOCK, blocks, 0, 0, 20, 0, null,
                Map.of());
    }

    /** What the request's client hears. */
    static RecordingListener submit(LlmEngine engine, GenerationRequest request) {
        RecordingListener listener = new RecordingListener();
        engine.submit(request, listener);
        return listener;
    }

    /** The demo model's tokens of a text. */
    static int[] tokens(String text) {
        return FOLDER.tokenizer().encode(text, false);
    }

    static void eventually(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited long enough").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
