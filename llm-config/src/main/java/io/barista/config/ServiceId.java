package io.barista.config;

import java.util.Locale;

/** A model's name in service discovery: lower-case letters, digits and dashes. */
public record ServiceId(String value) {

    /**
     * Lower case, every run of other characters than letters a to z and digits becomes one dash. Different model ids
     * can have the same service id; {@link LlmConfigs} refuses that.
     */
    public static ServiceId of(String modelId) {
        return new ServiceId(modelId.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-"));
    }

    @Override
    public String toString() {
        return value;
    }
}
