package io.barista.gateway.adapters;

import io.barista.gateway.auth.Access;
import io.barista.gateway.models.ModelCatalog;
import io.barista.gateway.replicas.ReplicaDirectory;
import io.barista.openai.json.JsonFields;
import io.barista.openai.json.OpenAiJson;
import java.net.URI;
import java.util.Objects;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import tools.jackson.databind.json.JsonMapper;

/**
 * vLLM's routes that add and remove adapters, for all replicas of a model at once, on the port of the management endpoints. Whether
 * they may is the replicas' word ({@code allow_runtime_lora_updating}). A plain class: META-INF/spring makes it a part of the
 * management context.
 */
final class AdapterUpdateRoutes {

    private static final byte[] NONE = {};

    private final OpenAiJson openAiJson = new OpenAiJson();

    @Bean
    RouterFunction<ServerResponse> adapterUpdates(JsonMapper json, ModelCatalog catalog, ReplicaDirectory replicas,
            HttpClient http, Access access, Environment environment) {
        Calls calls = new Calls(http, access);
        AdapterUpdates updates = new AdapterUpdates(new AllReplicas(replicas, calls, json),
                new RegistryNames(environment.getProperty("barista.lora-registry.uri", URI.class), calls, json), json);
        return RouterFunctions.route()
                .POST(AllReplicas.LOAD, request -> body(request).flatMap(body -> {
                    JsonFields fields = openAiJson.readObject(body);
                    return answer(updates.load(adapter(fields, catalog, body)));
                }))
                .POST(AllReplicas.UNLOAD, request -> body(request).flatMap(body -> {
                    JsonFields fields = openAiJson.readObject(body);
                    return answer(updates.unload(model(fields, catalog), name(fields), body));
                }))
                .build();
    }

    private static NewAdapter adapter(JsonFields fields, ModelCatalog catalog, byte[] body) {
        return new NewAdapter(model(fields, catalog), name(fields), given(fields, "lora_path"),
                fields.flag("load_inplace", false), body);
    }

    private static String name(JsonFields fields) {
        return given(fields, "lora_name");
    }

    /** Empty where there is none; the replicas say that this is wrong. */
    private static String given(JsonFields fields, String key) {
        return Objects.requireNonNullElse(fields.string(key), "");
    }

    private static Mono<byte[]> body(ServerRequest request) {
        return request.bodyToMono(byte[].class).defaultIfEmpty(NONE);
    }

    /** {@code model} says which, and may be left out where there is one. */
    private static String model(JsonFields fields, ModelCatalog catalog) {
        return catalog.resolve(fields.string("model")).model().id();
    }

    private static Mono<ServerResponse> answer(Mono<Answer> answer) {
        return answer.flatMap(said -> ServerResponse.status(said.status())
                .contentType(MediaType.parseMediaType(said.contentType())).bodyValue(said.body()));
    }
}
