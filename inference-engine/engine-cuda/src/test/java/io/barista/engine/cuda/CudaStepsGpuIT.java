package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.config.DtypeChoice;
import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.EngineObserver;
import io.barista.engine.GenerationRequest;
import io.barista.engine.LlmEngine;
import io.barista.engine.SamplingParams;
import io.barista.engine.SamplingParamsBuilder;
import io.barista.engine.StepPhase;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.testkit.Generation;
import io.barista.engine.testkit.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However steps are launched, and whatever else is in them, the tokens are the same. */
@Tag("gpu")
class CudaStepsGpuIT {

    private static final int ANSWER = 40;

    @TempDir
    Path temporary;

    /** Rows are multiplied by the same kernels in both, since all requests are in every step. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void recordedStepsGiveTheTokensOfEagerOnes(DtypeChoice dtype) {
        EngineConfig config = config(dtype).with(EngineOptions.MAX_NUM_SEQS, 8);
        assertThat(answers(config, 4)).isDeepEqualTo(answers(config.with(EngineOptions.ENFORCE_EAGER, true), 4));
    }

    @Test
    void aRequestAmong64GetsTheTokensThatItGetsAlone() {
        EngineConfig config = config(DtypeChoice.FLOAT32);
        assertThat(answers(config.with(EngineOptions.MAX_NUM_SEQS, 65), 64))
                .isDeepEqualTo(answers(config.with(EngineOptions.MAX_NUM_SEQS, 1), 64));
    }

    /** A bias of nothing changes nothing but who chooses: then no step begins before the one before has ended. */
    @Test
    void stepsThatOverlapGiveTheTokensOfStepsThatDoNot() {
        EngineConfig config = config(DtypeChoice.BFLOAT16).with(EngineOptions.MAX_NUM_SEQS, 9);
        List<int[]> overlapping = new ArrayList<>();
        List<int[]> waiting = new ArrayList<>();
        try (LlmEngine engine = start(config)) {
            for (int seed = 0; seed < 6; seed++) {
                overlapping.add(Generation.of(engine, request(seed, SamplingParams.greedy(ANSWER))).await().tokens());
            }
        }
        try (LlmEngine engine = start(config)) {
            for (int seed = 0; seed < 6; seed++) {
                waiting.add(Generation.of(engine,
                        request(seed, SamplingParams.greedy(ANSWER).logitBias(Map.of(7, 0f)))).await().tokens());
            }
        }

        assertThat(overlapping.toArray(int[][]::new)).isDeepEqualTo(waiting.toArray(int[][]::new));
    }

    private int[][] answers(EngineConfig config, int count) {
        Gate gate = new Gate();
        try (LlmEngine engine = start(config, gate)) {
            Generation.greedy(engine, "before all", new int[]{5}, 1, true);
            gate.awaitFirstStep();
            List<Generation> generations = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                generations.add(Generation.of(engine, request(i, SamplingParams.greedy(ANSWER))));
            }
            gate.open();
            return generations.stream().map(generation -> generation.await().tokens()).toArray(int[][]::new);
        }
    }

    /** Holds an engine after its first step until all requests are there, so that each step has the same rows in every run. */
    private static final class Gate implements EngineObserver {

        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);

        @Override
        public void onStep(StepPhase phase, int sequences, int tokens, long nanos, long waited) {
            reached.countDown();
            await(opened);
        }

        void awaitFirstStep() {
            await(reached);
        }

        void open() {
            opened.countDown();
        }

        private static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static GenerationRequest request(int seed, SamplingParamsBuilder sampling) {
        int[] prompt = new Random(seed).ints(24, 5, 300).toArray();
        return new GenerationRequest("request-" + seed, prompt,
                sampling.temperature(seed % 2 == 0 ? 0 : 0.8).topP(0.95).seed((long) seed).ignoreEos(true).build());
    }

    private static EngineConfig config(DtypeChoice dtype) {
        return EngineConfig.empty().with(EngineOptions.DTYPE, dtype).with(EngineOptions.MAX_MODEL_LEN, 256)
                .with(EngineOptions.NUM_GPU_BLOCKS_OVERRIDE, 2_048);
    }

    private LlmEngine start(EngineConfig config) {
        return start(config, EngineObserver.NONE);
    }

    private LlmEngine start(EngineConfig config, EngineObserver observer) {
        return LlmEngine.start(ModelFolder.open(TinyModel.LLAMA_GQA_LLAMA3ROPE.unpackInto(temporary)), config,
                List.of(new CudaBackend()), observer);
    }
}
