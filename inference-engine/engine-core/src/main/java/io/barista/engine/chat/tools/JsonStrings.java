package io.barista.engine.chat.tools;

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
}
