package io.barista.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.config.DtypeChoice;
import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.EngineObserver;
import io.barista.engine.GenerationRequest;
import io.barista.engine.LlmEngine;
import io.barista.engine.SamplingParams;
import io.barista.engine.lora.Adapter;
import io.barista.engine.lora.AdapterCache;
import io.barista.engine.lora.AdapterSource;
import io.barista.engine.lora.FetchedAdapter;
import io.barista.engine.lora.FolderAdapters;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.testkit.Generation;
import io.barista.engine.testkit.TinyModel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An adapter whose name is taken away while its files are on their way. */
class UnloadedWhileLoadingTest {

    private static final String FIRST = "all-linear-r4";
    private static final String OTHER = "qv-r8-rslora";

    @TempDir
    private Path temporary;

    /** Each fetch is told of, and waits until it may go on. */
    private record Gated(FolderAdapters folders, Semaphore begun, Semaphore turns) implements AdapterSource {

        @Override
        public List<String> names() {
            return folders.names();
        }

        @Override
        public String version(String name) {
            return folders.version(name);
        }

        @Override
        public FetchedAdapter fetch(String name) {
            begun.release();
            turns.acquireUninterruptibly();
            return folders.fetch(name);
        }
    }

    @Test
    void answersWhoHasWaitedFreesItsSlotAndCanBeLoadedAgain() throws Exception {
        Path model = TinyModel.QWEN2_TIED_BIAS.unpackInto(temporary);
        TinyModel.QWEN2_TIED_BIAS.unpackAdaptersInto(temporary);
        Gated source = new Gated(new FolderAdapters(List.of(model.resolve("adapters"))), new Semaphore(0),
                new Semaphore(0));
        EngineConfig config = EngineConfig.empty().with(EngineOptions.DTYPE, DtypeChoice.FLOAT32)
                .with(EngineOptions.NUM_GPU_BLOCKS_OVERRIDE, 64).with(EngineOptions.ENABLE_LORA, true)
                .with(EngineOptions.MAX_LORAS, 1).with(EngineOptions.MAX_CPU_LORAS, 2);
        try (LlmEngine engine = LlmEngine.start(ModelFolder.open(model), config, List.of(new CpuBackend()), source,
                EngineObserver.NONE)) {
            AdapterCache cache = engine.adapters().orElseThrow();
            CompletableFuture<Adapter> waiting = cache.prepare(FIRST);
            source.begun().acquire();
            cache.evict(FIRST);
            source.turns().release(3);

            int[] answer = generate(engine, "waited", waiting.join());
            assertThat(cache.resident()).as("kept for nobody").isEmpty();

            int[] others = generate(engine, "other", cache.prepare(OTHER).join());
            assertThat(others).isNotEqualTo(answer);
            assertThat(cache.counters().slotEvictions()).as("its slot was the only one").isEqualTo(1);

            Adapter again = cache.prepare(FIRST).join();
            assertThat(again).isNotSameAs(waiting.join());
            assertThat(generate(engine, "again", again)).isEqualTo(answer);
            assertThat(cache.counters().loads()).isEqualTo(3);
            assertThat(cache.counters().demand().snapshot().waiting()).isEmpty();
        }
    }

    private static int[] generate(LlmEngine engine, String id, Adapter adapter) throws InterruptedException {
        return Generation.of(engine, new GenerationRequest(id, new int[]{5, 9, 17, 33, 12, 40},
                SamplingParams.greedy(6).ignoreEos(true).build()).with(adapter)).await().tokens();
    }
}
