package io.barista.engine;

import static io.barista.engine.TestEngine.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.EngineEvent.Completed;
import io.barista.engine.EngineEvent.Failed;
import io.barista.engine.runner.ModelRunner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many threads, little memory, every way to end: what comes out must always add up. */
@Timeout(120)
class RandomTrafficTest {

    private static final int THREADS = 4;
    private static final int REQUESTS = 150;

    @ParameterizedTest
    @CsvSource({"1, false", "2, false", "1, true", "2, true", "3, true"})
    void everyRequestEndsOnceAndNothingIsLeftBehind(long seed, boolean stepsOverlap) throws Exception {
        List<RequestTimings> ended = new CopyOnWriteArrayList<>();
        EngineObserver observer = new EngineObserver() {

            @Override
            public void onFinish(RequestTimings request) {
                ended.add(request);
            }
        };
        // Room for one full sequence and a little: preemption is the rule.
        ResolvedEngineConfig config = TestEngine.config(20, 6, -1);
        IntBinaryOperator next = (last, length) -> (last * 31 + length) % 500 + 10;
        ModelRunner runner = stepsOverlap
                ? new AheadRunner(next)
                : ScriptedRunner.running(sequence -> next.applyAsInt(sequence.tokens()[sequence.length() - 1],
                        sequence.length()));
        try (LlmEngine engine = TestEngine.start(config, runner, observer);
                ExecutorService pool = Executors.newFixedThreadPool(THREADS)) {
            List<Future<List<RecordingListener>>> clients = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int client = thread;
                clients.add(pool.submit(() -> client(engine, client, new Random(seed * THREADS + client))));
            }
            for (Future<List<RecordingListener>> client : clients) {
                for (RecordingListener listener : client.get()) {
                    switch (listener.end()) {
                        case Completed completed -> assertThat(completed.usage().completionTokens())
                                .isEqualTo(listener.tokens(0).size() + listener.tokens(1).size());
                        case Failed failed -> assertThat(failed.error().code())
                                .isEqualTo(EngineException.Code.DEADLINE_EXCEEDED);
                        default -> throw new AssertionError("not an end");
                    }
                }
            }

            assertThat(ended).hasSize(THREADS * REQUESTS);
            // A stop string is found by the output thread, and the engine hears of it a moment later.
            eventually(() -> engine.stats().kvBlocksUsed() == 0);
            assertThat(engine.stats().running() + engine.stats().waiting()).isZero();
            assertThat(engine.stats().preemptions()).isPositive();
        }
    }

    private static List<RecordingListener> client(LlmEngine engine, int client, Random random) {
        List<RecordingListener> listeners = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            RecordingListener listener = new RecordingListener();
            String id = client + "-" + i;
            engine.submit(request(id, random), listener);
            listeners.add(listener);
            if (random.nextInt(4) == 0) {
                engine.abort(client + "-" + random.nextInt(i + 1));
            }
        }
        return listeners;
    }

    private static GenerationRequest request(String id, Random random) {
        int[] prompt = new int[1 + random.nextInt(40)];
        for (int i = 0; i < prompt.length; i++) {
            prompt[i] = 10 + random.nextInt(2);
        }
        TestRequests sampling = TestRequests.sampling().maxTokens(1 + random.nextInt(30))
                .samples(1 + random.nextInt(2));
        if (random.nextInt(3) == 0) {
            sampling.stop("e", "the");
        }
        Duration timeout = random.nextInt(6) == 0 ? Duration.ofMillis(1 + random.nextInt(40)) : null;
        return new GenerationRequest(id, prompt, sampling.build(), 0, null, timeout);
    }
}
