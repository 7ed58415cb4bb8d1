package io.barista.modelservice.adapters;

import io.barista.config.AdapterName;
import io.barista.engine.EngineException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code lora_modules} as vLLM's users write it: {@code name=path}, several of them, or objects with {@code name}, {@code path} and perhaps
 * {@code base_model_name}.
 */
final class LoraModules {

    private LoraModules() {}

    /**
     * @param option as configured
     * @param bases  what the model is called
     * @return paths or addresses by name, in order
     * @throws EngineException INVALID_CONFIG
     */
    static Map<String, String> parse(Object option, List<String> bases) {
        Map<String, String> modules = new LinkedHashMap<>();
        for (Object entry : entries(option)) {
            String name;
            String path;
            if (entry instanceof Map<?, ?> module && module.get("name") instanceof String named
                    && module.get("path") instanceof String at) {
                name = named;
                path = at;
                requireBase(name, module.get("base_model_name"), bases);
            } else if (entry instanceof String text && text.indexOf('=') > 0) {
                name = text.substring(0, text.indexOf('='));
                path = text.substring(text.indexOf('=') + 1);
            } else {
                throw invalid("expected name=path or {\"name\": ..., \"path\": ...}, got %s", withoutAddresses(entry));
            }
            if (!AdapterName.isName(name)) {
                throw invalid("%s", AdapterName.refusal(withoutAddresses(name)));
            }
            if (path.isBlank()) {
                throw invalid("adapter %s has no path; expected a folder or an address", name);
            }
            if (modules.put(name, path) != null) {
                throw invalid("two adapters are named %s", name);
            }
        }
        return modules;
    }

    private static void requireBase(String name, @Nullable Object base, List<String> bases) {
        if (base != null && !bases.contains(base)) {
            throw invalid("adapter %s: its base_model_name is %s, but the model is called %s", name, base,
                    String.join(", ", bases));
        }
    }

    private static List<?> entries(Object option) {
        return switch (option) {
            case List<?> list -> list.stream()
                    .flatMap(each -> each instanceof String ? entries(each).stream() : Stream.of(each)).toList();
            case String text when text.startsWith("[") || text.startsWith("{") -> json(text);
            case String text -> Arrays.stream(text.split("[,\\s]+")).filter(part -> !part.isEmpty()).toList();
            default -> List.of(option);
        };
    }

    private static List<?> json(String text) {
        try {
            return text.startsWith("[")
                    ? JsonMapper.shared().readValue(text, List.class)
                    : List.of(JsonMapper.shared().readValue(text, Map.class));
        } catch (JacksonException e) {
            throw invalid("%s is no JSON", withoutAddresses(text));
        }
    }

    /** For messages: an address may hold a key before an @. */
    private static String withoutAddresses(@Nullable Object entry) {
        return String.valueOf(entry).replaceAll("://[^\\s,\"'}\\]]*", "://...");
    }

    private static EngineException invalid(String format, Object... args) {
        return EngineException.of(EngineException.Code.INVALID_CONFIG, "lora_modules: " + format, args);
    }
}
