package io.barista.config;

import io.barista.config.yaml.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One mapping read by a table of its keys: unknown keys, wrong values and refused ones go into the report, known keys
 * without effect are listed. A null value asks for nothing.
 */
final class Section {

    private final Map<ConfigKey<?>, Value.Field> fields = new LinkedHashMap<>();
    private final Map<ConfigKey<?>, Object> values = new LinkedHashMap<>();
    private final List<IgnoredKey> ignored = new ArrayList<>();
    private final String path;

    private Section(String path) {
        this.path = path;
    }

    /** @param path of the mapping from the entry's root, empty or ending with a dot */
    static Section read(Value.Fields mapping, String path, List<? extends ConfigKey<?>> keys, Report report) {
        Section section = new Section(path);
        Map<String, ConfigKey<?>> byName = new LinkedHashMap<>();
        keys.forEach(key -> byName.put(key.key(), key));
        for (Value.Field field : mapping.fields().values()) {
            ConfigKey<?> key = byName.get(field.name().replace('-', '_'));
            if (key == null) {
                report.add(field.line(), path + field.name(),
                        "unknown key, the nearest valid key is " + Nearest.to(field.name(), byName.keySet()));
            } else if (section.fields.put(key, field) != null) {
                report.add(field.line(), path + field.name(), "is given twice, with dashes and with underscores");
            } else {
                section.readValue(key, field, report);
            }
        }
        return section;
    }

    <T> Optional<T> find(ConfigKey<T> key) {
        @SuppressWarnings("unchecked")
        T value = (T) values.get(key);
        return Optional.ofNullable(value);
    }

    /** Whether nothing was asked: no such key, or null. A value that was wrong is not absent, it is in the report. */
    boolean isAbsent(ConfigKey<?> key) {
        Value.Field field = fields.get(key);
        return field == null || field.value().plain() == null;
    }

    /** The field as it stands in the file, unless it is absent or null. */
    Optional<Value.Field> field(ConfigKey<?> key) {
        return values.containsKey(key) ? Optional.ofNullable(fields.get(key)) : Optional.empty();
    }

    /** A mapping within this one, with the path to read it under; empty when absent, null or, reported, no mapping. */
    Optional<Value.Fields> mapping(ConfigKey<?> key) {
        return field(key).map(Value.Field::value).filter(Value.Fields.class::isInstance).map(Value.Fields.class::cast);
    }

    String pathOf(ConfigKey<?> key) {
        return path + key.key();
    }

    Map<ConfigKey<?>, Object> values() {
        return values;
    }

    List<IgnoredKey> ignored() {
        return ignored;
    }

    private void readValue(ConfigKey<?> key, Value.Field field, Report report) {
        Object raw = field.value().plain();
        if (raw == null) {
            return;
        }
        try {
            Object value = key.type().parse(raw);
            switch (key.effect()) {
                case Effect.Refused refused when !value.equals(refused.harmlessValue()) -> {
                    report.add(field.line(), path + field.name(), "refused: " + refused.reason());
                    return;
                }
                case Effect.Ignored(String reason) -> ignored.add(new IgnoredKey(path + key.key(), reason));
                case Effect.Refused _,Effect.IgnoredOnCpu _,Effect.Honoured _ -> {
                }
            }
            values.put(key, value);
        } catch (IllegalArgumentException e) {
            report.add(field.line(), path + field.name(), String.valueOf(e.getMessage()));
        }
    }
}
