package io.barista.engine.chat.tools;

import java.util.HexFormat;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Strings as JSON writes them. */
final class JsonStrings {

    private static final JsonFactory JSON = new JsonFactory();

    private JsonStrings() {}

    /** @param quoted a string with its quotes; one that is broken stays as it is written */
    static String decode(String quoted) {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), quoted)) {
            return json.nextToken() == JsonToken.VALUE_STRING ? json.getString() : quoted;
        } catch (JacksonException broken) {
            return quoted;
        }
    }

    /** Writes a character as it stands inside a JSON string. */
    static void escape(char c, StringBuilder json) {
        switch (c) {
            case '"' -> json.append("\\\"");
            case '\\' -> json.append("\\\\");
            case '\n' -> json.append("\\n");
            case '\r' -> json.append("\\r");
            case '\t' -> json.append("\\t");
            default -> {
                if (c < ' ') {
                    unicode(c, json);
                } else {
                    json.append(c);
                }
            }
        }
    }

    /** Writes a character by its number. */
    static void unicode(char c, StringBuilder json) {
        json.append("\\u").append(HexFormat.of().toHexDigits(c));
    }

    /** The text as it stands inside a JSON string. */
    static String escaped(CharSequence text) {
        StringBuilder json = new StringBuilder(text.length() + 8);
        text.chars().forEach(c -> escape((char) c, json));
        return json.toString();
    }

    static String quoted(CharSequence text) {
        return '"' + escaped(text) + '"';
    }
}
