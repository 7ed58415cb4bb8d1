package io.barista.modelservice.web;

import io.barista.modelservice.engine.ModelHost;
import io.barista.modelservice.engine.ServedModel;
import io.barista.openai.json.JsonFields;
import io.barista.openai.json.OpenAiJson;
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

    /** @param prepare gets the body's fields and the model; throws what the client is to be told */
    <T> Mono<T> prepare(Mono<byte[]> body, BiFunction<JsonFields, ServedModel, T> prepare) {
        return body.defaultIfEmpty(NONE).flatMap(bytes -> Mono
                .fromCallable(() -> prepare.apply(json.readObject(bytes), host.require())).subscribeOn(preparing));
    }
}
