package io.barista.gateway.adapters;

import io.barista.gateway.replicas.Replica;
import io.barista.gateway.replicas.ReplicaDirectory;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Tells every replica of a model the same, at its management port. */
final class AllReplicas {

    static final String LOAD = "/v1/load_lora_adapter";
    static final String UNLOAD = "/v1/unload_lora_adapter";
    /** Where service discovery puts the port, when it is not that of the model. */
    private static final String MANAGEMENT_PORT = "management.port";

    private static final Logger log = LoggerFactory.getLogger(AllReplicas.class);

    private final ReplicaDirectory replicas;
    private final Calls calls;
    private final JsonMapper json;

    AllReplicas(ReplicaDirectory replicas, Calls calls, JsonMapper json) {
        this.replicas = replicas;
        this.calls = calls;
        this.json = json;
    }

    private record Said(Replica replica, Answer answer) {}

    /** All or none: where one replica refuses, it is taken back from the others, and what that one said is the answer. */
    Mono<Answer> load(String model, String adapter, byte[] body) {
        return tell(all(model), LOAD, body).flatMap(said -> {
            List<Replica> holders = said.stream().filter(each -> each.answer().isDone()).map(Said::replica).toList();
            if (holders.size() == said.size() || holders.isEmpty()) {
                return Mono.just(verdict(said));
            }
            log.warn("adapter {}: {} of {} replicas of {} took it; it is taken back from them", adapter, holders.size(),
                    said.size(), model);
            return tell(holders, UNLOAD, json.writeValueAsBytes(Map.of("lora_name", adapter)))
                    .thenReturn(verdict(said));
        });
    }

    /** Not found only where no replica had it. */
    Mono<Answer> unload(String model, byte[] body) {
        return tell(all(model), UNLOAD, body).map(said -> {
            List<Said> had = said.stream().filter(each -> !each.answer().isNotFound()).toList();
            return verdict(had.isEmpty() ? said : had);
        });
    }

    private List<Replica> all(String model) {
        List<Replica> all = replicas.pool(model).byLoad();
        if (all.isEmpty()) {
            throw new ApiException(ErrorCode.UNAVAILABLE, "No replica of model `" + model + "` is there.");
        }
        return all;
    }

    /** The worst that was said. */
    private static Answer verdict(List<Said> said) {
        return said.stream().map(Said::answer).max(Comparator.comparingInt(Answer::status)).orElseThrow();
    }

    private Mono<List<Said>> tell(List<Replica> some, String path, byte[] body) {
        return Flux.fromIterable(some).flatMap(replica -> tell(replica, path, body)).collectList();
    }

    private Mono<Said> tell(Replica replica, String path, byte[] body) {
        return calls.json(HttpMethod.POST, management(replica).resolve(path).toString(), body)
                .map(answer -> new Said(replica, answer))
                .onErrorMap(failure -> new ApiException(ErrorCode.UPSTREAM_FAILED,
                        "Replica %s did not answer; ask again.".formatted(replica.name()), null, failure));
    }

    private static URI management(Replica replica) {
        Map<String, String> metadata = replica.instance().getMetadata();
        String port = metadata == null ? null : metadata.get(MANAGEMENT_PORT);
        return port == null
                ? replica.uri()
                : UriComponentsBuilder.fromUri(replica.uri()).port(Integer.parseInt(port)).build().toUri();
    }
}
