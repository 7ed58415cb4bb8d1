package io.barista.gateway.adapters;

import io.barista.gateway.auth.Access;
import io.barista.gateway.replicas.Replica;
import io.barista.gateway.replicas.ReplicaDirectory;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.netty.buffer.Unpooled;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import tools.jackson.databind.json.JsonMapper;

/** Tells every replica of a model the same, at its management port. */
final class AllReplicas {

    static final String LOAD = "/v1/load_lora_adapter";
    static final String UNLOAD = "/v1/unload_lora_adapter";
    /** Where service discovery puts the port, when it is not that of the model. */
    private static final String MANAGEMENT_PORT = "management.port";

    private static final Logger log = LoggerFactory.getLogger(AllReplicas.class);

    /** What one replica said. */
    record Answer(Replica replica, int status, String contentType, byte[] body) {

        boolean isDone() {
            return status >= 200 && status < 300;
        }
    }

    private final ReplicaDirectory replicas;
    private final HttpClient http;
    private final Access access;
    private final JsonMapper json;

    AllReplicas(ReplicaDirectory replicas, HttpClient http, Access access, JsonMapper json) {
        this.replicas = replicas;
        this.http = http;
        this.access = access;
        this.json = json;
    }

    /** All or none: where one replica refuses, it is taken back from the others, and what that one said is the answer. */
    Mono<Answer> load(String model, String adapter, byte[] body) {
        return tell(all(model), LOAD, body).flatMap(answers -> {
            List<Replica> holders = answers.stream().filter(Answer::isDone).map(Answer::replica).toList();
            if (holders.size() == answers.size() || holders.isEmpty()) {
                return Mono.just(verdict(answers));
            }
            log.warn("adapter {}: {} of {} replicas of {} took it; it is taken back from them", adapter, holders.size(),
                    answers.size(), model);
            return tell(holders, UNLOAD, json.writeValueAsBytes(Map.of("lora_name", adapter)))
                    .thenReturn(verdict(answers));
        });
    }

    Mono<Answer> unload(String model, byte[] body) {
        return tell(all(model), UNLOAD, body).map(AllReplicas::verdict);
    }

    private List<Replica> all(String model) {
        List<Replica> all = replicas.pool(model).byLoad();
        if (all.isEmpty()) {
            throw new ApiException(ErrorCode.UNAVAILABLE, "No replica of model `" + model + "` is there.");
        }
        return all;
    }

    /** The first that is no success, else any. */
    private static Answer verdict(List<Answer> answers) {
        return answers.stream().filter(answer -> !answer.isDone()).findFirst().orElseGet(answers::getFirst);
    }

    private Mono<List<Answer>> tell(List<Replica> some, String path, byte[] body) {
        return Flux.fromIterable(some).flatMap(replica -> tell(replica, path, body)).collectList();
    }

    /** How long loading may take is the replica's business. */
    private Mono<Answer> tell(Replica replica, String path, byte[] body) {
        return http.headers(headers -> {
            headers.set(HttpHeaders.CONTENT_TYPE, "application/json");
            access.authorization().ifPresent(key -> headers.set(HttpHeaders.AUTHORIZATION, key));
        }).post().uri(management(replica).resolve(path).toString())
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)))
                .responseSingle((response, content) -> content.asByteArray().defaultIfEmpty(new byte[0])
                        .map(said -> new Answer(replica, response.status().code(),
                                response.responseHeaders().get(HttpHeaders.CONTENT_TYPE, "text/plain"), said)))
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
