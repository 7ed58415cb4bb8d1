package io.barista.engine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.barista.config.DtypeChoice;
import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.EngineObserver;
import io.barista.engine.LlmEngine;
import io.barista.engine.LogitsProbe;
import io.barista.engine.backend.Backend;
import io.barista.engine.model.LongSequences;
import io.barista.engine.model.ModelFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whole models on a backend against what transformers computes, in float32 and with the tolerances of the goldens: alone, in a
 * batch, in chunks, and with config.json of either style. A backend's test extends this.
 */
public abstract class GoldenKit {

    /** A second float32 implementation lands at about 5e-6 of the logits' deviation. */
    private static final double LOGIT_TOLERANCE = 1e-3;
    private static final int BLOCKS = 2_048;
    private static final double TIE = 2e-3;
    private static final double LOGPROB_TOLERANCE = 2e-3;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set before each test
    Path temporary;

    protected abstract Backend backend();

    /** Models that the backend refuses, which must then be a matter of words. */
    protected Set<TinyModel> refused() {
        return Set.of();
    }

    private boolean isRefused(TinyModel model) {
        if (!refused().contains(model)) {
            return false;
        }
        ModelFolder folder = ModelFolder.open(model.unpackInto(temporary));
        assertThatThrownBy(() -> LogitsProbe.open(folder, float32(), List.of(backend())).close())
                .hasMessageContaining("the model needs").hasMessageContaining(backend().name());
        return true;
    }

    @ParameterizedTest
    @EnumSource
    void logitsAreThoseOfTransformers(TinyModel model) {
        if (isRefused(model)) {
            return;
        }
        assertLogits(model.unpackInto(temporary), model.golden());
    }

    @ParameterizedTest
    @EnumSource
    void configurationsOfTheNewStyleMeanTheSame(TinyModel model) {
        if (isRefused(model)) {
            return;
        }
        assertLogits(model.unpackNewStyleInto(temporary), model.golden());
    }

    private void assertLogits(Path folder, ModelGolden golden) {
        ModelFolder model = ModelFolder.open(folder);
        LongSequences longSequences = model.decoder().longSequences(model.decoder().contextLength());
        try (LogitsProbe probe = LogitsProbe.open(model, float32(), List.of(backend()))) {
            for (ModelGolden.Prompt prompt : golden.prompts()) {
                LogitsProbe.Result result = probe.run(prompt.ids(), prompt.greedy().ids().length);
                double tolerance = LOGIT_TOLERANCE * prompt.last().deviation();
                assertThat(result.lastLogits()).hasSameSizeAs(prompt.last().logits());
                for (int i = 0; i < prompt.last().logits().length; i++) {
                    assertThat((double) result.lastLogits()[i]).as("logit of token %d", i)
                            .isCloseTo(prompt.last().logits()[i], within(tolerance));
                }
                assertGreedy(result.greedy(), prompt);
                for (ModelGolden.Position position : prompt.positions()) {
                    int[] prefix = Arrays.copyOf(prompt.ids(), position.position() + 1);
                    if (longSequences.isLong(prompt.ids().length) != longSequences.isLong(prefix.length)) {
                        continue; // by itself it would be a short sequence, whose keys are turned otherwise
                    }
                    float[] logits = probe.run(prefix, 1).lastLogits();
                    for (int i = 0; i < position.ids().length; i++) {
                        assertThat((double) logits[position.ids()[i]])
                                .as("position %d, logit of token %d", position.position(), position.ids()[i])
                                .isCloseTo(position.logits()[i], within(tolerance));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void answersAreThoseOfTransformersInABatchOfSixteenAndInChunks(TinyModel model) {
        if (isRefused(model)) {
            return;
        }
        EngineConfig config = float32().with(EngineOptions.MAX_NUM_SEQS, 16)
                .with(EngineOptions.MAX_NUM_BATCHED_TOKENS, 61);
        try (LlmEngine engine = start(model.unpackInto(temporary), config)) {
            List<ModelGolden.Prompt> prompts = model.golden().prompts();
            List<Generation> generations = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                ModelGolden.Prompt prompt = prompts.get(i % prompts.size());
                generations.add(
                        Generation.greedy(engine, "golden-" + i, prompt.ids(), prompt.greedy().ids().length, true));
            }
            for (int i = 0; i < 16; i++) {
                ModelGolden.Prompt prompt = prompts.get(i % prompts.size());
                Generation.Result result = generations.get(i).await();
                int compared = assertGreedy(result.tokens(), prompt);
                for (int step = 0; step < compared; step++) {
                    assertThat(result.logprobs()[step]).as("log-probability at step %d", step)
                            .isCloseTo(prompt.greedy().logprob()[step], within(LOGPROB_TOLERANCE));
                }
            }
        }
    }

    /** Not far further from float32 than transformers lands when it computes in bfloat16. */
    @ParameterizedTest
    @EnumSource
    void bfloat16LosesNoMoreThanItMust(TinyModel model) {
        if (isRefused(model)) {
            return;
        }
        EngineConfig config = config(DtypeChoice.BFLOAT16);
        ModelFolder folder = ModelFolder.open(model.unpackInto(temporary));
        try (LogitsProbe probe = LogitsProbe.open(folder, config, List.of(backend()))) {
            for (ModelGolden.Prompt prompt : model.golden().prompts()) {
                float[] logits = probe.run(prompt.ids(), 1).lastLogits();
                assertThat(Distance.cosine(logits, prompt.last().logits())).as("cosine")
                        .isGreaterThanOrEqualTo(Math.min(0.999, 1 - 5 * (1 - prompt.bfloat16().cosine())));
                assertThat(Distance.divergence(prompt.last().logits(), logits)).as("Kullback-Leibler divergence")
                        .isLessThanOrEqualTo(Math.max(0.01, 5 * prompt.bfloat16().divergence()));
                assertTeacherForced(probe, prompt);
            }
        }
    }

    /** Given the golden's tokens, the next one is ours too wherever it was not a close call, in 97 of 100 such steps. */
    private static void assertTeacherForced(LogitsProbe probe, ModelGolden.Prompt prompt) {
        ModelGolden.Greedy greedy = prompt.greedy();
        int[] tokens = Arrays.copyOf(prompt.ids(), prompt.ids().length + greedy.ids().length);
        int clear = 0;
        int agreed = 0;
        for (int step = 0; step < greedy.ids().length; step++) {
            if (greedy.margin()[step] > 0.25 * prompt.last().deviation()) {
                clear++;
                int next = probe.run(Arrays.copyOf(tokens, prompt.ids().length + step), 1).greedy()[0];
                agreed += next == greedy.ids()[step] ? 1 : 0;
            }
            tokens[prompt.ids().length + step] = greedy.ids()[step];
        }
        assertThat(agreed).as("of %d clear steps", clear).isGreaterThanOrEqualTo((int) Math.ceil(0.97 * clear));
    }

    /** Equal up to a step that is nearly a tie, where the runner-up will do and what follows is open. Returns the steps before. */
    static int assertGreedy(int[] actual, ModelGolden.Prompt prompt) {
        ModelGolden.Greedy expected = prompt.greedy();
        assertThat(actual).hasSameSizeAs(expected.ids());
        for (int step = 0; step < actual.length; step++) {
            if (actual[step] != expected.ids()[step]) {
                assertThat(expected.margin()[step]).as("margin at step %d, where %d came instead of %d", step,
                        actual[step], expected.ids()[step]).isLessThanOrEqualTo(TIE * prompt.last().deviation());
                assertThat(actual[step]).as("the runner-up of step %d", step).isEqualTo(expected.second()[step]);
                return step;
            }
        }
        return actual.length;
    }

    private LlmEngine start(Path folder, EngineConfig config) {
        return LlmEngine.start(ModelFolder.open(folder), config, List.of(backend()), EngineObserver.NONE);
    }

    private static EngineConfig float32() {
        return config(DtypeChoice.FLOAT32);
    }

    /** With room for a few sequences, not for the millions of such small ones that a large device would hold. */
    private static EngineConfig config(DtypeChoice dtype) {
        return EngineConfig.empty().with(EngineOptions.DTYPE, dtype).with(EngineOptions.NUM_GPU_BLOCKS_OVERRIDE,
                BLOCKS);
    }
}
