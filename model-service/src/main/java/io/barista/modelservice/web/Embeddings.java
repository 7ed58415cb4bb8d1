package io.barista.modelservice.web;

import io.barista.engine.EmbeddingEngine;
import io.barista.engine.EngineException;
import io.barista.modelservice.embedding.EmbeddingAnswers.Prepared;
import io.barista.modelservice.embedding.EmbeddingJob;
import io.barista.modelservice.lifecycle.InFlight;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Embeddings of a request's inputs, as long as the client waits and the service is not told to stop. */
@Component
final class Embeddings {

    private static final Logger log = LoggerFactory.getLogger(Embeddings.class);

    /** So many of one request wait in the engine at once: enough to fill its steps, few enough to leave others room. */
    private static final int AT_ONCE = 64;

    private final InFlight inFlight;
    private final Scheduler answering;

    Embeddings(InFlight inFlight, Scheduler answering) {
        this.inFlight = inFlight;
        this.answering = answering;
    }

    <T> Mono<T> answer(Prepared<T> prepared) {
        return Mono.defer(() -> {
            EmbeddingJob job = prepared.job();
            long began = System.nanoTime();
            return inFlight.track(embeddings(job)).collectList().publishOn(answering).map(prepared.answer())
                    .doOnSuccess(_ -> succeeded(job, System.nanoTime() - began))
                    .doOnError(_ -> job.model().metrics().failed());
        });
    }

    private static Flux<float[]> embeddings(EmbeddingJob job) {
        EmbeddingEngine engine = job.model().engine();
        return Flux.fromIterable(job.inputs())
                .flatMapSequential(input -> Mono.fromFuture(() -> engine.embed(input)), AT_ONCE)
                .onErrorMap(CompletionException.class,
                        e -> e.getCause() instanceof EngineException named ? named : e);
    }

    private static void succeeded(EmbeddingJob job, long nanos) {
        job.model().metrics().succeeded(job.tokens(), nanos);
        log.info("request={} inputs={} prompt_tokens={} total_ms={}", job.header().id(), job.inputs().size(),
                job.tokens(), Math.round(nanos / 1e5) / 10.0);
    }
}
