package io.barista.config.type;

import io.barista.config.ConfigException;
import io.barista.config.OptionType;
import io.barista.config.yaml.Value;
import io.barista.config.yaml.YamlParser;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Free keys and values, which may be null: a YAML mapping, or a JSON object as text, as flags write it. */
public final class MappingType implements OptionType<Map<String, Object>> {

    @Override
    public Map<String, Object> parse(Object raw) {
        Object mapping = raw instanceof String text ? read(text) : raw;
        if (!(mapping instanceof Map<?, ?> entries)) {
            throw Shown.unexpected(describe(), raw);
        }
        Map<String, Object> copy = new LinkedHashMap<>();
        entries.forEach((key, value) -> copy.put(String.valueOf(key), value));
        return Collections.unmodifiableMap(copy);
    }

    @Override
    public String describe() {
        return "a mapping (as a flag: a JSON object)";
    }

    private Object read(String text) {
        try {
            Object plain = YamlParser.parse("", text) instanceof Value.Fields fields ? fields.plain() : null;
            return plain == null ? text : plain;
        } catch (ConfigException e) {
            throw Shown.unexpected(describe(), text);
        }
    }
}
