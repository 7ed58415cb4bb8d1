package io.barista.engine;

import static io.barista.engine.TestEngine.END;
import static io.barista.engine.TestEngine.eventually;
import static io.barista.engine.TestRequests.greedy;
import static io.barista.engine.TestRequests.sampling;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.engine.EngineEvent.Usage;
import io.barista.engine.EngineException.Code;
import io.barista.engine.lora.AdapterSource;
import io.barista.engine.scheduler.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
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

    @Test
    void abortFreesTheBlocksOfARunningRequest() {
        ScriptedRunner runner = ScriptedRunner.stepwise(_ -> 20);
        try (LlmEngine engine = TestEngine.start(runner)) {
            RecordingListener listener = submit(engine, greedy("a", 100, PROMPT));
            runner.letThrough(3);
            eventually(() -> listener.tokens(0).size() == 3);

            engine.abort("a");
            engine.abort("a");
            engine.abort("unknown");
            runner.letThrough(1);

            listener.completed();
            assertThat(listener.finished(0).reason()).isEqualTo(FinishReason.ABORT);
            assertThat(engine.stats().kvBlocksUsed()).isZero();
            assertThat(engine.stats().running()).isZero();
            runner.letThrough(1_000);
        }
    }

    @Test
    void freesEverythingAfterTwoHundredRequestsAbortedMidway() {
        try (LlmEngine engine = TestEngine.start(ScriptedRunner.running(_ -> 20))) {
            List<RecordingListener> listeners = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                listeners.add(submit(engine, greedy("r" + i, 200, i + 1, 2, 3)));
            }
            for (int i = 0; i < 200; i++) {
                engine.abort("r" + i);
            }
            listeners.forEach(RecordingListener::end);

            assertThat(engine.stats().kvBlocksUsed()).isZero();
            assertThat(engine.stats().running()).isZero();
            assertThat(engine.stats().waiting()).isZero();
            assertThat(submit(engine, greedy("next", 3, PROMPT)).completed().usage().completionTokens()).isEqualTo(3);
        }
    }

    @Test
    void refusesARequestWhenTheQueueIsFullAndTakesTheNextWhenThereIsRoom() {
        ScriptedRunner runner = ScriptedRunner.stepwise(_ -> 20);
        try (LlmEngine engine = TestEngine.start(TestEngine.config(64, 1, 2), runner, EngineObserver.NONE)) {
            List<RecordingListener> listeners = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                listeners.add(submit(engine, greedy("r" + i, 1, i + 1)));
            }
            // r0 has the only seat at the latest when its step begins, so two more wait.
            assertThatThrownBy(() -> {
                submit(engine, greedy("r3", 1, 4));
                submit(engine, greedy("r4", 1, 5));
            }).isInstanceOfSatisfying(EngineException.class,
                    error -> assertThat(error.code()).isEqualTo(Code.QUEUE_FULL));

            runner.letThrough(1_000);
            listeners.forEach(RecordingListener::completed);
            assertThat(submit(engine, greedy("later", 1, 9)).completed()).isNotNull();
        }
    }

    @Test
    void refusesWhatItCannotServeBeforeAnythingIsQueued() {
        try (LlmEngine engine = TestEngine.start(ScriptedRunner.running(_ -> 20))) {
            int context = engine.config().maxModelLen();
            assertRefused(engine, new int[0], sampling(), Code.INVALID_PARAMETER, "prompt");
            assertRefused(engine, new int[]{2048}, sampling(), Code.INVALID_PARAMETER, "2048");
            assertRefused(engine, new int[]{-1}, sampling(), Code.INVALID_PARAMETER, "-1");
            assertRefused(engine, new int[context], sampling(), Code.CONTEXT_LENGTH_EXCEEDED,
                    "maximum context length is " + context + " tokens");
            assertRefused(engine, PROMPT, sampling().maxTokens(0), Code.INVALID_PARAMETER, "max_tokens");
            assertRefused(engine, PROMPT, sampling().temperature(2.1), Code.INVALID_PARAMETER, "temperature");
            assertRefused(engine, PROMPT, sampling().temperature(Double.NaN), Code.INVALID_PARAMETER, "temperature");
            assertRefused(engine, PROMPT, sampling().filters(0, 0, 0), Code.INVALID_PARAMETER, "top_p");
            assertRefused(engine, PROMPT, sampling().filters(-2, 1, 0), Code.INVALID_PARAMETER, "top_k");
            assertRefused(engine, PROMPT, sampling().penalties(0, 0, 0), Code.INVALID_PARAMETER, "repetition_penalty");
            assertRefused(engine, PROMPT, sampling().minTokens(17), Code.INVALID_PARAMETER, "min_tokens");
            assertRefused(engine, PROMPT, sampling().stop(""), Code.INVALID_PARAMETER, "stop");
            assertRefused(engine, PROMPT, sampling().stopTokens(99_999), Code.INVALID_PARAMETER, "stop_token_ids");
            assertRefused(engine, PROMPT, sampling().logprobs(21), Code.INVALID_PARAMETER, "max_logprobs");
            assertRefused(engine, PROMPT, sampling().logprobs(-1), Code.INVALID_PARAMETER, "logprobs");
            assertThat(engine.stats().steps()).isZero();
        }
    }

    @Test
    void refusesASecondLiveRequestOfTheSameId() {
        ScriptedRunner runner = ScriptedRunner.stepwise(_ -> 20);
        try (LlmEngine engine = TestEngine.start(runner)) {
            RecordingListener first = submit(engine, greedy("a", 1, PROMPT));
            assertThatThrownBy(() -> submit(engine, greedy("a", 1, PROMPT))).hasMessageContaining("still running");

            runner.letThrough(1_000);
            first.completed();
            assertThat(submit(engine, greedy("a", 1, PROMPT)).completed()).isNotNull();
        }
    }

    @Test
    void failsEveryRequestCleanlyWhenTheModelFails() {
        ScriptedRunner runner = ScriptedRunner.stepwise(sequence -> {
            throw new IllegalStateException("device on fire");
        });
        try (LlmEngine engine = TestEngine.start(runner)) {
            List<RecordingListener> listeners = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                listeners.add(submit(engine, greedy("r" + i, 5, PROMPT)));
            }
            runner.letThrough(1);

            for (RecordingListener listener : listeners) {
                assertThat(listener.failure().code()).isEqualTo(Code.INTERNAL);
                assertThat(listener.failure().getMessage()).doesNotContain("fire");
            }
            assertThat(engine.isAlive()).isFalse();
            eventually(() -> runner.closed);
            assertThatThrownBy(() -> submit(engine, greedy("late", 1, PROMPT))).isInstanceOfSatisfying(
                    EngineException.class, error -> assertThat(error.code()).isEqualTo(Code.UNAVAILABLE));
        }
    }

    @Test
    void closeEndsEveryRequestExactlyOnce() {
        ScriptedRunner runner = ScriptedRunner.running(_ -> 20);
        LlmEngine engine = TestEngine.start(runner);
        List<RecordingListener> listeners = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            listeners.add(submit(engine, greedy("r" + i, 250, PROMPT)));
        }

        engine.close();
        engine.close();

        for (RecordingListener listener : listeners) {
            if (listener.end() instanceof EngineEvent.Failed failed) {
                assertThat(failed.error().code()).isEqualTo(Code.UNAVAILABLE);
            }
        }
        assertThat(runner.closed).isTrue();
        assertThat(engine.isAlive()).isFalse();
    }

    @Test
    void aSlowListenerDelaysNobodyElse() throws InterruptedException {
        CountDownLatch slow = new CountDownLatch(1);
        try (LlmEngine engine = TestEngine.start(ScriptedRunner.running(_ -> 20))) {
            RecordingListener behindSlow = new RecordingListener();
            engine.submit(greedy("slow", 50, PROMPT), event -> {
                awaitQuietly(slow);
                behindSlow.onEvent(event);
            });

            assertThat(submit(engine, greedy("fast", 50, PROMPT)).completed()).isNotNull();
            assertThat(behindSlow.events()).isEmpty();
            slow.countDown();
            assertThat(behindSlow.completed().usage().completionTokens()).isEqualTo(50);
        }
    }

    @Test
    void aThrowingListenerIsAbortedAndHarmsNobodyElse() {
        try (LlmEngine engine = TestEngine.start(ScriptedRunner.running(_ -> 20))) {
            engine.submit(greedy("broken", 250, PROMPT), _ -> {
                throw new IllegalStateException("listener broke");
            });

            assertThat(submit(engine, greedy("fine", 50, PROMPT)).completed()).isNotNull();
            eventually(() -> engine.stats().kvBlocksUsed() == 0);
            assertThat(engine.isAlive()).isTrue();
        }
    }

    @Test
    void observesEveryRequestOnceWithItsNumbers() {
        List<RequestTimings> ended = new CopyOnWriteArrayList<>();
        List<Long> firstTokens = new CopyOnWriteArrayList<>();
        List<Long> laterTokens = new CopyOnWriteArrayList<>();
        EngineObserver observer = new EngineObserver() {

            @Override
            public void onFirstToken(long nanos) {
                firstTokens.add(nanos);
            }

            @Override
            public void onNextToken(long nanos) {
                laterTokens.add(nanos);
            }

            @Override
            public void onFinish(RequestTimings request) {
                ended.add(request);
            }

            @Override
            public void onStep(StepPhase phase, int sequences, int tokens, long nanos, long waited) {
                throw new IllegalStateException("metrics broke");
            }
        };
        try (LlmEngine engine = TestEngine.start(ScriptedRunner.running(_ -> 20), observer)) {
            submit(engine, greedy("a", 5, PROMPT)).completed();

            assertThat(firstTokens).hasSize(1);
            assertThat(laterTokens).hasSize(4);
            assertThat(ended).singleElement().satisfies(request -> {
                assertThat(request.generatedTokens()).isEqualTo(5);
                assertThat(request.reasons()).containsExactly(FinishReason.LENGTH);
                assertThat(request.totalNanos()).isGreaterThanOrEqualTo(request.firstTokenNanos());
                assertThat(request.firstTokenNanos()).isEqualTo(request.queueNanos() + request.prefillNanos());
            });
        }
    }

    @Test
    void startFailsWithTheReasonWhenTheModelCannotBeLoaded() {
        assertThatThrownBy(() -> LlmEngine.start(TestEngine.FOLDER, TestEngine.FOLDER.generationConfig(), () -> {
            throw EngineException.of(Code.INVALID_CONFIG, "too little memory");
        }, AdapterSource.NONE, EngineObserver.NONE)).isInstanceOf(EngineException.class)
                .hasMessage("too little memory");
    }

    private static RecordingListener submit(LlmEngine engine, GenerationRequest request) {
        RecordingListener listener = new RecordingListener();
        engine.submit(request, listener);
        return listener;
    }

    private static GenerationRequest request(String id, TestRequests sampling) {
        return new GenerationRequest(id, PROMPT, sampling.build());
    }

    private static void assertRefused(LlmEngine engine, int[] prompt, TestRequests sampling, Code code, String hint) {
        RecordingListener listener = new RecordingListener();
        assertThatThrownBy(() -> engine.submit(new GenerationRequest("bad", prompt, sampling.build()), listener))
                .isInstanceOfSatisfying(EngineException.class, error -> {
                    assertThat(error.code()).isEqualTo(code);
                    assertThat(error).hasMessageContaining(hint);
                });
        assertThat(listener.events()).isEmpty();
    }

    /** A model that says this, whatever the prompt, and then ends. */
    private static ToIntFunction<Sequence> saying(String text) {
        int[] tokens = TestEngine.tokens(text);
        return sequence -> sequence.outputLength() < tokens.length ? tokens[sequence.outputLength()] : END;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
