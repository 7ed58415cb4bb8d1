package io.barista.engine;

import static io.barista.engine.TestEngine.END;
import static io.barista.engine.TestEngine.eventually;
import static io.barista.engine.TestEngine.submit;
import static io.barista.engine.TestRequests.greedy;
import static io.barista.engine.TestRequests.sampling;
import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.EngineEvent.Usage;
import io.barista.engine.scheduler.Sequence;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LlmEngineTest {

    private static final int[] PROMPT = {11, 12, 13};

    @Test
    void tellsTokensTextAndUsageInOrder() {
        try (LlmEngine engine = TestEngine.start(ScriptedRunner.running(saying("Hello, world! It is a fine day.")))) {
            RecordingListener listener = submit(engine, greedy("a", 64, PROMPT));

            Usage usage = listener.completed().usage();

            int[] expected = TestEngine.tokens("Hello, world! It is a fine day.");
            assertThat(listener.text(0)).isEqualTo("Hello, world! It is a fine day.");
            assertThat(listener.tokens(0)).hasSize(expected.length + 1).endsWith(END);
            assertThat(listener.finished(0).reason()).isEqualTo(FinishReason.STOP);
            assertThat(listener.finished(0).matched()).isNull();
            assertThat(usage).isEqualTo(new Usage(3, expected.length + 1, 0));
        }
    }

    @Test
    void endsAtMaxTokens() {
        try (LlmEngine engine = TestEngine.start(ScriptedRunner.running(_ -> 20))) {
            RecordingListener listener = submit(engine, greedy("a", 5, PROMPT));

            assertThat(listener.completed().usage().completionTokens()).isEqualTo(5);
            assertThat(listener.finished(0).reason()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void clipsMaxTokensToTheContext() {
        try (LlmEngine engine = TestEngine.start(ScriptedRunner.running(_ -> 20))) {
            int context = engine.config().maxModelLen();
            RecordingListener listener = submit(engine, greedy("a", Integer.MAX_VALUE, PROMPT));

            assertThat(listener.completed().usage().completionTokens()).isEqualTo(context - 3);
            assertThat(listener.finished(0).reason()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void goesOnAfterTheEndTokenWhenAskedToIgnoreIt() {
        try (LlmEngine engine = TestEngine.start(ScriptedRunner.running(_ -> END))) {
            RecordingListener listener = submit(engine, request("a", sampling().ignoreEos().maxTokens(4)));

            assertThat(listener.completed().usage().completionTokens()).isEqualTo(4);
        }
    }

    @Test
    void endsAtAStopTokenAndNamesItAndLeavesItOutOfTheText() {
        int[] said = TestEngine.tokens("one two three");
        try (LlmEngine engine = TestEngine.start(ScriptedRunner.running(saying("one two three")))) {
            RecordingListener listener = submit(engine,
                    request("a", sampling().stopTokens(said[said.length - 1]).maxTokens(50)));

            assertThat(listener.completed().usage().completionTokens()).isEqualTo(said.length);
            assertThat(listener.finished(0).matched()).isEqualTo(said[said.length - 1]);
            assertThat("one two three").startsWith(listener.text(0));
            assertThat(listener.text(0)).isNotEqualTo("one two three");
        }
    }

    @Test
    void endsAtAStopStringAndCountsNothingBehindIt() {
        String text = "The answer is 42. And then the model talks on and on and on.";
        try (LlmEngine engine = TestEngine.start(ScriptedRunner.running(saying(text)))) {
            RecordingListener listener = submit(engine, request("a", sampling().stop(". And").maxTokens(100)));

            Usage usage = listener.completed().usage();

            assertThat(listener.text(0)).isEqualTo("The answer is 42");
            assertThat(listener.finished(0).matched()).isEqualTo(". And");
            assertThat(usage.completionTokens()).isEqualTo(listener.tokens(0).size())
                    .isLessThan(TestEngine.tokens(text).length);
            eventually(() -> engine.stats().kvBlocksUsed() == 0);
        }
    }

    @Test
    void givesEverySampleOfARequestItsOwnEnd() {
        ToIntFunction<Sequence> longerForLaterSamples = sequence -> sequence.outputLength() > sequence.sample()
                ? END
                : 20 + sequence.sample();
        try (LlmEngine engine = TestEngine.start(ScriptedRunner.running(longerForLaterSamples))) {
            RecordingListener listener = submit(engine, request("a", sampling().samples(3).maxTokens(50)));

            assertThat(listener.completed().usage().completionTokens()).isEqualTo(2 + 3 + 4);
            assertThat(listener.tokens(2)).containsExactly(22, 22, 22, END);
            assertThat(listener.finished(1).reason()).isEqualTo(FinishReason.STOP);
        }
    }

    @Test
    void reportsWhatWasFoundInThePrefixCache() {
        int[] prompt = TestEngine.tokens("The same long beginning of two prompts, which is computed only once.");
        try (LlmEngine engine = TestEngine.start(ScriptedRunner.running(_ -> 20))) {
            assertThat(submit(engine, greedy("a", 2, prompt)).completed().usage().cachedTokens()).isZero();

            int cached = submit(engine, greedy("b", 2, prompt)).completed().usage().cachedTokens();

            assertThat(cached).isEqualTo((prompt.length - 1) / TestEngine.BLOCK * TestEngine.BLOCK).isPositive();
            assertThat(engine.stats().prefixCacheHits()).isEqualTo(cached);
        }
    }

    private static GenerationRequest request(String id, TestRequests sampling) {
        return new GenerationRequest(id, PROMPT, sampling.build());
    }

    /** A model that says this, whatever the prompt, and then ends. */
    private static ToIntFunction<Sequence> saying(String text) {
        int[] tokens = TestEngine.tokens(text);
        return sequence -> sequence.outputLength() < tokens.length ? tokens[sequence.outputLength()] : END;
    }
}
