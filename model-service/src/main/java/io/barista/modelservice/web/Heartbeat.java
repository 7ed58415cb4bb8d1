package io.barista.modelservice.web;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Comments within one stream of events while nothing else flows, so that nobody on the way takes a long prompt or a full queue
 * for a dead connection. Readers of event streams pass over comments. One sleeping timer a stream; a frame only notes the time.
 */
final class Heartbeat {

    private static final byte[] COMMENT = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);

    private final Duration interval;
    private final Scheduler clock;
    private volatile long lastSign;
    private volatile boolean begun;

    /** @param interval of silence; zero for no heartbeats */
    Heartbeat(Duration interval, Scheduler clock) {
        this.interval = interval;
        this.clock = clock;
    }

    /** The frames, with comments between them; ends as they end. */
    Flux<byte[]> within(Flux<byte[]> frames) {
        if (!interval.isPositive()) {
            return frames.doOnNext(_ -> sent());
        }
        return Flux.defer(() -> {
            lastSign = now();
            Sinks.Empty<Void> over = Sinks.empty();
            Flux<byte[]> watched = frames.doOnNext(_ -> sent()).doFinally(_ -> over.tryEmitEmpty());
            return Flux.merge(watched, comments().onBackpressureDrop().takeUntilOther(over.asMono()));
        });
    }

    /** Whether anything has gone out. */
    boolean hasBegun() {
        return begun;
    }

    private Flux<byte[]> comments() {
        return Mono.defer(() -> Mono.delay(Duration.ofNanos(remaining()), clock)).repeat()
                .filter(_ -> remaining() <= 0).map(_ -> {
                    sent();
                    return COMMENT;
                });
    }

    private void sent() {
        begun = true;
        lastSign = now();
    }

    private long remaining() {
        return interval.toNanos() - (now() - lastSign);
    }

    private long now() {
        return clock.now(TimeUnit.NANOSECONDS);
    }
}
