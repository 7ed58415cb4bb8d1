package io.barista.sources;

import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The variables that say how sources are reached: endpoints, tokens, regions. A model's own stand before the process's. */
public final class SourceEnvironment {

    private final Map<String, String> own;
    private final Map<String, String> process;

    /**
     * @param own     {@code runtime_env.env_vars}
     * @param process the process's variables
     */
    public SourceEnvironment(Map<String, String> own, Map<String, String> process) {
        this.own = Map.copyOf(own);
        this.process = Map.copyOf(process);
    }

    /** A variable that is set to something. */
    public Optional<String> find(String name) {
        return Optional.ofNullable(own.getOrDefault(name, process.get(name))).filter(value -> !value.isBlank());
    }

    /** The first of these that is set. */
    public Optional<String> findFirst(String... names) {
        for (String name : names) {
            Optional<String> value = find(name);
            if (value.isPresent()) {
                return value;
            }
        }
        return Optional.empty();
    }

    /** The names of the model's own variables; the values may be secrets. */
    @Override
    public String toString() {
        return "SourceEnvironment" + new TreeSet<>(own.keySet());
    }
}
