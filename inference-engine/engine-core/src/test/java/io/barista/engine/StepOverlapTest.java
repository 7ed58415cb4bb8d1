package io.barista.engine;

import static io.barista.engine.TestEngine.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps that begin before the tokens of the step before are known give what steps one after the other give. */
@Timeout(60)
class StepOverlapTest {

    private static final IntBinaryOperator NEXT = (last, length) -> (last * 31 + length) % 90 + 10;

    @Test
    void aStepBeginsBeforeTheTokensOfTheStepBeforeAreKnown() {
        AheadRunner runner = new AheadRunner(NEXT);
        try (LlmEngine engine = TestEngine.start(runner)) {
            RecordingListener listener = TestEngine.submit(engine, TestRequests.greedy("a", 4, 11, 12));
            listener.completed();
            assertThat(listener.tokens(0)).isEqualTo(expected(4, 11, 12));
        }

        assertThat(runner.calls).containsExactly("begin", "begin", "await", "begin", "await", "begin", "await",
                "await");
    }

    @Test
    void whatAStoppedSequenceWasGivenTooMuchIsHandedToNobody() {
        List<Integer> whole = expected(12, 11, 12);
        AheadRunner runner = new AheadRunner(NEXT);
        try (LlmEngine engine = TestEngine.start(runner)) {
            RecordingListener listener = TestEngine.submit(engine, new GenerationRequest("a", new int[]{11, 12},
                    TestRequests.sampling().maxTokens(12).stopTokens(whole.get(5)).build()));
            listener.completed();

            assertThat(listener.tokens(0)).isEqualTo(whole.subList(0, whole.indexOf(whole.get(5)) + 1));
            assertThat(listener.finished(0).reason()).isEqualTo(FinishReason.STOP);
            eventually(() -> engine.stats().kvBlocksUsed() == 0);
        }
    }

    @Test
    void aRequestThatNeedsTheHostMakesStepsWaitForOneAnotherUntilItHasEnded() {
        AheadRunner runner = new AheadRunner(NEXT);
        try (LlmEngine engine = TestEngine.start(runner)) {
            RecordingListener needy = TestEngine.submit(engine, new GenerationRequest("needy", new int[]{20},
                    TestRequests.sampling().maxTokens(3).penalties(1.5, 0, 0).build()));
            needy.completed();
            assertThat(needy.tokens(0)).isEqualTo(expected(3, 20));
            assertThat(runner.calls).containsExactly("execute", "execute", "execute");

            RecordingListener plain = TestEngine.submit(engine, TestRequests.greedy("plain", 2, 21));
            plain.completed();
            assertThat(plain.tokens(0)).isEqualTo(expected(2, 21));
        }

        assertThat(runner.calls).endsWith("execute", "begin", "begin", "await", "await");
    }

    /** Little memory, so that sequences under way lose their blocks; requests of every kind come and go. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void tokensAreThoseThatStepsOneByOneGive(long seed) {
        Random random = new Random(seed);
        try (LlmEngine engine = TestEngine.start(TestEngine.config(24, 6, -1), new AheadRunner(NEXT),
                EngineObserver.NONE)) {
            List<RecordingListener> listeners = new ArrayList<>();
            List<GenerationRequest> requests = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                int[] prompt = random.ints(1 + random.nextInt(30), 10, 12).toArray();
                TestRequests sampling = TestRequests.sampling().maxTokens(1 + random.nextInt(40)).ignoreEos();
                if (random.nextInt(10) == 0) {
                    sampling.penalties(1.5, 0, 0);
                }
                GenerationRequest request = new GenerationRequest("r" + i, prompt, sampling.build());
                RecordingListener listener = TestEngine.submit(engine, request);
                requests.add(request);
                listeners.add(listener);
            }
            for (int i = 0; i < requests.size(); i++) {
                listeners.get(i).completed();
                assertThat(listeners.get(i).tokens(0)).as(requests.get(i).id())
                        .isEqualTo(expected(requests.get(i).sampling().maxTokens(), requests.get(i).promptTokens()));
            }
            assertThat(engine.stats().preemptions()).isPositive();
            assertThat(engine.stats().kvBlocksUsed()).isZero();
        }
    }

    private static List<Integer> expected(int count, int... prompt) {
        List<Integer> tokens = new ArrayList<>();
        int last = prompt[prompt.length - 1];
        for (int i = 0; i < count; i++) {
            last = NEXT.applyAsInt(last, prompt.length + i);
            tokens.add(last);
        }
        return tokens;
    }
}
