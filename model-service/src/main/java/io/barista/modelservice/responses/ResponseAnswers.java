package io.barista.modelservice.responses;

import io.barista.engine.EngineEvent;
import io.barista.modelservice.chat.ChatAnswers;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.responses.Response;
import io.barista.openai.responses.ResponseEvent;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Responses from the events of the engine: whole, in events, or in the background; kept where the client does not forbid it. */
public final class ResponseAnswers {

    private static final Logger log = LoggerFactory.getLogger(ResponseAnswers.class);

    private final ResponseStore store;
    private final Map<String, Disposable> running = new ConcurrentHashMap<>();

    public ResponseAnswers(ResponseStore store) {
        this.store = store;
    }

    /** @param told what a client is told of a failure: once a stream has begun, its last event tells it */
    public Flux<ResponseEvent> events(ResponseJob job, Flux<EngineEvent> generated,
            Function<Throwable, ApiException> told) {
        return Flux.defer(() -> {
            ResponseWriter writer = new ResponseWriter(job.begun());
            return ChatAnswers.chunks(job.chat(), generated).concatMapIterable(chunk -> {
                Iterable<ResponseEvent> events = writer.on(chunk);
                keepIfEnded(job, writer.response()); // before the client hears of the end, so that it may refer to it
                return events;
            }).onErrorResume(_ -> writer.hasBegun(), error -> {
                Iterable<ResponseEvent> events = writer.fail(told.apply(error));
                keepIfEnded(job, writer.response());
                return Flux.fromIterable(events);
            });
        });
    }

    public Mono<Response> whole(ResponseJob job, Flux<EngineEvent> generated) {
        return ChatAnswers.chunks(job.chat(), generated)
                .collect(() -> new ResponseWriter(job.begun()), ResponseWriter::on).map(ResponseWriter::response)
                .doOnNext(response -> keepIfEnded(job, response));
    }

    /** Begins to generate and returns at once; the store has the response from now on. */
    public Response inBackground(ResponseJob job, Flux<EngineEvent> generated,
            Function<Throwable, ApiException> told) {
        String id = job.begun().id();
        store.put(new StoredResponse(job.begun(), job.conversation()));
        Disposable.Swap generation = Disposables.swap();
        running.put(id, generation);
        generation.update(whole(job, generated).doFinally(_ -> running.remove(id)).subscribe(_ -> {}, error -> {
            ApiException failure = told.apply(error);
            log.warn("response={} failed in the background: {}", id, failure.code(), error);
            keep(job, job.begun().failed(job.begun().output(), failure));
        }));
        return job.begun();
    }

    /** @throws ApiException RESPONSE_NOT_FOUND */
    public Response find(String id) {
        return store.require(id).response();
    }

    /** @throws ApiException RESPONSE_NOT_FOUND */
    public void delete(String id) {
        store.remove(id);
        stop(id);
    }

    /**
     * Stops a response in the background; one that has ended stays as it is.
     *
     * @throws ApiException RESPONSE_NOT_FOUND; INVALID_REQUEST for one that is not in the background
     */
    public Response cancel(String id) {
        StoredResponse stored = store.require(id);
        if (!stored.response().background()) {
            throw new ApiException(ErrorCode.INVALID_REQUEST,
                    "Cannot cancel a synchronous response.");
        }
        if (stop(id)) {
            store.put(new StoredResponse(stored.response().cancelled(), stored.conversation()));
        }
        return find(id);
    }

    private boolean stop(String id) {
        Disposable generation = running.remove(id);
        if (generation == null) {
            return false;
        }
        generation.dispose();
        return true;
    }

    private void keepIfEnded(ResponseJob job, Response response) {
        if (response.hasEnded()) {
            keep(job, response);
        }
    }

    private void keep(ResponseJob job, Response response) {
        if (response.settings().store()) {
            store.put(new StoredResponse(response, Transcript.with(job.conversation(), response.output())));
        }
    }
}
