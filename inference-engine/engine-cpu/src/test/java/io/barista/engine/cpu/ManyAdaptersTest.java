package io.barista.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.config.DtypeChoice;
import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.EngineObserver;
import io.barista.engine.GenerationRequest;
import io.barista.engine.LlmEngine;
import io.barista.engine.SamplingParams;
import io.barista.engine.lora.AdapterCache;
import io.barista.engine.lora.AdapterSource;
import io.barista.engine.lora.FetchedAdapter;
import io.barista.engine.lora.FolderAdapters;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.testkit.Generation;
import io.barista.engine.testkit.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thousand adapters over sixteen slots, more at a time than there are slots: every answer is its own adapter's. */
class ManyAdaptersTest {

    private static final int ADAPTERS = 1_000;
    private static final int AT_ONCE = 48;
    private static final int[] PROMPT = {5, 9, 17, 33, 12, 40};

    @TempDir
    private Path temporary;

    /** Of each kind there are many, under names of their own. */
    private record Kinds(FolderAdapters folders, List<String> kinds) implements AdapterSource {

        private String kindOf(String name) {
            return kinds.get(Integer.parseInt(name) % kinds.size());
        }

        @Override
        public List<String> names() {
            return List.of();
        }

        @Override
        public String version(String name) {
            return folders.version(kindOf(name));
        }

        @Override
        public FetchedAdapter fetch(String name) {
            return folders.fetch(kindOf(name));
        }
    }

    @Test
    void everyAnswerIsItsOwnAdaptersWhileOthersComeAndGo() throws IOException {
        Path model = TinyModel.QWEN2_TIED_BIAS.unpackInto(temporary);
        TinyModel.QWEN2_TIED_BIAS.unpackAdaptersInto(temporary);
        Path adapters = model.resolve("adapters");
        List<String> kinds = new ArrayList<>(List.of("all-linear-r4", "qv-r8-rslora"));
        for (int alpha : new int[]{1, 40, 90}) {
            kinds.add(withAlpha(adapters, alpha));
        }
        EngineConfig config = EngineConfig.empty().with(EngineOptions.DTYPE, DtypeChoice.FLOAT32)
                .with(EngineOptions.NUM_GPU_BLOCKS_OVERRIDE, 512).with(EngineOptions.ENABLE_LORA, true)
                .with(EngineOptions.MAX_LORAS, 16).with(EngineOptions.MAX_CPU_LORAS, 32);
        AdapterSource source = new Kinds(new FolderAdapters(List.of(adapters)), kinds);
        try (LlmEngine engine = LlmEngine.start(ModelFolder.open(model), config, List.of(new CpuBackend()), source,
                EngineObserver.NONE)) {
            List<int[]> alone = new ArrayList<>();
            for (int kind = 0; kind < kinds.size(); kind++) {
                alone.add(generate(engine, "alone-", kind).await().tokens());
            }
            assertThat(alone.stream().map(Arrays::toString).distinct().count()).isGreaterThan(2);

            Queue<Generation> running = new ArrayDeque<>();
            for (int asked = 0, answered = 0; answered < ADAPTERS; answered++) {
                while (asked < ADAPTERS && running.size() < AT_ONCE) {
                    running.add(generate(engine, "many-", asked++));
                }
                assertThat(running.remove().await().tokens()).as("adapter %d", answered)
                        .isEqualTo(alone.get(answered % kinds.size()));
            }

            AdapterCache cache = engine.adapters().orElseThrow();
            assertThat(cache.resident()).hasSizeLessThanOrEqualTo(32);
            assertThat(cache.counters().failures()).isZero();
            assertThat(cache.counters().hostEvictions()).isGreaterThanOrEqualTo(ADAPTERS - 32);
            assertThat(cache.counters().slotEvictions()).isGreaterThanOrEqualTo(ADAPTERS - 16);
        }
    }

    private static Generation generate(LlmEngine engine, String id, int adapter) {
        return Generation.of(engine, new GenerationRequest(id + adapter, PROMPT,
                SamplingParams.greedy(6).ignoreEos(true).build())
                .with(engine.adapters().orElseThrow().prepare(String.valueOf(adapter)).join()));
    }

    private static String withAlpha(Path adapters, int alpha) throws IOException {
        Path from = adapters.resolve("all-linear-r4");
        Path to = Files.createDirectory(adapters.resolve("alpha-" + alpha));
        Files.copy(from.resolve("adapter_model.safetensors"), to.resolve("adapter_model.safetensors"));
        Files.writeString(to.resolve("adapter_config.json"), Files.readString(from.resolve("adapter_config.json"))
                .replaceFirst("\"lora_alpha\": \\d+", "\"lora_alpha\": " + alpha));
        return to.getFileName().toString();
    }
}
