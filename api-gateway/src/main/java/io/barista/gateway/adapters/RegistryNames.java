package io.barista.gateway.adapters;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriUtils;
import reactor.core.publisher.Mono;

/**
 * The names that the LoRA registry keeps of adapters that were added while the suite runs: replicas that start later find them there. The
 * registry says whether a name is taken. Without a registry every name is free, and none is known.
 */
final class RegistryNames {

    private static final byte[] NONE = {};

    private final @Nullable URI registry;
    private final Calls calls;

    RegistryNames(@Nullable URI registry, Calls calls) {
        this.registry = registry;
        this.calls = calls;
    }

    /** @param body of load_lora_adapter */
    Mono<Answer> add(String model, String name, byte[] body) {
        return registry == null || name.isEmpty()
                ? Mono.just(new Answer(204, "text/plain", NONE))
                : ask(HttpMethod.PUT, registry, model, name, body);
    }

    Mono<Answer> remove(String model, String name) {
        return registry == null || name.isEmpty()
                ? Mono.just(new Answer(404, "text/plain", NONE))
                : ask(HttpMethod.DELETE, registry, model, name, NONE);
    }

    private Mono<Answer> ask(HttpMethod method, URI at, String model, String name, byte[] body) {
        String path = "/v1/names/%s/%s".formatted(encoded(model), encoded(name));
        return calls.json(method, at.resolve(path).toString(), body)
                .onErrorMap(failure -> new ApiException(ErrorCode.UPSTREAM_FAILED,
                        "The LoRA registry does not answer; nothing was changed. Ask again.", null, failure));
    }

    private static String encoded(String part) {
        return UriUtils.encode(part, StandardCharsets.UTF_8);
    }
}
