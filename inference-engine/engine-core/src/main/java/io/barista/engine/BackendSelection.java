package io.barista.engine;

import io.barista.config.BackendChoice;
import io.barista.engine.backend.Backend;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backend to use, and why not a better one.
 *
 * @param refused      better backends by name, each with its reason
 * @param alternatives worse ones that may be taken in its place, best first
 */
record BackendSelection(Backend backend, Map<String, String> refused, List<Backend> alternatives) {

    private static final Logger LOG = LoggerFactory.getLogger(BackendSelection.class);

    /**
     * @param backends best first
     * @throws EngineException INVALID_CONFIG when what was asked for is absent or cannot run here
     */
    static BackendSelection choose(BackendChoice asked, List<Backend> backends) {
        return switch (asked) {
            case AUTO -> best(backends, Map.of());
            case CPU -> exactly("cpu", backends);
            case CUDA -> exactly("cuda", backends);
        };
    }

    /** What to use when this backend turns out not to be able to run the model; empty when nothing else may be. */
    Optional<BackendSelection> without(String reason) {
        if (alternatives.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> now = new LinkedHashMap<>(refused);
        now.put(backend.name(), reason);
        return Optional.of(best(alternatives, now));
    }

    private static BackendSelection best(List<Backend> backends, Map<String, String> refusedBefore) {
        Map<String, String> refused = new LinkedHashMap<>(refusedBefore);
        for (int i = 0; i < backends.size(); i++) {
            Backend backend = backends.get(i);
            Optional<String> refusal = backend.refusal();
            if (refusal.isEmpty()) {
                refused.forEach(
                        (name, reason) -> LOG.info("backend={} ({} refused: {})", backend.name(), name, reason));
                return new BackendSelection(backend, refused, backends.subList(i + 1, backends.size()));
            }
            refused.put(backend.name(), refusal.get());
        }
        throw EngineException.of(EngineException.Code.INVALID_CONFIG, "no backend can run here: %s", refused);
    }

    private static BackendSelection exactly(String name, List<Backend> backends) {
        Backend backend = backends.stream().filter(candidate -> candidate.name().equals(name)).findFirst()
                .orElseThrow(() -> EngineException.of(EngineException.Code.INVALID_CONFIG,
                        "backend: %s was asked for, but this program has only %s", name,
                        backends.stream().map(Backend::name).collect(Collectors.joining(", "))));
        backend.refusal().ifPresent(reason -> {
            throw EngineException.of(EngineException.Code.INVALID_CONFIG,
                    "backend: %s was asked for, but cannot run here: %s", name, reason);
        });
        return new BackendSelection(backend, Map.of(), List.of());
    }
}
