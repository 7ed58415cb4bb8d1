package io.barista.modelservice.web;

import io.barista.config.EngineOptions;
import io.barista.engine.lora.AdapterCache;
import io.barista.modelservice.adapters.ServedAdapters;
import io.barista.modelservice.engine.ModelHost;
import io.barista.modelservice.engine.ServedModel;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.JsonFields;
import io.barista.openai.json.OpenAiJson;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * vLLM's routes that add and remove adapters, on the port of the management endpoints, where {@code allow_runtime_lora_updating} is on.
 * A plain class: Spring Boot makes it a part of the management context, which META-INF/spring names it for, and nobody else must.
 */
final class AdapterRoutes {

    private static final Logger log = LoggerFactory.getLogger(AdapterRoutes.class);
    private static final byte[] NONE = {};

    @Bean
    RouterFunction<ServerResponse> adapterUpdates(OpenAiJson json, ModelHost host, Scheduler preparing) {
        return RouterFunctions.route()
                .POST("/v1/load_lora_adapter", request -> update(request, json, host, preparing, AdapterRoutes::load))
                .POST("/v1/unload_lora_adapter",
                        request -> update(request, json, host, preparing, AdapterRoutes::unload))
                .build();
    }

    private static Mono<ServerResponse> update(ServerRequest request, OpenAiJson json, ModelHost host,
            Scheduler preparing, BiFunction<ServedModel, JsonFields, Mono<String>> change) {
        return request.bodyToMono(byte[].class).defaultIfEmpty(NONE).publishOn(preparing)
                .flatMap(body -> change.apply(updatable(host), json.readObject(body)))
                .flatMap(done -> ServerResponse.ok().contentType(MediaType.TEXT_PLAIN).bodyValue(done));
    }

    /** Where adapters cannot be updated there is no such route, as in vLLM. */
    private static ServedModel updatable(ModelHost host) {
        if (host.require() instanceof ServedModel model && model.engine().adapters().isPresent()
                && model.asked().get(EngineOptions.ALLOW_RUNTIME_LORA_UPDATING)) {
            return model;
        }
        throw new ResponseStatusException(HttpStatus.NOT_FOUND);
    }

    /** Answers once the adapter is in memory and checked; one that is broken is not added. */
    private static Mono<String> load(ServedModel model, JsonFields fields) {
        String name = given(fields, "lora_name", "Both 'lora_name' and 'lora_path' must be provided.");
        String path = given(fields, "lora_path", "Both 'lora_name' and 'lora_path' must be provided.");
        ServedAdapters adapters = model.adapters();
        AdapterCache cache = model.engine().adapters().orElseThrow();
        boolean isInPlace = fields.flag("load_inplace", false);
        ServedAdapters.Given given = adapters.add(name, path, isInPlace);
        if (isInPlace) {
            cache.evict(name);
        }
        return Mono.fromFuture(() -> cache.prepare(name))
                .doOnError(_ -> {
                    given.takeBack();
                    cache.evict(name);
                })
                .doOnSuccess(adapter -> {
                    if (!given.isCurrent()) { // unloaded while it was loaded
                        cache.evict(name);
                    }
                    log.info("adapter {} added", adapter);
                })
                .thenReturn("Success: LoRA adapter '%s' added successfully.".formatted(name));
    }

    /**
     * What is in memory goes in any case: a name that is known here no more may still be there. With {@code put_back} the name stands again
     * for what it stood for before it was given to {@code lora_path}: so the gateway undoes a load that another replica has refused.
     */
    private static Mono<String> unload(ServedModel model, JsonFields fields) {
        String name = given(fields, "lora_name", "'lora_name' must be provided.");
        try {
            if (fields.flag("put_back", false)) {
                model.adapters().takeBack(name, given(fields, "lora_path", "'put_back' needs the 'lora_path'."));
            } else {
                model.adapters().remove(name);
            }
        } finally {
            model.engine().adapters().orElseThrow().evict(name);
        }
        log.info("adapter {} removed", name);
        return Mono.just("Success: LoRA adapter '%s' removed successfully.".formatted(name));
    }

    private static String given(JsonFields fields, String key, String otherwise) {
        String value = fields.string(key);
        if (value == null || value.isEmpty()) {
            throw new ApiException(ErrorCode.MISSING_PARAMETER, otherwise, key, null);
        }
        return value;
    }
}
