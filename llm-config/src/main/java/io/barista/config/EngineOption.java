package io.barista.config;

import org.jspecify.annotations.Nullable;

/**
 * One engine knob: a key of {@code engine_kwargs} and a flag.
 * YAML, flags, the list of ignored keys and the reference page are all made from these constants.
 */
public final class EngineOption<T> extends ConfigKey<T> {

    EngineOption(String key, OptionType<T> type, @Nullable T defaultValue, Effect effect, String description) {
        super(key, type, defaultValue, effect, description);
    }

    /** The flag as in vLLM, for example {@code --max-model-len}. */
    public String flag() {
        return "--" + key().replace('_', '-');
    }

    /** The flag that turns a true-or-false knob off, for example {@code --no-enable-prefix-caching}. */
    public String negatedFlag() {
        return "--no-" + key().replace('_', '-');
    }
}
