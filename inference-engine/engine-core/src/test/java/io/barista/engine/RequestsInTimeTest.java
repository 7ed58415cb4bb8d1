package io.barista.engine;

import static io.barista.engine.TestEngine.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.engine.EngineException.Code;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RequestsInTimeTest {

    @Test
    void failsWhatRunsAndWhatWaitsWhenItsTimeIsUpAndFreesItsBlocks() {
        ScriptedRunner runner = ScriptedRunner.stepwise(_ -> 20);
        try (LlmEngine engine = TestEngine.start(TestEngine.config(64, 1, 4), runner, EngineObserver.NONE)) {
            RecordingListener running = submit(engine, "running", Duration.ofMillis(30));
            RecordingListener waiting = submit(engine, "waiting", Duration.ofMillis(30));
            RecordingListener patient = submit(engine, "patient", null);
            sleep(60);
            // First the step that was under way when time was up.
            runner.letThrough(1_000);

            assertThat(running.failure().code()).isEqualTo(Code.DEADLINE_EXCEEDED);
            assertThat(waiting.failure().code()).isEqualTo(Code.DEADLINE_EXCEEDED);
            assertThat(running.tokens(0)).hasSizeLessThanOrEqualTo(1);
            assertThat(patient.completed().usage().completionTokens()).isEqualTo(5);
            eventually(() -> engine.stats().kvBlocksUsed() == 0);
        }
    }

    @Test
    void aRequestThatEndsInTimeIsNotToldOfItsDeadline() {
        try (LlmEngine engine = TestEngine.start(ScriptedRunner.running(_ -> 20))) {
            assertThat(submit(engine, "a", Duration.ofSeconds(30)).completed().usage().completionTokens()).isEqualTo(5);
        }
    }

    @Test
    void refusesPrioritiesUnlessTheyAreServed() {
        try (LlmEngine engine = TestEngine.start(ScriptedRunner.running(_ -> 20))) {
            GenerationRequest request = new GenerationRequest("a", new int[]{1}, TestRequests.sampling().build(), 2,
                    null,
                    null);
            assertThatThrownBy(() -> engine.submit(request, new RecordingListener()))
                    .isInstanceOfSatisfying(EngineException.class, error -> {
                        assertThat(error.param()).isEqualTo("priority");
                        assertThat(error).hasMessageContaining("Got priority 2 but Priority scheduling is not enabled");
                    });
        }
    }

    private static RecordingListener submit(LlmEngine engine, String id, Duration timeout) {
        return TestEngine.submit(engine, new GenerationRequest(id, new int[]{1, 2, id.hashCode() & 0xFF},
                TestRequests.sampling().maxTokens(5).build(), 0, null, timeout));
    }

    private static void sleep(int millis) {
        long end = System.nanoTime() + millis * 1_000_000L;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
