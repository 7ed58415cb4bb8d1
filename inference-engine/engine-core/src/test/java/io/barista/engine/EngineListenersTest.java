package io.barista.engine;

import static io.barista.engine.TestEngine.eventually;
import static io.barista.engine.TestEngine.submit;
import static io.barista.engine.TestRequests.greedy;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Listeners and observers, which may be slow or broken. */
@Timeout(60)
class EngineListenersTest {

    private static final int[] PROMPT = {11, 12, 13};

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

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
