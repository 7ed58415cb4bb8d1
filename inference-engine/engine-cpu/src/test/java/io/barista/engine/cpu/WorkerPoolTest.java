package io.barista.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkerPoolTest {

    private final WorkerPool pool = new WorkerPool(4);

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void runsEveryIndexOnceAndReturnsWhenAllAreDone() {
        Random random = new Random(5);
        for (int run = 0; run < 20_000; run++) {
            int count = random.nextInt(9);
            AtomicIntegerArray times = new AtomicIntegerArray(9);
            pool.run((_, index) -> times.incrementAndGet(index), count);
            for (int index = 0; index < 9; index++) {
                assertThat(times.get(index)).as("index %d of %d in run %d", index, count, run)
                        .isEqualTo(index < count ? 1 : 0);
            }
        }
    }

    @Test
    void givesNoTwoIndicesTheSameWorkerAtOnce() {
        AtomicIntegerArray busy = new AtomicIntegerArray(pool.size());
        for (int run = 0; run < 2_000; run++) {
            pool.run((worker, _) -> {
                assertThat(busy.incrementAndGet(worker)).isEqualTo(1);
                Thread.onSpinWait();
                busy.decrementAndGet(worker);
            }, 16);
        }
    }

    @Test
    void wakesWorkersThatHaveGoneToSleep() throws InterruptedException {
        for (int pause = 0; pause < 3; pause++) {
            Thread.sleep(20); // longer than workers spin
            AtomicIntegerArray times = new AtomicIntegerArray(8);
            pool.run((_, index) -> times.incrementAndGet(index), 8);
            assertThat(times).hasToString("[1, 1, 1, 1, 1, 1, 1, 1]");
        }
    }

    @Test
    void throwsAWorkersFailureAtTheCallerAndGoesOn() {
        assertThatThrownBy(() -> pool.run((_, index) -> {
            if (index == 5) {
                throw new IllegalStateException("index 5");
            }
        }, 8)).isInstanceOf(IllegalStateException.class).hasMessage("index 5");

        AtomicIntegerArray times = new AtomicIntegerArray(2);
        pool.run((_, index) -> times.incrementAndGet(index), 2);
        assertThat(times).hasToString("[1, 1]");
    }
}
