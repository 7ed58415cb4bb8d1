package io.barista.modelservice.web;

import io.barista.engine.EmbeddingEngine;
import io.barista.engine.EngineException;
import io.barista.modelservice.embedding.EmbeddingAnswers.Prepared;
import io.barista.modelservice.lifecycle.InFlight;
import java.util.concurrent.CompletionException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Embeddings of a request's inputs, as long as the client waits and the service is not told to stop. */
@Component
final class Embeddings {

    /** So many of one request wait in the engine at once: enough to fill its steps, few enough to leave others room. */
    private static final int AT_ONCE = 64;

    private final InFlight inFlight;
    private final Scheduler answering;

    Embeddings(InFlight inFlight, Scheduler answering) {
        this.inFlight = inFlight;
        this.answering = answering;
    }

    <T> Mono<T> answer(Prepared<T> prepared) {
        EmbeddingEngine engine = prepared.job().model().engine();
        Flux<float[]> embeddings = Flux.fromIterable(prepared.job().inputs())
                .flatMapSequential(input -> Mono.fromFuture(() -> engine.embed(input)), AT_ONCE)
                .onErrorMap(CompletionException.class,
                        e -> e.getCause() instanceof EngineException named ? named : e);
        return inFlight.track(embeddings).collectList().publishOn(answering).map(prepared.answer());
    }
}
