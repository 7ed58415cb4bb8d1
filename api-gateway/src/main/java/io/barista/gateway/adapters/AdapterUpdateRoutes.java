package io.barista.gateway.adapters;

import io.barista.gateway.auth.Access;
import io.barista.gateway.models.ModelCatalog;
import io.barista.gateway.replicas.ReplicaDirectory;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * vLLM's routes that add and remove adapters, for all replicas of a model at once, on the port of the management endpoints. Whether
 * they may is the replicas' word ({@code allow_runtime_lora_updating}). A plain class: META-INF/spring makes it a part of the
 * management context.
 */
final class AdapterUpdateRoutes {

    private static final byte[] NONE = {};

    @Bean
    RouterFunction<ServerResponse> adapterUpdates(JsonMapper json, ModelCatalog catalog, ReplicaDirectory replicas,
            HttpClient http, Access access) {
        AllReplicas everywhere = new AllReplicas(replicas, http, access, json);
        return RouterFunctions.route()
                .POST(AllReplicas.LOAD, request -> body(request).flatMap(body -> answer(
                        everywhere.load(model(body, catalog, json), name(body, json), body))))
                .POST(AllReplicas.UNLOAD, request -> body(request).flatMap(body -> answer(
                        everywhere.unload(model(body, catalog, json), body))))
                .build();
    }

    private static Mono<byte[]> body(ServerRequest request) {
        return request.bodyToMono(byte[].class).defaultIfEmpty(NONE);
    }

    /** {@code model} says which, and may be left out where there is one. */
    private static String model(byte[] body, ModelCatalog catalog, JsonMapper json) {
        JsonNode asked = fields(body, json).path("model");
        return catalog.resolve(asked.isString() ? asked.asString() : null).model().id();
    }

    private static String name(byte[] body, JsonMapper json) {
        return fields(body, json).path("lora_name").asString("");
    }

    private static JsonNode fields(byte[] body, JsonMapper json) {
        try {
            JsonNode fields = json.readTree(body);
            if (fields.isObject()) {
                return fields;
            }
        } catch (JacksonException e) {
            throw new ApiException(ErrorCode.INVALID_JSON, "The request body is not valid JSON.", null, e);
        }
        throw new ApiException(ErrorCode.INVALID_VALUE, "The request body must be a JSON object.");
    }

    private static Mono<ServerResponse> answer(Mono<AllReplicas.Answer> answer) {
        return answer.flatMap(said -> ServerResponse.status(said.status())
                .contentType(MediaType.parseMediaType(said.contentType())).bodyValue(said.body()));
    }
}
