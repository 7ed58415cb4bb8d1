package io.barista.gateway.stream;

import io.barista.gateway.metrics.EndReason;
import io.barista.openai.error.ErrorCode;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/** When a request has to end, finished or not: at its deadline, or when the gateway's shutdown can wait no longer. */
public final class Curtain {

    private final Duration deadline;
    private final Scheduler clock;
    private final Sinks.Empty<Void> shutdown = Sinks.empty();

    public Curtain(Duration deadline, Scheduler clock) {
        this.deadline = deadline;
        this.clock = clock;
    }

    /** Emits the reason when a request of that start has to end. */
    public Mono<AnswerCutException> forRequestOf(long startedNanos) {
        Mono<AnswerCutException> late = Mono.defer(() -> Mono.delay(remaining(startedNanos), clock))
                .map(_ -> new AnswerCutException(EndReason.DEADLINE, ErrorCode.UPSTREAM_TIMEOUT,
                        "The request took longer than the %d s that any may take.".formatted(deadline.toSeconds())));
        Mono<AnswerCutException> closing = shutdown.asMono()
                .then(Mono.fromSupplier(() -> new AnswerCutException(EndReason.SHUTDOWN, ErrorCode.UNAVAILABLE,
                        "The gateway is shutting down. Send the request again.")));
        return Mono.firstWithSignal(late, closing);
    }

    /** Ends all requests that still run. */
    public void fall() {
        shutdown.tryEmitEmpty();
    }

    private Duration remaining(long startedNanos) {
        Duration left = deadline.minusNanos(System.nanoTime() - startedNanos);
        return left.isNegative() ? Duration.ZERO : left;
    }
}
