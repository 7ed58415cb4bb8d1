package io.barista.engine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.barista.config.DtypeChoice;
import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.EngineObserver;
import io.barista.engine.GenerationRequest;
import io.barista.engine.LlmEngine;
import io.barista.engine.LogitsProbe;
import io.barista.engine.SamplingParams;
import io.barista.engine.backend.Backend;
import io.barista.engine.lora.Adapter;
import io.barista.engine.lora.AdapterSource;
import io.barista.engine.lora.FolderAdapters;
import io.barista.engine.model.ModelFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models with LoRA adapters on a backend against what PEFT computes, in float32: each adapter alone, and base and all adapters in one
 * batch, in every way that the scheduler cuts, shares, takes away and computes again. A backend's test extends this.
 */
public abstract class AdapterGoldenKit {

    private static final double LOGIT_TOLERANCE = 1e-3;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set before each test
    Path temporary;

    protected abstract Backend backend();

    static Stream<TinyModel> models() {
        return Stream.of(TinyModel.LLAMA_GQA_LLAMA3ROPE, TinyModel.QWEN2_TIED_BIAS, TinyModel.QWEN3_QKNORM);
    }

    static Stream<Arguments> circumstances() {
        return models().flatMap(model -> Stream.of(1, 2)
                .flatMap(slots -> Arrays.stream(CompanyKit.Circumstance.values())
                        .map(circumstance -> Arguments.of(model, slots, circumstance))));
    }

    @ParameterizedTest
    @MethodSource("models")
    void logitsAreThoseOfPeft(TinyModel model) {
        Path folder = unpack(model);
        for (ModelGolden.Adapter adapter : model.golden().adapters()) {
            try (LogitsProbe probe = LogitsProbe.open(ModelFolder.open(folder), float32(), List.of(backend()),
                    folder.resolve(adapter.path()))) {
                for (ModelGolden.Prompt prompt : adapter.prompts()) {
                    LogitsProbe.Result result = probe.run(prompt.ids(), prompt.greedy().ids().length);
                    float[] expected = prompt.last().logits();
                    for (int i = 0; i < expected.length; i++) {
                        assertThat((double) result.lastLogits()[i]).as("%s, logit of token %d", adapter.name(), i)
                                .isCloseTo(expected[i], within(LOGIT_TOLERANCE * prompt.last().deviation()));
                    }
                    GoldenKit.assertGreedy(result.greedy(), prompt);
                }
            }
        }
    }

    /** Each prompt by the base model and by every adapter, twice, so that the second may find what the first has computed. */
    @ParameterizedTest
    @MethodSource("circumstances")
    void baseAndAdaptersInOneBatchAnswerAsAlone(TinyModel model, int slots, CompanyKit.Circumstance circumstance) {
        Path folder = unpack(model);
        ModelGolden golden = model.golden();
        EngineConfig config = circumstance.config(float32().with(EngineOptions.MAX_LORAS, slots));
        try (LlmEngine engine = start(folder, config, new FolderAdapters(List.of(folder.resolve("adapters"))))) {
            List<Generation> generations = new ArrayList<>();
            List<ModelGolden.Prompt> expected = new ArrayList<>();
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < golden.prompts().size(); i++) {
                    expected.add(golden.prompts().get(i));
                    generations.add(greedy(engine, generations.size(), golden.prompts().get(i), null));
                    for (ModelGolden.Adapter adapter : golden.adapters()) {
                        expected.add(adapter.prompts().get(i));
                        generations.add(greedy(engine, generations.size(), adapter.prompts().get(i), adapter.name()));
                    }
                }
            }
            for (int i = 0; i < generations.size(); i++) {
                GoldenKit.assertGreedy(generations.get(i).await().tokens(), expected.get(i));
            }
        }
    }

    private static Generation greedy(LlmEngine engine, int number, ModelGolden.Prompt prompt,
            @Nullable String adapter) {
        return submit(engine, "golden-" + number, prompt.ids(), prompt.greedy().ids().length, true, adapter);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void theDemoModelAndItsAdaptersAnswerExactlyAsInTheirGoldens(int batch) {
        DemoGolden base = DemoGolden.load();
        List<String> adapters = List.of("pirate", "haiku");
        EngineConfig config = EngineConfig.empty().with(EngineOptions.DTYPE, DtypeChoice.FLOAT32)
                .with(EngineOptions.ENABLE_LORA, true).with(EngineOptions.MAX_NUM_SEQS, batch);
        AdapterSource source = new FolderAdapters(List.of(base.folder().resolveSibling("adapters")));
        try (LlmEngine engine = start(base.folder(), config, source)) {
            List<Generation> generations = new ArrayList<>();
            List<DemoGolden.Case> cases = new ArrayList<>();
            base.cases().stream().limit(4).forEach(asked -> {
                cases.add(asked);
                generations.add(submit(engine, "base " + asked.name(), asked.promptIds(), asked.limit(), false, null));
            });
            for (String adapter : adapters) {
                for (DemoGolden.Case asked : DemoGolden.ofAdapter(adapter).cases()) {
                    cases.add(asked);
                    generations
                            .add(submit(engine, adapter + " " + asked.name(), asked.promptIds(), asked.limit(), false,
                                    adapter));
                }
            }
            for (int i = 0; i < cases.size(); i++) {
                assertThat(generations.get(i).await().tokens()).as(cases.get(i).name())
                        .isEqualTo(cases.get(i).outputIds());
            }
        }
    }

    private static Generation submit(LlmEngine engine, String id, int[] prompt, int maxTokens, boolean ignoreEos,
            @Nullable String name) {
        Adapter adapter = name == null ? null : engine.adapters().orElseThrow().prepare(name).join();
        return Generation.of(engine, new GenerationRequest(id, prompt,
                SamplingParams.greedy(maxTokens).ignoreEos(ignoreEos).skipSpecialTokens(false).build()).with(adapter));
    }

    private Path unpack(TinyModel model) {
        Path folder = model.unpackInto(temporary);
        model.unpackAdaptersInto(temporary);
        return folder;
    }

    private LlmEngine start(Path folder, EngineConfig config, AdapterSource adapters) {
        return LlmEngine.start(ModelFolder.open(folder), config, List.of(backend()), adapters, EngineObserver.NONE);
    }

    private static EngineConfig float32() {
        return EngineConfig.empty().with(EngineOptions.DTYPE, DtypeChoice.FLOAT32)
                .with(EngineOptions.NUM_GPU_BLOCKS_OVERRIDE, 2_048).with(EngineOptions.ENABLE_LORA, true);
    }
}
