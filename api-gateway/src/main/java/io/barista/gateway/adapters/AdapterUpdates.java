package io.barista.gateway.adapters;

import reactor.core.publisher.Mono;

/** Adapters added and removed while the suite runs: for the replicas that are there, and by the registry for those that start later. */
final class AdapterUpdates {

    private final AllReplicas replicas;
    private final RegistryNames names;

    AdapterUpdates(AllReplicas replicas, RegistryNames names) {
        this.replicas = replicas;
        this.names = names;
    }

    /** All or nothing: what a replica refuses is taken back everywhere. */
    Mono<Answer> load(String model, String name, byte[] body) {
        return names.add(model, name, body).flatMap(noted -> noted.isDone()
                ? replicas.load(model, name, body).flatMap(answer -> answer.isDone()
                        ? Mono.just(answer)
                        : names.remove(model, name).thenReturn(answer))
                : Mono.just(noted));
    }

    /** A replica that has started since the adapter was added knows it from the registry only, and has nothing to remove. */
    Mono<Answer> unload(String model, String name, byte[] body) {
        return names.remove(model, name).flatMap(forgotten -> {
            if (!forgotten.isDone() && !forgotten.isNotFound()) {
                return Mono.just(forgotten);
            }
            return replicas.unload(model, body).map(answer -> forgotten.isDone() && answer.isNotFound()
                    ? Answer.success("Success: LoRA adapter '%s' removed successfully.".formatted(name))
                    : answer);
        });
    }
}
