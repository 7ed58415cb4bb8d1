package io.barista.engine;

import static io.barista.engine.TestEngine.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.barista.engine.runner.ModelRunner;
import io.barista.engine.runner.StepResult;
import io.barista.engine.scheduler.Sequence;
import io.barista.engine.scheduler.StepPlan;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine's own thread, from one forward pass to the next, with 32 sequences in mid-answer. */
@Timeout(60)
class EngineLoopAllocationTest {

    private static final int SEQUENCES = 32;
    private static final int WARM_UP = 600;
    private static final int WINDOWS = 6;
    /** A model takes its time, in which the output thread gives back what it was sent. */
    private static final long STEP_NANOS = 100_000;
    private static final int WINDOW = 200;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStepThatOnlyAnswersAllocatesNothing(boolean stepsOverlap) {
        Meter meter = new Meter(stepsOverlap);
        try (LlmEngine engine = TestEngine.start(TestEngine.config(2_048, SEQUENCES, -1), meter, EngineObserver.NONE)) {
            List<RecordingListener> listeners = new ArrayList<>();
            for (int i = 0; i < SEQUENCES; i++) {
                RecordingListener listener = TestEngine.submit(engine,
                        TestRequests.greedy("r" + i, WARM_UP + WINDOWS * WINDOW + 100, i + 1, 2, 3));
                listeners.add(listener);
            }
            eventually(() -> meter.steps > WARM_UP + WINDOWS * WINDOW);
            listeners.forEach(RecordingListener::completed);
        }

        // Token arrays double now and then, and on a busy machine the output thread gives batches back late: never in every window.
        assertThat(Arrays.stream(meter.stepsThatAllocated).min().orElseThrow()).isLessThan(WINDOW / 10);
    }

    /** In the model's place: counts what its thread, the engine's, has allocated since the last step. */
    private static final class Meter implements ModelRunner {

        private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private final boolean ahead;
        private long before;
        volatile int steps;
        final int[] stepsThatAllocated = new int[WINDOWS];

        Meter(boolean ahead) {
            this.ahead = ahead;
        }

        @Override
        public boolean runsAhead(Sequence sequence) {
            return ahead;
        }

        @Override
        public void begin(StepPlan plan) {}

        @Override
        public void await(StepPlan plan, StepResult result) {
            execute(plan, result);
        }

        @Override
        @SuppressWarnings("NonAtomicOperationOnVolatileField")
        public void execute(StepPlan plan, StepResult result) {
            int window = Math.floorDiv(steps - WARM_UP, WINDOW);
            if (plan.size() == SEQUENCES && window >= 0 && window < WINDOWS
                    && threads.getCurrentThreadAllocatedBytes() > before) {
                stepsThatAllocated[window]++;
            }
            LockSupport.parkNanos(STEP_NANOS);
            for (int i = 0; i < plan.size(); i++) {
                result.set(i, 20, null);
            }
            steps++;
            before = threads.getCurrentThreadAllocatedBytes();
        }

        @Override
        public void close() {}
    }
}
