package io.barista.openai.chat;

import io.barista.openai.json.JsonFields;
import io.barista.openai.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a message says: a string, or a list of parts. */
public sealed interface MessageContent {

    record Text(String text) implements MessageContent {}

    record Parts(List<ContentPart> parts) implements MessageContent {}

    /** The field {@code content} of a message; null when absent. */
    static @Nullable MessageContent read(JsonFields message) {
        JsonValue value = message.value("content");
        if (value == null) {
            return null;
        }
        if (value.isString()) {
            return new Text(value.asString());
        }
        if (!value.isArray()) {
            throw value.mismatch("a string or an array of content parts");
        }
        List<ContentPart> parts = new ArrayList<>();
        for (JsonValue element : value.elements()) {
            parts.add(readPart(element));
        }
        return new Parts(List.copyOf(parts));
    }

    private static ContentPart readPart(JsonValue element) {
        if (element.isString()) {
            return new ContentPart.Text(element.asString());
        }
        JsonFields part = element.asFields();
        String type = part.requiredString("type");
        return switch (type) {
            case "text", "input_text", "output_text" -> new ContentPart.Text(part.requiredString("text"));
            case "refusal" -> new ContentPart.Text(part.requiredString("refusal"));
            default -> new ContentPart.Other(type, element.path());
        };
    }
}
