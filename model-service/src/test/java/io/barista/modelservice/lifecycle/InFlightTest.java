package io.barista.modelservice.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.openai.error.ApiException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

class InFlightTest {

    @Test
    void letsRunningGenerationsFinishAndRefusesNewOnes() throws Exception {
        InFlight inFlight = new InFlight(Duration.ofMinutes(1));
        inFlight.start();
        Sinks.Many<String> running = Sinks.many().unicast().onBackpressureBuffer();
        CompletableFuture<List<String>> answer = inFlight.track(running.asFlux()).collectList().toFuture();
        CompletableFuture<Void> stopped = stop(inFlight);

        assertThatThrownBy(() -> inFlight.track(Flux.just("new")).blockLast()).isInstanceOf(ApiException.class)
                .hasMessageContaining("shutting down");
        running.tryEmitNext("last").orThrow();
        assertThat(stopped).isNotDone();
        running.tryEmitComplete().orThrow();
        assertThat(answer.get(10, TimeUnit.SECONDS)).containsExactly("last");
        stopped.get(10, TimeUnit.SECONDS);
        assertThat(inFlight.isRunning()).isFalse();
    }

    @Test
    void endsWhatIsLeftAtTheDeadlineWithAnErrorAndCancelsIt() throws Exception {
        InFlight inFlight = new InFlight(Duration.ofMillis(50));
        AtomicBoolean cancelled = new AtomicBoolean();
        CompletableFuture<String> answer = inFlight
                .track(Flux.<String>never().doOnCancel(() -> cancelled.set(true))).last().toFuture();
        stop(inFlight).get(10, TimeUnit.SECONDS);
        assertThatThrownBy(() -> answer.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(ApiException.class);
        assertThat(cancelled).isTrue();
        assertThat(inFlight.count()).isZero();
    }

    @Test
    void stopsAtOnceWhenIdle() throws Exception {
        stop(new InFlight(Duration.ofMinutes(1))).get(10, TimeUnit.SECONDS);
    }

    @Test
    void servesAgainAfterItWasStartedAgain() throws Exception {
        InFlight inFlight = new InFlight(Duration.ofMinutes(1));
        stop(inFlight).get(10, TimeUnit.SECONDS);
        inFlight.start();
        assertThat(inFlight.track(Flux.just("again")).blockLast()).isEqualTo("again");
    }

    @Test
    void forgetsGenerationsWhoseClientsLeft() {
        InFlight inFlight = new InFlight(Duration.ofMinutes(1));
        inFlight.track(Flux.never()).subscribe().dispose();
        assertThat(inFlight.count()).isZero();
    }

    private static CompletableFuture<Void> stop(InFlight inFlight) {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        inFlight.stop(() -> stopped.complete(null));
        return stopped;
    }
}
