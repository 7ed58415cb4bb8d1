package io.barista.gateway.adapters;

import io.barista.gateway.replicas.Replica;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Adapters added and removed while the suite runs: for the replicas that are there, and by the registry for those that start later. */
final class AdapterUpdates {

    private final AllReplicas replicas;
    private final RegistryNames names;
    private final JsonMapper json;

    AdapterUpdates(AllReplicas replicas, RegistryNames names, JsonMapper json) {
        this.replicas = replicas;
        this.names = names;
        this.json = json;
    }

    /**
     * All or nothing: where one replica refuses or does not answer, the name means everywhere what it meant before, at the replicas as at
     * the registry.
     */
    Mono<Answer> load(NewAdapter adapter) {
        List<Replica> all = replicas.of(adapter.model()); // where there is none, nothing is noted either
        return before(adapter).flatMap(before -> names.add(adapter).flatMap(noted -> noted.isDone()
                ? load(all, adapter, before)
                : Mono.just(noted)));
    }

    private Mono<Answer> load(List<Replica> all, NewAdapter adapter, Optional<NewAdapter> before) {
        Mono<Answer> takenBack = Mono.defer(() -> before.map(names::add)
                .orElseGet(() -> names.remove(adapter.model(), adapter.name())));
        return replicas.load(all, adapter)
                .onErrorResume(failure -> takenBack.onErrorComplete().then(Mono.error(failure)))
                .flatMap(answer -> answer.isDone() ? Mono.just(answer) : takenBack.thenReturn(answer));
    }

    private Mono<Optional<NewAdapter>> before(NewAdapter adapter) {
        return adapter.isInPlace()
                ? names.target(adapter.model(), adapter.name())
                        .map(target -> target.map(old -> adapter.insteadFor(old, json)))
                : Mono.just(Optional.empty());
    }

    /** A replica that has started since the adapter was added knows it from the registry only, and has nothing to remove. */
    Mono<Answer> unload(String model, String name, byte[] body) {
        List<Replica> all = replicas.of(model);
        return names.remove(model, name).flatMap(forgotten -> {
            if (!forgotten.isDone() && !forgotten.isNotFound()) {
                return Mono.just(forgotten);
            }
            return replicas.unload(all, body).map(answer -> forgotten.isDone() && answer.isNotFound()
                    ? Answer.success("Success: LoRA adapter '%s' removed successfully.".formatted(name))
                    : answer);
        });
    }
}
