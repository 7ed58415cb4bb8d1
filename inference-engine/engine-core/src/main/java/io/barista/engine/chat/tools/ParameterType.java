package io.barista.engine.chat.tools;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a parameter's schema says of the text that a model writes for it. */
public enum ParameterType {
    /** The text is the value, also where it looks like a number. */
    STRING, BOOLEAN,
    /** JSON of whatever kind. */
    OTHER,
    /** The schema leaves it open. */
    UNKNOWN;

    /** @param schema a JSON schema as plain maps and lists */
    static ParameterType of(@Nullable Object schema) {
        if (!(schema instanceof Map<?, ?> keywords)) {
            return UNKNOWN;
        }
        if (keywords.get("type") instanceof String type) {
            return switch (type) {
                case "string" -> STRING;
                case "boolean" -> BOOLEAN;
                case String _ -> OTHER;
            };
        }
        boolean onlyTexts = keywords.get("type") == null && keywords.get("enum") instanceof List<?> values
                && !values.isEmpty() && values.stream().allMatch(String.class::isInstance);
        return onlyTexts ? STRING : UNKNOWN;
    }
}
