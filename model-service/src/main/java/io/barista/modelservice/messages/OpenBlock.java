package io.barista.modelservice.messages;

import io.barista.openai.json.OpenAiJson;
import io.barista.openai.messages.ContentBlock;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.core.JacksonException;

/** A block that is being written. */
final class OpenBlock {

    enum Kind {
        TEXT, THINKING, TOOL_USE
    }

    private static final OpenAiJson JSON = new OpenAiJson();

    private final Kind kind;
    private final String id;
    private final String name;
    private final StringBuilder text = new StringBuilder();

    private OpenBlock(Kind kind, String id, String name) {
        this.kind = kind;
        this.id = id;
        this.name = name;
    }

    static OpenBlock of(Kind kind) {
        return new OpenBlock(kind, "", "");
    }

    static OpenBlock toolUse(String id, String name) {
        return new OpenBlock(Kind.TOOL_USE, id, name);
    }

    Kind kind() {
        return kind;
    }

    void append(String piece) {
        text.append(piece);
    }

    ContentBlock beginning() {
        return block("", Map.of());
    }

    ContentBlock whole() {
        return block(text.toString(), kind == Kind.TOOL_USE ? input() : Map.of());
    }

    private ContentBlock block(String written, Object input) {
        return switch (kind) {
            case TEXT -> ContentBlock.text(written);
            case THINKING -> ContentBlock.thinking(written);
            case TOOL_USE -> ContentBlock.toolUse(id, name, input);
        };
    }

    /** Arguments that the model left unfinished come as Anthropic advises for broken JSON: as text under a name that says so. */
    private Object input() {
        String arguments = text.toString();
        if (arguments.isBlank()) {
            return Map.of();
        }
        try {
            Object input = JSON.read(arguments.getBytes(StandardCharsets.UTF_8), Object.class);
            return input instanceof Map<?, ?> ? input : Map.of("INVALID_JSON", arguments);
        } catch (JacksonException e) {
            return Map.of("INVALID_JSON", arguments);
        }
    }
}
