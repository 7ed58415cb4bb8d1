package io.barista.modelservice.lifecycle;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The generations under way. When the service is told to stop, new ones are refused while those under way may finish; at the
 * deadline what is left ends with an error that streams can still tell their clients. Only then does the web server stop:
 * this runs in a later phase than the server's, and later phases stop first.
 */
public final class InFlight implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(InFlight.class);

    /** For the last error events to get out. */
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final Duration patience;
    private final AtomicInteger count = new AtomicInteger();
    private volatile Shift shift = new Shift();
    private volatile boolean running;

    /** The time from one start to the next stop. */
    private static final class Shift {

        private final Sinks.Empty<Void> deadline = Sinks.empty();
        private final Sinks.Empty<Void> idle = Sinks.empty();
        private volatile boolean ends;
        private volatile boolean isOver;
    }

    /** @param patience how long generations may go on after the service was told to stop */
    public InFlight(Duration patience) {
        this.patience = patience;
    }

    /** The same events, counted as one generation from subscription to end; an error at the deadline. */
    public <T> Flux<T> track(Flux<T> events) {
        return Flux.defer(() -> {
            Shift own = shift;
            count.incrementAndGet();
            // counted first, so that stop() either sees this one or is seen here
            if (own.ends) {
                leave(own);
                return Flux.error(shuttingDown());
            }
            // An error from the other side would end the stream without cancelling the events, so the error comes afterwards.
            return events.takeUntilOther(own.deadline.asMono())
                    .concatWith(Flux.defer(() -> own.isOver ? Flux.error(shuttingDown()) : Flux.empty()))
                    .doFinally(_ -> leave(own));
        });
    }

    public int count() {
        return count.get();
    }

    @Override
    public void start() {
        shift = new Shift();
        running = true;
    }

    @Override
    public void stop() {
        throw new UnsupportedOperationException("stops asynchronously");
    }

    @Override
    public void stop(Runnable callback) {
        Shift ending = shift;
        ending.ends = true;
        log.info("stopping: no new requests, {} under way may take {} s", count.get(), patience.toSeconds());
        announceIfIdle(ending);
        ending.idle.asMono().timeout(patience).onErrorResume(TimeoutException.class, _ -> giveUp(ending))
                .doFinally(_ -> {
                    running = false;
                    callback.run();
                }).subscribe();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }

    private Mono<Void> giveUp(Shift ending) {
        log.warn("{} requests did not finish in time and end with an error", count.get());
        ending.isOver = true;
        ending.deadline.tryEmitEmpty();
        return ending.idle.asMono().timeout(FAREWELL).onErrorComplete();
    }

    private void leave(Shift own) {
        count.decrementAndGet();
        announceIfIdle(own);
    }

    private void announceIfIdle(Shift ending) {
        if (ending.ends && count.get() == 0) {
            ending.idle.tryEmitEmpty();
        }
    }

    private static ApiException shuttingDown() {
        return new ApiException(ErrorCode.UNAVAILABLE, "The server is shutting down. Send the request again.");
    }
}
