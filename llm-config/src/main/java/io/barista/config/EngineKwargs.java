package io.barista.config;

import io.barista.config.yaml.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code engine_kwargs}: from YAML, from a JSON object, from the texts of flags. */
public final class EngineKwargs {

    private EngineKwargs() {}

    /**
     * A map such as a JSON object gives; texts stand for numbers, booleans and JSON objects where a knob wants those.
     *
     * @param kwargs values by key, with dashes or underscores; null asks for nothing
     * @throws ConfigException naming every unknown, wrong or refused key
     */
    public static EngineConfig parse(Map<String, ? extends @Nullable Object> kwargs) {
        Report report = new Report("");
        EngineConfig config = read((Value.Fields) located(kwargs), "", report);
        report.throwIfAny();
        return config;
    }

    static EngineConfig read(Value.Fields mapping, String path, Report report) {
        EngineConfig config = EngineConfig.empty();
        Map<ConfigKey<?>, Object> values = Section.read(mapping, path, EngineOptions.all(), report).values();
        for (EngineOption<?> option : EngineOptions.all()) {
            Object value = values.get(option);
            if (value != null) {
                config = withUnchecked(config, option, value);
            }
        }
        return config;
    }

    @SuppressWarnings("unchecked")
    private static <T> EngineConfig withUnchecked(EngineConfig config, EngineOption<T> option, Object value) {
        return config.with(option, (T) value);
    }

    private static Value located(@Nullable Object plain) {
        return switch (plain) {
            case Map<?, ?> map -> {
                Map<String, Value.Field> fields = new LinkedHashMap<>();
                map.forEach((key, value) -> fields.put(String.valueOf(key),
                        new Value.Field(String.valueOf(key), located(value), 0)));
                yield new Value.Fields(fields, 0);
            }
            case List<?> list -> {
                List<Value> items = new ArrayList<>();
                list.forEach(item -> items.add(located(item)));
                yield new Value.Items(items, 0);
            }
            case null -> new Value.Scalar(null, 0);
            default -> new Value.Scalar(plain, 0);
        };
    }
}
