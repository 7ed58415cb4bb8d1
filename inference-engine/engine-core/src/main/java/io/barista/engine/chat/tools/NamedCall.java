package io.barista.engine.chat.tools;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A call written as {@code {"name": "f", "arguments": {...}}}.
 *
 * @param arguments    the JSON object exactly as written, so that no number changes; {@code {}} when there is none
 * @param hasArguments whether the call says anything of its arguments
 */
record NamedCall(String name, String arguments, boolean hasArguments) {

    private static final JsonFactory JSON = new JsonFactory();

    /** Empty when the text is not JSON of that shape. {@code parameters} is understood too, and an object inside a string. */
    static Optional<NamedCall> parse(String text) {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            String name = "";
            String arguments = "{}";
            boolean hasArguments = false;
            for (String field = json.nextName(); field != null; field = json.nextName()) {
                JsonToken value = json.nextToken();
                switch (field) {
                    case "name" -> name = value == JsonToken.VALUE_STRING ? json.getString() : "";
                    case "arguments", "parameters" -> {
                        arguments = objectText(json, value, text);
                        hasArguments = true;
                    }
                    default -> json.skipChildren();
                }
            }
            boolean complete = !name.isEmpty() && !arguments.isEmpty() && json.nextToken() == null;
            return complete ? Optional.of(new NamedCall(name, arguments, hasArguments)) : Optional.empty();
        } catch (JacksonException broken) {
            return Optional.empty();
        }
    }

    /** Empty when the value is no object. */
    private static String objectText(JsonParser json, JsonToken value, String text) {
        return switch (value) {
            case START_OBJECT -> {
                int start = (int) json.currentTokenLocation().getCharOffset();
                json.skipChildren();
                yield text.substring(start, (int) json.currentLocation().getCharOffset());
            }
            case VALUE_NULL -> "{}";
            case VALUE_STRING -> isObject(json.getString()) ? json.getString().strip() : "";
            default -> {
                json.skipChildren();
                yield "";
            }
        };
    }

    private static boolean isObject(String text) {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
            boolean object = json.nextToken() == JsonToken.START_OBJECT;
            json.skipChildren();
            return object && json.nextToken() == null;
        } catch (JacksonException broken) {
            return false;
        }
    }
}
