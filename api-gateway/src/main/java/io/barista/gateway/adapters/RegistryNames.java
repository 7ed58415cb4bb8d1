package io.barista.gateway.adapters;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriUtils;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * The names that the LoRA registry keeps of adapters that were added while the suite runs: replicas that start later find them there. The
 * registry says whether a name is taken. Without a registry every name is free, and none is known.
 */
final class RegistryNames {

    private static final byte[] NONE = {};

    private final @Nullable URI registry;
    private final Calls calls;
    private final JsonMapper json;

    RegistryNames(@Nullable URI registry, Calls calls, JsonMapper json) {
        this.registry = registry;
        this.calls = calls;
        this.json = json;
    }

    Mono<Answer> add(NewAdapter adapter) {
        return registry == null || adapter.name().isEmpty()
                ? Mono.just(new Answer(204, "text/plain", NONE))
                : ask(HttpMethod.PUT, registry, path(adapter.model(), adapter.name()), adapter.body());
    }

    /** The adapter right under the model's root that a name stands for; empty when it was not added. */
    Mono<Optional<String>> target(String model, String name) {
        return registry == null || name.isEmpty()
                ? Mono.just(Optional.empty())
                : ask(HttpMethod.GET, registry, path(model), NONE).map(answer -> {
                    if (!answer.isDone() && !answer.isNotFound()) {
                        throw new ApiException(ErrorCode.UPSTREAM_FAILED,
                                "The LoRA registry does not tell what `%s` stands for (status %d); nothing was changed."
                                        .formatted(name, answer.status()));
                    }
                    return answer.isDone()
                            ? Optional.ofNullable(json.readTree(answer.body()).path(name).asString(null))
                            : Optional.empty();
                });
    }

    Mono<Answer> remove(String model, String name) {
        return registry == null || name.isEmpty()
                ? Mono.just(new Answer(404, "text/plain", NONE))
                : ask(HttpMethod.DELETE, registry, path(model, name), NONE);
    }

    private Mono<Answer> ask(HttpMethod method, URI at, String path, byte[] body) {
        return calls.json(method, at.toString().replaceFirst("/+$", "") + path, body)
                .onErrorMap(failure -> new ApiException(ErrorCode.UPSTREAM_FAILED,
                        "The LoRA registry did not answer; whether it noted the change is not known. Ask again; if the name "
                                + "is taken then, with load_inplace.",
                        null, failure));
    }

    private static String path(String model) {
        return "/v1/names/" + encoded(model);
    }

    private static String path(String model, String name) {
        return path(model) + "/" + encoded(name);
    }

    private static String encoded(String part) {
        return UriUtils.encode(part, StandardCharsets.UTF_8);
    }
}
