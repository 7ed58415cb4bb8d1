package io.barista.gateway.stream;

import io.barista.gateway.metrics.EndReason;
import io.barista.openai.error.ErrorCode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
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

    /** The body, cancelled and ended with an error when it is silent for too long, or when {@code otherwise} says so. */
    Flux<DataBuffer> over(Flux<DataBuffer> body, Mono<AnswerCutException> otherwise) {
        return Flux.defer(() -> {
            lastSign = now();
            AtomicReference<AnswerCutException> verdict = new AtomicReference<>();
            // takeUntilOther cancels the body when the other one emits, but not when it fails: hence errors as values.
            return body.doOnNext(_ -> arrived()).doOnRequest(this::asks)
                    .takeUntilOther(Mono.firstWithSignal(silence(), otherwise).doOnNext(verdict::set))
                    .concatWith(Mono.defer(() -> Mono.justOrEmpty(verdict.get()).flatMap(Mono::error)));
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

    /** Emits the verdict when the limit has passed without a sign. */
    private Mono<AnswerCutException> silence() {
        return Mono.defer(() -> Mono.delay(Duration.ofNanos(remaining()), clock)).repeat(() -> remaining() > 0)
                .then(Mono.fromSupplier(this::verdict));
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
