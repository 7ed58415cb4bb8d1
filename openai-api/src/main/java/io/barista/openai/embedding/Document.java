package io.barista.openai.embedding;

import io.barista.openai.completion.Prompt;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.JsonFields;
import io.barista.openai.json.JsonValue;

/** A text that is compared with others: as it is, as {@code {"text"}}, or as vLLM's list of content parts. */
final class Document {

    private Document() {}

    static Prompt text(JsonValue value) {
        return new Prompt.Text(plain(value));
    }

    static String plain(JsonValue value) {
        if (!value.isObject()) {
            return value.asString();
        }
        JsonFields fields = value.asFields();
        JsonValue content = fields.value("content");
        if (content == null) {
            return fields.requiredString("text");
        }
        if (content.isString()) {
            return content.asString();
        }
        StringBuilder text = new StringBuilder();
        for (JsonValue part : content.elements()) {
            JsonFields parts = part.asFields();
            String type = parts.requiredString("type");
            if (!type.equals("text")) {
                throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, part.path(),
                        "This model reads text only, but %s is a part of type '%s'.", part.path(), type);
            }
            text.append(parts.requiredString("text"));
        }
        return text.toString();
    }
}
