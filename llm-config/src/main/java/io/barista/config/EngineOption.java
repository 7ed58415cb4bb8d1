package io.barista.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One engine knob: its key in {@code engine_kwargs}, its flag, type, range, default and effect.
 * YAML, flags, the list of ignored keys and the reference page are all made from these constants.
 */
public final class EngineOption<T> {

    private final String key;
    private final OptionType<T> type;
    private final @Nullable T defaultValue;
    private final Effect effect;
    private final String description;

    EngineOption(String key, OptionType<T> type, @Nullable T defaultValue, Effect effect, String description) {
        this.key = key;
        this.type = type;
        this.defaultValue = defaultValue;
        this.effect = effect;
        this.description = description;
    }

    /** The key in {@code engine_kwargs}, for example {@code max_model_len}. */
    public String key() {
        return key;
    }

    /** The flag as in vLLM, for example {@code --max-model-len}. */
    public String flag() {
        return "--" + key.replace('_', '-');
    }

    public OptionType<T> type() {
        return type;
    }

    /** The value when nothing was asked; empty when it depends on the model or the backend. */
    public Optional<T> defaultValue() {
        return Optional.ofNullable(defaultValue);
    }

    public Effect effect() {
        return effect;
    }

    public String description() {
        return description;
    }

    @Override
    public String toString() {
        return key;
    }
}
