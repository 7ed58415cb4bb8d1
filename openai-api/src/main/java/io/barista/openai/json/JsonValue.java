package io.barista.openai.json;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One value of a request, not null, with the path to blame. */
public final class JsonValue {

    private static final BigDecimal INT64_MIN = BigDecimal.valueOf(Long.MIN_VALUE);
    private static final BigDecimal INT64_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

    private final JsonNode node;
    private final String path;

    JsonValue(JsonNode node, String path) {
        this.node = node;
        this.path = path;
    }

    public String path() {
        return path;
    }

    public boolean isString() {
        return node.isString();
    }

    public boolean isArray() {
        return node.isArray();
    }

    public boolean isObject() {
        return node.isObject();
    }

    public boolean isNumber() {
        return node.isNumber();
    }

    /** Whether it is an empty string, list or object. */
    public boolean isEmpty() {
        return node.isString() ? node.stringValue().isEmpty() : node.isContainer() && node.isEmpty();
    }

    public String asString() {
        if (!node.isString()) {
            throw mismatch("a string");
        }
        return PlainJson.wellFormed(node.stringValue(), path);
    }

    public double asNumber() {
        BigDecimal number = decimal("a number");
        double value = number.doubleValue();
        if (!Double.isFinite(value)) {
            throw mismatch("a finite number");
        }
        return value;
    }

    public int asInteger() {
        long value = asInt64();
        if (value != (int) value) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, path,
                    "'%s' must be an integer between -2147483648 and 2147483647, got %d.", path, value);
        }
        return (int) value;
    }

    public long asInt64() {
        BigDecimal number = decimal("an integer");
        // The exponent is looked at first: 1e400 would be written out before its range could be checked.
        if (number.signum() != 0 && number.precision() - (long) number.scale() > 19) {
            throw mismatch("a 64-bit integer");
        }
        if (number.signum() != 0 && number.stripTrailingZeros().scale() > 0) {
            throw mismatch("an integer");
        }
        if (number.compareTo(INT64_MIN) < 0 || number.compareTo(INT64_MAX) > 0) {
            throw mismatch("a 64-bit integer");
        }
        return number.longValue();
    }

    public boolean asFlag() {
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        return switch (node.isString() ? node.stringValue() : node.isInt() ? node.asString() : "") {
            case "true", "True", "1" -> true;
            case "false", "False", "0" -> false;
            default -> throw mismatch("a boolean");
        };
    }

    /** The elements of a list; a null among them is an error. */
    public List<JsonValue> elements() {
        if (!node.isArray()) {
            throw mismatch("an array");
        }
        List<JsonValue> elements = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            JsonValue element = new JsonValue(node.get(i), path + "[" + i + "]");
            if (element.node.isNull()) {
                throw element.mismatch("a value");
            }
            elements.add(element);
        }
        return elements;
    }

    public JsonFields asFields() {
        if (!node.isObject()) {
            throw mismatch("an object");
        }
        return JsonFields.nested(node, path);
    }

    /** An object as plain maps, lists, strings, numbers and booleans. */
    public Map<String, @Nullable Object> asMap() {
        if (!node.isObject()) {
            throw mismatch("an object");
        }
        return PlainJson.map(node, path);
    }

    /** Any value as plain maps, lists, strings, numbers and booleans. */
    public Object asPlain() {
        Object plain = PlainJson.value(node, path);
        if (plain == null) {
            throw mismatch("a value");
        }
        return plain;
    }

    /** This value as JSON text. */
    public String asJson() {
        asPlain(); // refuses what no answer could carry, such as lone surrogates
        return node.toString();
    }

    /** An error about this value's type. */
    public ApiException mismatch(String expected) {
        return ApiException.of(ErrorCode.INVALID_VALUE, path, "Invalid type for '%s': expected %s, but got %s.", path,
                expected, described());
    }

    private BigDecimal decimal(String expected) {
        try {
            if (node.isNumber()) {
                return new BigDecimal(node.asString());
            }
            if (node.isString() && node.stringValue().length() <= 400) {
                return new BigDecimal(node.stringValue().strip());
            }
        } catch (NumberFormatException _) {
            // told below, like every other wrong type
        }
        throw mismatch(expected);
    }

    private String described() {
        return switch (node.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "an array";
            case BOOLEAN -> "a boolean";
            case NULL -> "null";
            case STRING -> "a string";
            case NUMBER -> shortened(node.asString());
            case BINARY, POJO, MISSING -> "something else";
        };
    }

    private static String shortened(String number) {
        return number.length() <= 40 ? number : number.substring(0, 40) + "...";
    }
}
