package io.barista.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was asked of the engine ({@code engine_kwargs}, or flags); what runs is the engine's {@code ResolvedEngineConfig}. */
public final class EngineConfig {

    private final Map<EngineOption<?>, Object> values;

    private EngineConfig(Map<EngineOption<?>, Object> values) {
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    public static EngineConfig empty() {
        return new EngineConfig(Map.of());
    }

    /** This configuration with one knob set; the value is taken as checked. */
    public <T> EngineConfig with(EngineOption<T> option, T value) {
        Map<EngineOption<?>, Object> copy = new LinkedHashMap<>(values);
        copy.put(option, value);
        return new EngineConfig(copy);
    }

    /** The value asked for, else the option's default, else empty. */
    @SuppressWarnings("unchecked")
    public <T> Optional<T> find(EngineOption<T> option) {
        Object asked = values.get(option);
        return asked == null ? option.defaultValue() : Optional.of((T) asked);
    }

    /** The value of an option that has a default. */
    public <T> T get(EngineOption<T> option) {
        return find(option).orElseThrow(() -> new IllegalArgumentException(option + " has no default"));
    }

    /** Whether the user set this option, whatever its default. */
    public boolean isAsked(EngineOption<?> option) {
        return values.containsKey(option);
    }

    /** What was asked, by option. */
    public Map<EngineOption<?>, Object> asked() {
        return values;
    }

    /** What was asked without effect on this kind of backend, each with its reason. */
    public List<IgnoredKey> ignoredOn(BackendKind backend) {
        List<IgnoredKey> ignored = new ArrayList<>();
        for (EngineOption<?> option : values.keySet()) {
            switch (option.effect()) {
                case Effect.Ignored(String reason) -> ignored.add(new IgnoredKey(option.key(), reason));
                case Effect.IgnoredOnCpu(String reason) when backend == BackendKind.CPU ->
                    ignored.add(new IgnoredKey(option.key(), reason));
                case Effect.IgnoredOnCpu _,Effect.Honoured _,Effect.Refused _ -> {
                }
            }
        }
        return List.copyOf(ignored);
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
