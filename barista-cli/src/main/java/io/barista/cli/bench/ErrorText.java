package io.barista.cli.bench;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a server says went wrong, on one line. */
final class ErrorText {

    private static final int LONGEST = 200;

    private ErrorText() {}

    /** The message of an OpenAI error, else the text itself. */
    static String of(String body) {
        try {
            return of(JsonMapper.shared().readTree(body));
        } catch (JacksonException _) {
            return shortened(body);
        }
    }

    static String of(JsonNode body) {
        return shortened(body.path("error").path("message").asString(body.toString()));
    }

    private static String shortened(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }
}
