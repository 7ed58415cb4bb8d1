package io.barista.openai.completion;

import io.barista.openai.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/** What is to be continued: text, or token ids as they are. */
public sealed interface Prompt {

    record Text(String text) implements Prompt {}

    record Tokens(List<Integer> ids) implements Prompt {}

    /** What may stand for prompts: a string, a list of strings, token ids, or a list of lists of token ids. */
    public static List<Prompt> readAll(JsonValue value) {
        if (value.isString()) {
            return List.of(new Text(value.asString()));
        }
        if (!value.isArray()) {
            throw value.mismatch("a string, an array of strings, or an array of token ids");
        }
        List<JsonValue> elements = value.elements();
        if (!elements.isEmpty() && elements.getFirst().isNumber()) {
            return List.of(tokens(elements));
        }
        List<Prompt> prompts = new ArrayList<>();
        for (JsonValue element : elements) {
            prompts.add(element.isArray() ? tokens(element.elements()) : new Text(element.asString()));
        }
        return List.copyOf(prompts);
    }

    private static Tokens tokens(List<JsonValue> ids) {
        return new Tokens(ids.stream().map(JsonValue::asInteger).toList());
    }
}
