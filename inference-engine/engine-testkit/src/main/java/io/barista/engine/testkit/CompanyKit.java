package io.barista.engine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.barista.config.DtypeChoice;
import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.EngineObserver;
import io.barista.engine.EngineStats;
import io.barista.engine.GenerationRequest;
import io.barista.engine.LlmEngine;
import io.barista.engine.SamplingParams;
import io.barista.engine.backend.Backend;
import io.barista.engine.model.ModelFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same text whatever the company: every family's golden answers, and seeded draws as they come alone, in every way that the
 * scheduler cuts, shares, takes away and computes again. In float32. A backend's test extends this.
 */
public abstract class CompanyKit {

    private static final int COMPANY = 32;
    private static final int ANSWER = 48;
    private static final double LOGPROB_TOLERANCE = 2e-3;

    private static final List<TinyModel> FAMILIES = List.of(TinyModel.LLAMA_GQA_LLAMA3ROPE, TinyModel.QWEN2_TIED_BIAS,
            TinyModel.QWEN3_QKNORM, TinyModel.MISTRAL_SLIDING, TinyModel.MIXTRAL_TOP2, TinyModel.GEMMA2_SOFTCAP,
            TinyModel.PHI3_LONGROPE, TinyModel.DEEPSEEK_V3_MLA_MOE);

    @TempDir
    Path temporary;

    /** What may happen to a request. */
    enum Circumstance {

        ALONE {
            @Override
            EngineConfig config(EngineConfig plain) {
                return plain.with(EngineOptions.MAX_NUM_SEQS, 1);
            }
        },

        IN_A_BATCH_OF_32 {
            @Override
            EngineConfig config(EngineConfig plain) {
                return plain.with(EngineOptions.MAX_NUM_SEQS, COMPANY);
            }
        },

        IN_SMALL_CHUNKS {
            @Override
            EngineConfig config(EngineConfig plain) {
                return plain.with(EngineOptions.MAX_NUM_SEQS, 4).with(EngineOptions.MAX_NUM_BATCHED_TOKENS, 17)
                        .with(EngineOptions.LONG_PREFILL_TOKEN_THRESHOLD, 11);
            }
        },

        WHOLE {
            @Override
            EngineConfig config(EngineConfig plain) {
                return plain.with(EngineOptions.ENABLE_CHUNKED_PREFILL, false);
            }
        },

        WITHOUT_A_PREFIX_CACHE {
            @Override
            EngineConfig config(EngineConfig plain) {
                return plain.with(EngineOptions.ENABLE_PREFIX_CACHING, false);
            }
        },

        PREEMPTED {
            @Override
            EngineConfig config(EngineConfig plain) {
                return plain.with(EngineOptions.MAX_MODEL_LEN, 208).with(EngineOptions.NUM_GPU_BLOCKS_OVERRIDE, 15);
            }

            @Override
            void check(EngineStats stats) {
                assertThat(stats.preemptions()).isPositive();
            }
        },

        PREEMPTED_WITHOUT_A_PREFIX_CACHE {
            @Override
            EngineConfig config(EngineConfig plain) {
                return PREEMPTED.config(plain).with(EngineOptions.ENABLE_PREFIX_CACHING, false);
            }

            @Override
            void check(EngineStats stats) {
                assertThat(stats.preemptions()).isPositive();
            }
        };

        abstract EngineConfig config(EngineConfig plain);

        void check(EngineStats stats) {}
    }

    protected abstract Backend backend();

    /** How many of a model's drawn answers may differ: draws at the very edge turn where sums of a batch are rounded in another order. */
    protected int drawsAtTheEdge() {
        return 0;
    }

    static Stream<Arguments> circumstances() {
        return FAMILIES.stream()
                .flatMap(model -> Arrays.stream(Circumstance.values()).map(each -> Arguments.of(model, each)));
    }

    static Stream<TinyModel> families() {
        return FAMILIES.stream();
    }

    /** Every prompt twice, so that the second may find what the first has computed, among requests that come and are aborted. */
    @ParameterizedTest
    @MethodSource("circumstances")
    void greedyAnswersAreTheGoldens(TinyModel model, Circumstance circumstance) {
        List<ModelGolden.Prompt> prompts = model.golden().prompts();
        try (LlmEngine engine = start(model, circumstance)) {
            List<Generation> generations = new ArrayList<>();
            for (int i = 0; i < 2 * prompts.size(); i++) {
                ModelGolden.Prompt prompt = prompts.get(i % prompts.size());
                if (circumstance != Circumstance.ALONE) {
                    bringCompany(engine, i, 4);
                }
                generations.add(Generation.greedy(engine, "golden-" + i, prompt.ids(), ANSWER, true));
                engine.abort("company-" + i + "-1");
            }
            for (int i = 0; i < generations.size(); i++) {
                GoldenKit.assertGreedy(generations.get(i).await().tokens(), prompts.get(i % prompts.size()));
            }
            circumstance.check(engine.stats());
        }
    }

    /** Draws go by seed and position alone, and the logits do not depend on the company, so no token may differ, but for draws at the edge. */
    @ParameterizedTest
    @MethodSource("circumstances")
    void seededAnswersAreThoseGivenAlone(TinyModel model, Circumstance circumstance) {
        List<ModelGolden.Prompt> prompts = model.golden().prompts();
        List<int[]> alone = new ArrayList<>();
        try (LlmEngine engine = start(model, Circumstance.ALONE)) {
            for (int i = 0; i < prompts.size(); i++) {
                alone.add(seeded(engine, "alone-" + i, prompts.get(i).ids(), i).await().tokens());
            }
        }
        try (LlmEngine engine = start(model, circumstance)) {
            List<Generation> generations = new ArrayList<>();
            for (int i = 0; i < prompts.size(); i++) {
                bringCompany(engine, i, 6);
                generations.add(seeded(engine, "seeded-" + i, prompts.get(i).ids(), i));
            }
            int differ = 0;
            for (int i = 0; i < prompts.size(); i++) {
                int[] tokens = generations.get(i).await().tokens();
                differ += Arrays.equals(tokens, alone.get(i)) ? 0 : 1;
                assertThat(differ).as("prompt %d: %s alone, %s in company", i, alone.get(i), tokens)
                        .isLessThanOrEqualTo(drawsAtTheEdge());
            }
        }
    }

    /** In chunks, beside answers, with the prompt's blocks in the cache. */
    @ParameterizedTest
    @MethodSource("families")
    void promptLogprobsAreThoseOfTransformers(TinyModel model) {
        List<ModelGolden.Prompt> prompts = model.golden().prompts();
        try (LlmEngine engine = start(model, Circumstance.IN_SMALL_CHUNKS)) {
            for (int round = 0; round < 2; round++) {
                List<Generation> generations = new ArrayList<>();
                for (int i = 0; i < prompts.size(); i++) {
                    bringCompany(engine, 10 * round + i, 2);
                    generations.add(Generation.of(engine, new GenerationRequest("prompt-" + round + "-" + i,
                            prompts.get(i).ids(),
                            SamplingParams.greedy(3).ignoreEos(true).promptLogprobs(2).build())));
                }
                for (int i = 0; i < prompts.size(); i++) {
                    double[] expected = prompts.get(i).promptLogprobs();
                    double[] actual = generations.get(i).await().promptLogprobs();
                    assertThat(actual).hasSize(expected.length);
                    for (int position = 0; position < expected.length; position++) {
                        assertThat(actual[position]).as("prompt %d, token %d", i, position + 1)
                                .isCloseTo(expected[position], within(LOGPROB_TOLERANCE));
                    }
                }
            }
        }
    }

    private static Generation seeded(LlmEngine engine, String id, int[] prompt, long seed) {
        return Generation.of(engine, new GenerationRequest(id, prompt,
                SamplingParams.greedy(ANSWER).temperature(0.9).topP(0.95).topK(50).seed(seed).ignoreEos(true).build()));
    }

    /** Requests of all lengths, some of which share beginnings. */
    private static void bringCompany(LlmEngine engine, int group, int count) {
        Random random = new Random(group);
        for (int i = 0; i < count; i++) {
            int[] prompt = new int[1 + random.nextInt(70)];
            for (int token = 0; token < prompt.length; token++) {
                prompt[token] = 5 + (token < 20 ? token : random.nextInt(90));
            }
            Generation.of(engine, new GenerationRequest("company-" + group + "-" + i, prompt, SamplingParams
                    .greedy(5 + random.nextInt(40)).temperature(random.nextBoolean() ? 0 : 1).ignoreEos(true).build()));
        }
    }

    private LlmEngine start(TinyModel model, Circumstance circumstance) {
        EngineConfig plain = EngineConfig.empty().with(EngineOptions.DTYPE, DtypeChoice.FLOAT32)
                .with(EngineOptions.NUM_GPU_BLOCKS_OVERRIDE, 2_048);
        return LlmEngine.start(ModelFolder.open(model.unpackInto(temporary)), circumstance.config(plain),
                List.of(backend()), EngineObserver.NONE);
    }
}
