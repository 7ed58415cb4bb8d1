package io.barista.gateway.stream;

import io.barista.gateway.metrics.EndReason;
import io.barista.openai.error.ErrorCode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/** When a request has to end, finished or not: at its deadline, or when the gateway's shutdown can wait no longer, or when its client will. */
public final class Curtain {

    private final Duration deadline;
    private final Scheduler clock;
    private final Sinks.Empty<Void> shutdown = Sinks.empty();

    public Curtain(Duration deadline, Scheduler clock) {
        this.deadline = deadline;
        this.clock = clock;
    }

    /**
     * Emits the reason when a request of that start has to end.
     *
     * @param timeout the client's own; null for none
     */
    public Mono<AnswerCutException> forRequestOf(long startedNanos, @Nullable Duration timeout) {
        Duration limit = timeout != null && timeout.compareTo(deadline) < 0 ? timeout : deadline;
        boolean clientsOwn = limit.equals(timeout);
        Mono<AnswerCutException> late = Mono.defer(() -> Mono.delay(left(limit, startedNanos), clock))
                .map(_ -> clientsOwn
                        ? new AnswerCutException(EndReason.DEADLINE, ErrorCode.TIMEOUT,
                                "the request did not finish within its timeout")
                        : new AnswerCutException(EndReason.DEADLINE, ErrorCode.UPSTREAM_TIMEOUT,
                                "The request took longer than the %d s that any may take."
                                        .formatted(deadline.toSeconds())));
        Mono<AnswerCutException> closing = shutdown.asMono()
                .then(Mono.fromSupplier(() -> new AnswerCutException(EndReason.SHUTDOWN, ErrorCode.UNAVAILABLE,
                        "The gateway is shutting down. Send the request again.")));
        return Mono.firstWithSignal(late, closing);
    }

    /** Ends all requests that still run. */
    public void fall() {
        shutdown.tryEmitEmpty();
    }

    /** What is left of a limit; not negative. */
    public static Duration left(Duration limit, long startedNanos) {
        Duration left = limit.minusNanos(System.nanoTime() - startedNanos);
        return left.isNegative() ? Duration.ZERO : left;
    }
}
