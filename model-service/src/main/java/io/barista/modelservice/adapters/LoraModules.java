package io.barista.modelservice.adapters;

import io.barista.config.AdapterName;
import io.barista.engine.EngineException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** {@code lora_modules} as vLLM's users write it: {@code name=path}, several of them, or objects with {@code name} and {@code path}. */
final class LoraModules {

    private LoraModules() {}

    /**
     * @param option as configured
     * @param folder what relative paths mean
     * @throws EngineException INVALID_CONFIG
     */
    static Map<String, Path> parse(Object option, Path folder) {
        Map<String, Path> modules = new LinkedHashMap<>();
        for (Object entry : entries(option)) {
            String name;
            String path;
            if (entry instanceof Map<?, ?> module && module.get("name") instanceof String named
                    && module.get("path") instanceof String at) {
                name = named;
                path = at;
            } else if (entry instanceof String text && text.indexOf('=') > 0) {
                name = text.substring(0, text.indexOf('='));
                path = text.substring(text.indexOf('=') + 1);
            } else {
                throw invalid("expected name=path or {\"name\": ..., \"path\": ...}, got %s", entry);
            }
            if (!AdapterName.isName(name)) {
                throw invalid("'%s' is no name: letters, digits, '.', '_' and '-', 128 at most", name);
            }
            Path adapter = folder.resolve(path).toAbsolutePath().normalize();
            if (!Files.isDirectory(adapter)) {
                throw invalid("adapter %s: there is no folder %s", name, adapter);
            }
            if (modules.put(name, adapter) != null) {
                throw invalid("two adapters are named %s", name);
            }
        }
        return modules;
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
            throw invalid("%s is no JSON", text);
        }
    }

    private static EngineException invalid(String format, Object... args) {
        return EngineException.of(EngineException.Code.INVALID_CONFIG, "lora_modules: " + format, args);
    }
}
