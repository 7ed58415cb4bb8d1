package io.barista.openai.json;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The fields of one JSON object of a request, read by name. Null counts as absent, numbers may come as strings, and what has
 * the wrong type is an {@link ApiException} whose {@code param} is the field's path, such as {@code messages[0].role}.
 */
public final class JsonFields {

    private final JsonNode object;
    private final String path;
    private final Set<String> read = new LinkedHashSet<>();

    private JsonFields(JsonNode object, String path) {
        this.object = object;
        this.path = path;
    }

    static JsonFields root(JsonNode object) {
        return new JsonFields(object, "");
    }

    static JsonFields nested(JsonNode object, String path) {
        return new JsonFields(object, path);
    }

    /** Where a field stands in the request, for messages. */
    public String pathOf(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** The field as it came; null when absent or null. */
    public @Nullable JsonValue value(String name) {
        read.add(name);
        JsonNode node = object.get(name);
        return node == null || node.isNull() ? null : new JsonValue(node, pathOf(name));
    }

    public @Nullable String string(String name) {
        JsonValue value = value(name);
        return value == null ? null : value.asString();
    }

    /** A string that must be there. */
    public String requiredString(String name) {
        return required(name).asString();
    }

    /** A value that must be there. */
    public JsonValue required(String name) {
        JsonValue value = value(name);
        if (value == null) {
            throw ApiException.of(ErrorCode.MISSING_PARAMETER, pathOf(name), "Missing required parameter: '%s'.",
                    pathOf(name));
        }
        return value;
    }

    /** A finite number. */
    public @Nullable Double number(String name) {
        JsonValue value = value(name);
        return value == null ? null : value.asNumber();
    }

    public @Nullable Integer integer(String name) {
        JsonValue value = value(name);
        return value == null ? null : value.asInteger();
    }

    /** A 64-bit integer. */
    public @Nullable Long int64(String name) {
        JsonValue value = value(name);
        return value == null ? null : value.asInt64();
    }

    public @Nullable Boolean flag(String name) {
        JsonValue value = value(name);
        return value == null ? null : value.asFlag();
    }

    public boolean flag(String name, boolean otherwise) {
        Boolean flag = flag(name);
        return flag == null ? otherwise : flag;
    }

    /** One string or a list of them; empty when absent. */
    public List<String> strings(String name) {
        JsonValue value = value(name);
        if (value == null) {
            return List.of();
        }
        if (value.isString()) {
            return List.of(value.asString());
        }
        List<String> strings = new ArrayList<>();
        value.elements().forEach(element -> strings.add(element.asString()));
        return List.copyOf(strings);
    }

    /** A list of integers; empty when absent. */
    public List<Integer> integers(String name) {
        JsonValue value = value(name);
        if (value == null) {
            return List.of();
        }
        List<Integer> integers = new ArrayList<>();
        value.elements().forEach(element -> integers.add(element.asInteger()));
        return List.copyOf(integers);
    }

    /** An object as plain maps, lists, strings, numbers and booleans; empty when absent. */
    public Map<String, @Nullable Object> map(String name) {
        JsonValue value = value(name);
        return value == null ? Map.of() : value.asMap();
    }

    /** The whole object as plain maps, lists, strings, numbers and booleans. */
    public Map<String, @Nullable Object> asMap() {
        return PlainJson.map(object, path);
    }

    /** What nobody has read so far, absent and null left out: extras of other servers, or fields we do not know. */
    public Map<String, JsonValue> unread() {
        Map<String, JsonValue> rest = new LinkedHashMap<>();
        object.properties().forEach(entry -> {
            if (!read.contains(entry.getKey()) && !entry.getValue().isNull()) {
                rest.put(entry.getKey(), new JsonValue(entry.getValue(), pathOf(entry.getKey())));
            }
        });
        return rest;
    }
}
