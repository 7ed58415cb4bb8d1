package io.barista.engine;

import static io.barista.engine.TestEngine.submit;
import static io.barista.engine.TestRequests.greedy;
import static io.barista.engine.TestRequests.sampling;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.engine.EngineException.Code;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the engine does not take: nothing of it is queued. */
@Timeout(60)
class RefusedRequestsTest {

    private static final int[] PROMPT = {11, 12, 13};

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

    private static void assertRefused(LlmEngine engine, int[] prompt, TestRequests sampling, Code code, String hint) {
        RecordingListener listener = new RecordingListener();
        assertThatThrownBy(() -> engine.submit(new GenerationRequest("bad", prompt, sampling.build()), listener))
                .isInstanceOfSatisfying(EngineException.class, error -> {
                    assertThat(error.code()).isEqualTo(code);
                    assertThat(error).hasMessageContaining(hint);
                });
        assertThat(listener.events()).isEmpty();
    }
}
