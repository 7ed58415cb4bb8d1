package io.barista.gateway.stream;

import io.barista.gateway.metrics.EndReason;
import io.barista.openai.error.ErrorCode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;

/**
 * Ends a body that stays silent for too long: by the replica's fault while more was asked for, by the client's when it
 * stopped asking. One sleeping timer a body; a piece only notes the time, so a fast stream costs nothing.
 */
final class SilenceWatch {

    private final Duration limit;
    private final Scheduler clock;
    private final AtomicLong asked = new AtomicLong();
    private volatile long lastSign;

    SilenceWatch(Duration limit, Scheduler clock) {
        this.limit = limit;
        this.clock = clock;
    }

    Flux<DataBuffer> over(Flux<DataBuffer> body) {
        return Flux.defer(() -> {
            lastSign = now();
            return body.doOnNext(_ -> arrived()).doOnRequest(this::asks).takeUntilOther(silence());
        });
    }

    private void arrived() {
        lastSign = now();
        asked.updateAndGet(pending -> pending == Long.MAX_VALUE ? pending : Math.max(pending - 1, 0));
    }

    private void asks(long pieces) {
        if (asked.getAndUpdate(pending -> Operators.addCap(pending, pieces)) == 0) {
            lastSign = now(); // the replica could not have said anything before
        }
    }

    /** Never completes; fails when the limit has passed without a sign. */
    private Mono<Void> silence() {
        return Mono.defer(() -> Mono.delay(Duration.ofNanos(remaining()), clock)).repeat(() -> remaining() > 0)
                .then(Mono.error(this::verdict));
    }

    private AnswerCutException verdict() {
        return asked.get() == 0
                ? new AnswerCutException(EndReason.CLIENT_STALL, ErrorCode.TIMEOUT,
                        "The client did not read for %d s.".formatted(limit.toSeconds()))
                : new AnswerCutException(EndReason.IDLE_TIMEOUT, ErrorCode.UPSTREAM_TIMEOUT,
                        "The model fell silent for %d s.".formatted(limit.toSeconds()));
    }

    private long remaining() {
        return limit.toNanos() - (now() - lastSign);
    }

    private long now() {
        return clock.now(TimeUnit.NANOSECONDS);
    }
}
