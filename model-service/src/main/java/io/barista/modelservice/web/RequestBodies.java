package io.barista.modelservice.web;

import io.barista.modelservice.adapters.AdapterModelId;
import io.barista.modelservice.engine.EmbeddingModel;
import io.barista.modelservice.engine.HostedModel;
import io.barista.modelservice.engine.ModelHost;
import io.barista.modelservice.engine.ServedModel;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.JsonFields;
import io.barista.openai.json.OpenAiJson;
import java.util.Optional;
import java.util.function.BiFunction;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** From the bytes of a body to whatever a route makes of them, off the event loop: parsing and tokenizing may take a while. */
@Component
final class RequestBodies {

    private static final byte[] NONE = {};

    private final OpenAiJson json;
    private final ModelHost host;
    private final Scheduler preparing;

    RequestBodies(OpenAiJson json, ModelHost host, Scheduler preparing) {
        this.json = json;
        this.host = host;
        this.preparing = preparing;
    }

    /**
     * For routes that generate.
     *
     * @param api     what the route is called, for clients of a model that cannot
     * @param prepare gets the body's fields and the model; throws what the client is to be told
     */
    <T> Mono<T> generating(String api, Mono<byte[]> body, BiFunction<JsonFields, ServedModel, T> prepare) {
        return read(body, (fields, model) -> switch (model) {
            case ServedModel generator -> prepare.apply(fields, generator);
            case EmbeddingModel other -> throw unsupported(api, fields, other,
                    "it makes embeddings: use /v1/embeddings, /v1/score or /v1/rerank");
        });
    }

    /** For routes that need embeddings; as {@link #generating}. */
    <T> Mono<T> embedding(String api, Mono<byte[]> body, BiFunction<JsonFields, EmbeddingModel, T> prepare) {
        return read(body, (fields, model) -> switch (model) {
            case EmbeddingModel embedder -> prepare.apply(fields, embedder);
            case ServedModel other -> throw unsupported(api, fields, other,
                    "it writes text: use /v1/chat/completions, or serve it with task: embed");
        });
    }

    /** For routes that any model has; as {@link #generating}. */
    <T> Mono<T> read(Mono<byte[]> body, BiFunction<JsonFields, HostedModel, T> prepare) {
        return body.defaultIfEmpty(NONE).flatMap(bytes -> Mono
                .fromCallable(() -> prepared(json.readObject(bytes), host.require(), prepare)).subscribeOn(preparing)
                .flatMap(prepared -> prepared));
    }

    private <T> Mono<T> prepared(JsonFields fields, HostedModel model, BiFunction<JsonFields, HostedModel, T> prepare) {
        if (model instanceof ServedModel served) {
            String asked = fields.string("model");
            Optional<AdapterModelId> adapter = served.adapterIn(asked);
            if (asked != null && adapter.isPresent()) {
                // May have to be fetched first, which is no work for the threads that prepare.
                return RequestedAdapters.prepare(served, adapter.get(), asked).publishOn(preparing)
                        .map(adapted -> prepare.apply(fields, adapted));
            }
        }
        return Mono.just(prepare.apply(fields, model));
    }

    private static ApiException unsupported(String api, JsonFields fields, HostedModel model, String instead) {
        model.requireName(fields.string("model"));
        return ApiException.of(ErrorCode.INVALID_REQUEST, "model", "The model does not support %s. `%s` cannot; %s.",
                api, model.name(), instead);
    }
}
