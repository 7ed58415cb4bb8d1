package io.barista.engine;

import static io.barista.engine.TestEngine.eventually;
import static io.barista.engine.TestEngine.submit;
import static io.barista.engine.TestRequests.greedy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.engine.EngineException.Code;
import io.barista.engine.lora.AdapterSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that are aborted, and engines that fail or are closed: every request hears one end, and nothing stays behind. */
@Timeout(60)
class EngineEndsTest {

    private static final int[] PROMPT = {11, 12, 13};

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
    void startFailsWithTheReasonWhenTheModelCannotBeLoaded() {
        assertThatThrownBy(() -> LlmEngine.start(TestEngine.FOLDER, TestEngine.FOLDER.generationConfig(), () -> {
            throw EngineException.of(Code.INVALID_CONFIG, "too little memory");
        }, AdapterSource.NONE, EngineObserver.NONE)).isInstanceOf(EngineException.class)
                .hasMessage("too little memory");
    }
}
