package io.barista.engine.model;

import io.barista.engine.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.databind.JsonNode;

/**
 * Typed reading of one JSON object of a model folder. An absent key and a null are the same; a wrong type or range is an
 * INVALID_MODEL error that names file and key.
 */
public final class ConfigFields {

    /** No dimension of a real model is larger; keeps products of two within a long. */
    private static final int MAX_SIZE = 1 << 28;

    /** No model has more layers or experts. */
    private static final int MAX_COUNT = 1 << 14;

    private final String place;
    private final JsonNode object;

    /** @param place the file, and the path in it, for messages */
    ConfigFields(String place, JsonNode object) {
        this.place = place;
        this.object = object;
        if (!object.isObject()) {
            throw invalid("%s must be a JSON object", place);
        }
    }

    public boolean has(String key) {
        return object.hasNonNull(key);
    }

    /** A count of something: at least 1. */
    public int size(String key) {
        return optionalSize(key).orElseThrow(() -> missing(key));
    }

    /** A count of something that there are never so many of, each of which costs memory here. */
    public int count(String key) {
        int count = size(key);
        if (count > MAX_COUNT) {
            throw wrong(key, "an integer from 1 to " + MAX_COUNT, count);
        }
        return count;
    }

    /** As {@link #size}, empty when absent. */
    public Optional<Integer> optionalSize(String key) {
        return find(key).map(value -> {
            if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1
                    || value.intValue() > MAX_SIZE) {
                throw wrong(key, "an integer from 1 to " + MAX_SIZE, value);
            }
            return value.intValue();
        });
    }

    /**
     * The width of a row of {@code count} pieces, such as heads.
     *
     * @param key names the count in messages
     */
    public int width(String key, int count, long piece) {
        if (count * piece > MAX_SIZE) {
            throw wrong(key, "at most %d for pieces of %d dimensions".formatted(MAX_SIZE / piece, piece), count);
        }
        return (int) (count * piece);
    }

    /** A token id or another integer of any sign. */
    public Optional<Integer> optionalInt(String key) {
        return find(key).map(value -> intOf(key, value));
    }

    public double number(String key) {
        return optionalNumber(key).orElseThrow(() -> missing(key));
    }

    public OptionalDouble optionalNumber(String key) {
        Optional<JsonNode> value = find(key);
        if (value.isEmpty()) {
            return OptionalDouble.empty();
        }
        if (!value.get().isNumber() || !Double.isFinite(value.get().doubleValue())) {
            throw wrong(key, "a finite number", value.get());
        }
        return OptionalDouble.of(value.get().doubleValue());
    }

    /** A list of finite numbers. */
    public List<Double> numbers(String key) {
        List<JsonNode> values = array(key, find(key).orElseThrow(() -> missing(key)));
        return values.stream().map(value -> {
            if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
                throw wrong(key, "a list of finite numbers", value);
            }
            return value.doubleValue();
        }).toList();
    }

    public boolean flag(String key, boolean whenAbsent) {
        return find(key).map(value -> {
            if (!value.isBoolean()) {
                throw wrong(key, "true or false", value);
            }
            return value.booleanValue();
        }).orElse(whenAbsent);
    }

    public String text(String key) {
        return optionalText(key).orElseThrow(() -> missing(key));
    }

    public Optional<String> optionalText(String key) {
        return find(key).map(value -> {
            if (!value.isString()) {
                throw wrong(key, "a string", value);
            }
            return value.stringValue();
        });
    }

    /** A list of strings; empty when absent. */
    public List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (JsonNode value : find(key).map(node -> array(key, node)).orElse(List.of())) {
            if (!value.isString()) {
                throw wrong(key, "a list of strings", value);
            }
            texts.add(value.stringValue());
        }
        return texts;
    }

    /** One integer or a list of them, as {@code eos_token_id} is written; empty when absent. */
    public List<Integer> ints(String key) {
        return find(key).map(node -> node.isArray()
                ? array(key, node).stream().map(value -> intOf(key, value)).toList()
                : List.of(intOf(key, node))).orElse(List.of());
    }

    public Optional<ConfigFields> object(String key) {
        return find(key).map(value -> new ConfigFields(place + ": " + key, value));
    }

    /** The objects that are the values of an object, whatever their keys; empty when absent. */
    public List<ConfigFields> objectsIn(String key) {
        List<ConfigFields> objects = new ArrayList<>();
        object(key).ifPresent(outer -> outer.object.properties().forEach(
                property -> objects.add(new ConfigFields(outer.place + "." + property.getKey(), property.getValue()))));
        return objects;
    }

    /** The value as it stands; empty when absent or null. */
    public Optional<JsonNode> find(String key) {
        return has(key) ? Optional.of(object.get(key)) : Optional.empty();
    }

    /** An INVALID_MODEL error about one key. */
    public EngineException wrong(String key, String expected, Object came) {
        String shown = came.toString();
        return invalid("%s: %s must be %s, not %s", place, key, expected,
                shown.length() > 60 ? shown.substring(0, 60) + "..." : shown);
    }

    private EngineException missing(String key) {
        return invalid("%s: %s is missing", place, key);
    }

    private int intOf(String key, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw wrong(key, "an integer", value);
        }
        return value.intValue();
    }

    private List<JsonNode> array(String key, JsonNode value) {
        if (!value.isArray()) {
            throw wrong(key, "a list", value);
        }
        return List.copyOf(value.values());
    }

    private static EngineException invalid(String format, Object... args) {
        return EngineException.of(EngineException.Code.INVALID_MODEL, format, args);
    }
}
