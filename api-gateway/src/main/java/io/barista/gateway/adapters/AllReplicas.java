package io.barista.gateway.adapters;

import com.fasterxml.jackson.annotation.JsonProperty;
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

    /** @param isHeard false where the replica did not answer, and may have done what it was told all the same */
    private record Said(Replica replica, Answer answer, boolean isHeard) {

        boolean mayHold() {
            return answer.isDone() || !isHeard;
        }
    }

    /** What a replica is told that is to go back; it knows itself what the name stood for. */
    private record TakeBack(@JsonProperty("lora_name") String name, @JsonProperty("lora_path") String path,
            @JsonProperty("put_back") boolean isPutBack) {

        private TakeBack(NewAdapter adapter) {
            this(adapter.name(), adapter.path(), true);
        }
    }

    /** @throws ApiException UNAVAILABLE when there is none */
    List<Replica> of(String model) {
        List<Replica> all = replicas.pool(model).byLoad();
        if (all.isEmpty()) {
            throw new ApiException(ErrorCode.UNAVAILABLE, "No replica of model `" + model + "` is there.");
        }
        return all;
    }

    /**
     * All or none: where one replica refuses or is silent, the name means to the others what it meant to each of them before, and what that
     * one said is the answer.
     */
    Mono<Answer> load(List<Replica> all, NewAdapter adapter) {
        return tell(all, LOAD, adapter.body()).flatMap(said -> {
            List<Replica> holders = said.stream().filter(Said::mayHold).map(Said::replica).toList();
            if (holders.isEmpty() || said.stream().allMatch(each -> each.answer().isDone())) {
                return Mono.just(verdict(said));
            }
            log.warn("adapter {}: not all replicas of {} took it; {} of {} are told to go back", adapter.name(),
                    adapter.model(), holders.size(), said.size());
            Mono<List<Said>> back = tell(holders, UNLOAD, json.writeValueAsBytes(new TakeBack(adapter)));
            return back.thenReturn(verdict(said));
        });
    }

    /** Not found only where no replica had it. */
    Mono<Answer> unload(List<Replica> all, byte[] body) {
        return tell(all, UNLOAD, body).map(said -> {
            List<Said> had = said.stream().filter(each -> !each.answer().isNotFound()).toList();
            return verdict(had.isEmpty() ? said : had);
        });
    }

    /** The worst that was said. */
    private static Answer verdict(List<Said> said) {
        return said.stream().map(Said::answer).max(Comparator.comparingInt(Answer::status)).orElseThrow();
    }

    private Mono<List<Said>> tell(List<Replica> some, String path, byte[] body) {
        return Flux.fromIterable(some).flatMap(replica -> tell(replica, path, body)).collectList();
    }

    /** Silence is an answer too, so that one replica's does not end the others' calls halfway. */
    private Mono<Said> tell(Replica replica, String path, byte[] body) {
        return calls.json(HttpMethod.POST, management(replica).resolve(path).toString(), body)
                .map(answer -> new Said(replica, answer, true))
                .onErrorResume(failure -> {
                    log.warn("replica {} does not answer {}: {}", replica.name(), path, failure.toString());
                    return Mono.just(new Said(replica, silence(replica), false));
                });
    }

    private Answer silence(Replica replica) {
        ApiException silent = new ApiException(ErrorCode.UPSTREAM_FAILED,
                "Replica %s did not answer; ask again.".formatted(replica.name()));
        return new Answer(silent.code().status(), "application/json", json.writeValueAsBytes(silent.body()));
    }

    private static URI management(Replica replica) {
        Map<String, String> metadata = replica.instance().getMetadata();
        String port = metadata == null ? null : metadata.get(MANAGEMENT_PORT);
        return port == null
                ? replica.uri()
                : UriComponentsBuilder.fromUri(replica.uri()).port(Integer.parseInt(port)).build().toUri();
    }
}
