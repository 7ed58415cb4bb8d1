package io.barista.engine.chat.tools;

import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A parameter's text as the JSON that its type asks for. */
final class XmlValue {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private XmlValue() {}

    /** Where the text does not fit its type it is a string, which says more than an error. */
    static String json(String text, ParameterType type) {
        return switch (type) {
            case STRING -> JsonStrings.quoted(text);
            case BOOLEAN -> switch (text.strip().toLowerCase(Locale.ROOT)) {
                case "true", "1" -> "true";
                case "false", "0" -> "false";
                default -> anyJson(text);
            };
            case OTHER, UNKNOWN -> anyJson(text);
        };
    }

    /** Python's literals too, which models write where they mean JSON. */
    private static String anyJson(String text) {
        if (isJson(text)) {
            return text.strip();
        }
        StringBuilder json = new StringBuilder();
        StringBuilder rest = new StringBuilder(text);
        boolean isLiteral = !text.isBlank() && isPython(text)
                && new PythonLiteral().read(rest, true, json) == PythonLiteral.Outcome.DONE
                && rest.toString().isBlank();
        return isLiteral ? json.toString() : JsonStrings.quoted(text);
    }

    /** A quoted word is no list or dictionary of Python's, but text that has quotes. */
    private static boolean isPython(String text) {
        char first = text.strip().charAt(0);
        return first == '[' || first == '{' || text.strip().matches("True|False|None");
    }

    private static boolean isJson(String text) {
        try {
            JSON.readTree(text);
            return !text.isBlank();
        } catch (JacksonException noJson) {
            return false;
        }
    }
}
