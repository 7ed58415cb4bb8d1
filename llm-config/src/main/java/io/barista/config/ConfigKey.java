package io.barista.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A key that a configuration may have: its type and range, default, effect and what it is for. */
public sealed class ConfigKey<T> permits EngineOption {

    private final String key;
    private final OptionType<T> type;
    private final @Nullable T defaultValue;
    private final Effect effect;
    private final String description;

    ConfigKey(String key, OptionType<T> type, @Nullable T defaultValue, Effect effect, String description) {
        this.key = key;
        this.type = type;
        this.defaultValue = defaultValue;
        this.effect = effect;
        this.description = description;
    }

    /** The key as written in YAML, for example {@code max_model_len}. */
    public final String key() {
        return key;
    }

    public final OptionType<T> type() {
        return type;
    }

    /** The value when nothing was asked; empty when it depends on the model or the backend. */
    public final Optional<T> defaultValue() {
        return Optional.ofNullable(defaultValue);
    }

    public final Effect effect() {
        return effect;
    }

    public final String description() {
        return description;
    }

    @Override
    public final String toString() {
        return key;
    }
}
