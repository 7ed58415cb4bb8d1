package io.barista.openai;

import io.barista.openai.json.JsonFields;
import io.barista.openai.json.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * @param includeUsage         a last chunk without choices carries the usage
 * @param continuousUsageStats every chunk carries the usage so far (vLLM)
 */
public record StreamOptions(boolean includeUsage, boolean continuousUsageStats) {

    public static final StreamOptions NONE = new StreamOptions(false, false);

    /** The field {@code stream_options}; null when absent. */
    public static @Nullable StreamOptions read(JsonFields request) {
        JsonValue value = request.value("stream_options");
        if (value == null) {
            return null;
        }
        JsonFields fields = value.asFields();
        return new StreamOptions(fields.flag("include_usage", false), fields.flag("continuous_usage_stats", false));
    }
}
