package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.EngineEvent;
import io.barista.engine.EngineStats;
import io.barista.engine.GenerationRequest;
import io.barista.engine.SamplingParams;
import io.barista.modelservice.engine.EngineStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.scheduler.Schedulers;

class SlowReaderTest extends AbstractDemoTest {

    @Test
    void abortsTheRequestOfAReaderWhoDoesNotRead() throws InterruptedException {
        SamplingParams sampling = SamplingParams.greedy(2000).ignoreEos(true).build();
        new EngineStream(model.engine(), Schedulers.immediate(), 8)
                .submit(new GenerationRequest("slow", new int[]{5, 6, 7}, sampling)).subscribe(new Sleeper());
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        EngineStats stats = model.engine().stats();
        while (stats.running() + stats.waiting() + stats.kvBlocksUsed() > 0 || stats.generatedTokens() < 9) {
            assertThat(System.nanoTime()).as("still %s", stats).isLessThan(deadline);
            Thread.sleep(20);
            stats = model.engine().stats();
        }
        assertThat(stats.generatedTokens()).isLessThan(2000);
    }

    /** Subscribes and never asks for an event. */
    private static final class Sleeper extends BaseSubscriber<EngineEvent> {

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            // nothing is requested
        }
    }
}
