package io.barista.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.config.EngineConfig;
import io.barista.engine.EngineObserver;
import io.barista.engine.LlmEngine;
import io.barista.engine.LogitsProbe;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.testkit.Generation;
import io.barista.engine.testkit.ModelGolden;
import io.barista.engine.testkit.TinyModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that turns keys otherwise in sequences of more than 96 tokens. */
class LongSequencesTest {

    private static final int LONGEST_SHORT = 96;

    @TempDir
    Path temporary;

    @Test
    void aSequenceThatBecomesLongGoesOnAsIfItHadAlwaysBeen() {
        int[] prompt = Arrays.copyOf(longPrompt().ids(), LONGEST_SHORT - 6);
        try (LogitsProbe probe = LogitsProbe.open(folder(), EngineConfig.empty(), List.of(new CpuBackend()))) {
            int[] answer = probe.run(prompt, 12).greedy();

            int[] tokens = Arrays.copyOf(prompt, prompt.length + answer.length);
            System.arraycopy(answer, 0, tokens, prompt.length, answer.length);
            for (int i = 0; i < answer.length; i++) {
                int[] before = Arrays.copyOf(tokens, prompt.length + i);
                assertThat(probe.run(before, 1).greedy()[0]).as("token %d", before.length).isEqualTo(answer[i]);
            }
        }
    }

    @Test
    void aPrefixOfALongPromptIsNoUseToAShortOne() {
        ModelGolden.Prompt prompt = longPrompt();
        int[] shorter = Arrays.copyOf(prompt.ids(), 64);
        int[] alone = answerOf(shorter);
        try (LlmEngine engine = start()) {
            for (int round = 0; round < 2; round++) {
                int[] answer = Generation.greedy(engine, "long" + round, prompt.ids(), 48, true).await().tokens();
                assertThat(answer).isEqualTo(prompt.greedy().ids());
                answer = Generation.greedy(engine, "short" + round, shorter, 20, true).await().tokens();
                assertThat(answer).isEqualTo(alone);
            }
            assertThat(engine.stats().prefixCacheHits()).isPositive();
        }
    }

    private int[] answerOf(int[] prompt) {
        try (LlmEngine engine = start()) {
            return Generation.greedy(engine, "alone", prompt, 20, true).await().tokens();
        }
    }

    private LlmEngine start() {
        return LlmEngine.start(folder(), EngineConfig.empty(), List.of(new CpuBackend()), EngineObserver.NONE);
    }

    private ModelFolder folder() {
        return ModelFolder.open(TinyModel.PHI3_LONGROPE.unpackInto(temporary));
    }

    private static ModelGolden.Prompt longPrompt() {
        return TinyModel.PHI3_LONGROPE.golden().prompts().getLast();
    }
}
